"""Parts of the readers of all MovieLens layouts: ratings that are stars already."""

from collections.abc import Mapping, Sequence

import numpy as np

from movierec_cli.core.data.dataset import HIGHEST_RATING
from movierec_cli.core.data.readers.assemble import Assembled, assemble
from movierec_cli.core.data.readers.catalog import FilmTable, UserTable
from movierec_cli.core.data.readers.rating_table import RatingRules, RatingTable
from movierec_cli.core.data.readers.ratings import RatingFile, read_ratings
from movierec_cli.core.data.readers.tables import Problems, Table, TextFormat, find_columns, listed
from movierec_cli.core.data.sources import Source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import Progress

RATING_COLUMNS: Mapping[str, Sequence[str]] = {
    "user": ("user", "userid", "uid", "username", "reviewer", "reviewerid", "member", "memberid"),
    "film": ("film", "filmid", "movie", "movieid", "item", "itemid", "asin", "product",
             "productid", "id"),
    "rating": ("rating", "ratings", "score", "stars", "value", "overall", "yourrating"),
    "time": ("timestamp", "time", "date", "datetime", "ratedat", "unixreviewtime", "ts"),
    "title": ("title", "movietitle", "filmtitle", "name"),
}  # fmt: skip
"""Column of a file of ratings -> its usual names, without spaces and underscores."""

_LOWEST = 0.5


def read_stars(
    source: Source, name: str, text_format: TextFormat, problems: Problems, progress: Progress
) -> RatingTable:
    """Read the ratings of a MovieLens layout, 0.5 to 5.

    Raises
    ------
    DataError
        If the file lacks a column or has no rating. Wrong values are added to ``problems``.
    """
    file = RatingFile(source, name, text_format, _find_with_ratings)
    table = read_ratings(file, RatingRules(_LOWEST, HIGHEST_RATING), problems, progress)
    if not len(table):
        problems.raise_any()
        raise DataError(f"{file.place} has no rating.", "Write a rating on each line.")
    return table


def _find_with_ratings(table: Table) -> dict[str, int]:
    columns = find_rating_columns(table)
    if "rating" not in columns:
        raise DataError(
            f"{table.place} has no column of ratings; it has: {listed(table.columns)}.",
            "Name it rating; or import this file alone.",
        )
    return columns


def find_rating_columns(
    table: Table, chosen: Mapping[str, str | None] | None = None
) -> dict[str, int]:
    """Return the position of the columns of ratings; a title stands in for a missing film id.

    Raises
    ------
    DataError
        If there is no column of users or films.
    """
    columns = find_columns(table, RATING_COLUMNS, chosen or {})
    if "film" not in columns and "title" in columns:
        columns["film"] = columns.pop("title")
    for name in ("user", "film"):
        if name not in columns:
            raise DataError(
                f"{table.place} has no column of {name} ids; it has: {listed(table.columns)}.",
                f"Name the column with --{name}-column, or the file needs a header such as: "
                "user,film,rating",
            )
    return columns


def assemble_stars(
    name: str, ratings: RatingTable, films: FilmTable, users: UserTable
) -> Assembled:
    """Build a data set of ratings in stars; it has half stars if there is one."""
    stars = ratings.values.astype(np.float32)
    lowest = 1.0 if np.all(stars % 1 == 0) else _LOWEST
    return assemble(name, ratings, stars, lowest, films, users)
