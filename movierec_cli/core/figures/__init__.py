"""The figures of the report, drawn with matplotlib from the tables of `movierec_cli.core.eda`.

matplotlib comes with the ``[plot]`` extra. Each function returns a ``matplotlib.figure.Figure``;
``source`` is what the figure calls the data set.
"""

from movierec_cli.core.figures.data_figures import films, genres, occupations, ratings, users
from movierec_cli.core.figures.drawing import require_plotting, save

__all__ = ["films", "genres", "occupations", "ratings", "require_plotting", "save", "users"]
