"""The figures of the report: of data, drawn from the tables of `eda`, and of training.

matplotlib comes with the ``[plot]`` extra. Each function returns a ``matplotlib.figure.Figure``;
``source`` is what the figure calls the data set.
"""

from movierec_cli.core.figures.data_figures import films, genres, occupations, ratings, users
from movierec_cli.core.figures.drawing import require_plotting, save
from movierec_cli.core.figures.training_figures import training

__all__ = [
    "films",
    "genres",
    "occupations",
    "ratings",
    "require_plotting",
    "save",
    "training",
    "users",
]
