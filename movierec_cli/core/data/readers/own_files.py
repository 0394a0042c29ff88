"""Reader of people's own tables: ratings, and films and users where they have them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import HIGHEST_RATING, FloatArray
from movierec_cli.core.data.readers.assemble import Assembled, assemble
from movierec_cli.core.data.readers.catalog import FilmTable, UserTable, read_films, read_users
from movierec_cli.core.data.readers.movielens import find_rating_columns
from movierec_cli.core.data.readers.parquet import is_parquet, read_parquet
from movierec_cli.core.data.readers.rating_table import RatingRules, RatingTable
from movierec_cli.core.data.readers.ratings import RatingFile, read_ratings
from movierec_cli.core.data.readers.scale import Scale, guess_scale, likely_scale
from movierec_cli.core.data.readers.tables import Problems, Table, listed, sniff
from movierec_cli.core.data.sources import Source, file_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import Progress

_OTHER_SCALE = "Correct these lines, or give the scale: --scale LOWEST-HIGHEST"


@dataclass(frozen=True)
class OwnFiles:
    """The files to import, and how to read them.

    Attributes
    ----------
    ratings, films, users
        Delimited text with a header, or Parquet for the ratings.
    columns
        ``user``, ``film``, ``rating``, ``time`` -> the name of the column, where it is unusual.
    scale
        The scale of the ratings; ``None`` to guess it.
    implicit
        True if a row without a rating is a like.
    """

    ratings: Path
    films: Path | None = None
    users: Path | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    scale: Scale | None = None
    implicit: bool = False


def read_own(files: OwnFiles, name: str, progress: Progress) -> tuple[Assembled, Scale | None]:
    """Read the files as the data set ``name``.

    Returns
    -------
    assembled, scale
        The scale is ``None`` if no row has a rating.

    Raises
    ------
    DataError
        With every problem in the files, up to twenty; or if the scale is not certain.
    """
    source = file_source(files.ratings)
    unused: list[str] = []
    table, scale = _read_ratings(files, source, unused, progress)
    problems = Problems()
    films, users = FilmTable(), UserTable()
    if files.films is not None:
        beside = file_source(files.films)
        with beside.open(files.films.name) as file:
            films = read_films(file, str(files.films), sniff(file), problems)
    if files.users is not None:
        beside = file_source(files.users)
        with beside.open(files.users.name) as file:
            users = read_users(file, str(files.users), sniff(file), problems)
    problems.raise_any()
    stars = _stars(table, scale)
    lowest = float(scale.to_stars(np.array([scale.lowest]))[0]) if scale else HIGHEST_RATING
    assembled = assemble(name, table, stars, lowest, films, users)
    return replace(assembled, unused=tuple(unused)), scale


def _read_ratings(
    files: OwnFiles, source: Source, unused: list[str], progress: Progress
) -> tuple[RatingTable, Scale | None]:
    """Read the ratings and find their scale; each rating outside of it is a problem.

    The columns that are not read become those ``unused``.
    """
    rules = RatingRules(may_lack=files.implicit)
    if files.scale is not None:
        rules = replace(rules, lowest=files.scale.lowest, highest=files.scale.highest)
    find = partial(_find, files=files, unused=unused)
    table = _read(files, source, find, rules, Problems(), progress)
    values = table.values[~np.isnan(table.values)]
    if files.scale is not None or not len(values):
        return table, files.scale
    try:
        return table, guess_scale(values)
    except DataError:
        likely = likely_scale(values)
        if likely is not None:  # read again, for the lines of the others
            rules = replace(rules, lowest=likely.lowest, highest=likely.highest)
            _read(files, source, find, rules, Problems(_OTHER_SCALE), progress)
        raise


def _read(
    files: OwnFiles,
    source: Source,
    find: Callable[[Table], dict[str, int]],
    rules: RatingRules,
    problems: Problems,
    progress: Progress,
) -> RatingTable:
    name = files.ratings.name
    with source.open(name) as file:
        if is_parquet(file):
            table = read_parquet(files.ratings, find, rules, problems)
        else:
            table = read_ratings(
                RatingFile(source, name, sniff(file), find), rules, problems, progress
            )
    problems.raise_any()
    if not len(table):
        raise DataError(
            f"{files.ratings} has a header and no rating.", "Write a rating on each line."
        )
    return table


def _find(table: Table, files: OwnFiles, unused: list[str]) -> dict[str, int]:
    columns = find_rating_columns(table, files.columns)
    if "rating" not in columns and not files.implicit:
        raise DataError(
            f"{table.place} has no column of ratings; it has: {listed(table.columns)}.",
            "Name it with --rating-column; or --implicit takes every row as a like.",
        )
    used = columns.values()
    unused[:] = [name for place, name in enumerate(table.columns) if place not in used]
    return columns


def _stars(table: RatingTable, scale: Scale | None) -> FloatArray:
    """Return the ratings in stars; a row without one is a like, the highest rating."""
    stars: NDArray[np.float32] = np.full(len(table), HIGHEST_RATING, np.float32)
    if scale is not None:
        rated = ~np.isnan(table.values)
        stars[rated] = scale.to_stars(table.values[rated])
    return stars
