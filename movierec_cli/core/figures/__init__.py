"""Figures of data, training and models side by side, drawn by matplotlib, the ``[plot]`` extra.

Each function returns a ``matplotlib.figure.Figure``; ``source`` is the name of the data in it.
"""

from movierec_cli.core.figures.comparison_figures import comparison
from movierec_cli.core.figures.data_figures import films, genres, occupations, ratings, users
from movierec_cli.core.figures.drawing import rendered, require_plotting, save
from movierec_cli.core.figures.sequence_figures import gaps
from movierec_cli.core.figures.training_figures import training

__all__ = [
    "comparison",
    "films",
    "gaps",
    "genres",
    "occupations",
    "ratings",
    "rendered",
    "require_plotting",
    "save",
    "training",
    "users",
]
