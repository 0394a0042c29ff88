"""Figures of the data and of training, drawn with matplotlib from the ``[plot]`` extra.

Each function returns a ``matplotlib.figure.Figure``; ``source`` is the name of the data in it.
"""

from movierec_cli.core.figures.data_figures import films, genres, occupations, ratings, users
from movierec_cli.core.figures.drawing import rendered, require_plotting, save
from movierec_cli.core.figures.training_figures import training

__all__ = [
    "films",
    "genres",
    "occupations",
    "ratings",
    "rendered",
    "require_plotting",
    "save",
    "training",
    "users",
]
