"""Recommended films as a file that Letterboxd imports."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from movierec_cli.core.files import atomic_write
from movierec_cli.core.recommend.batch import output_format
from movierec_cli.core.recommend.catalog import RankedFilm
from movierec_cli.core.recommend.title_names import names_in
from movierec_cli.core.recommend.title_words import article_first

COLUMNS = ("Title", "Year", "imdbID", "tmdbID")
"""The columns, as https://letterboxd.com/about/importing-data/ names them."""


def check_watchlist(path: Path) -> None:
    """Raise a `UsageError` if a file name does not end with ``.csv``."""
    output_format(path, ("csv",))


def write_watchlist(films: Iterable[RankedFilm], path: Path) -> None:
    """Write films as CSV in UTF-8, with titles as people write them: "The Godfather".

    Neither the year nor an original title in parentheses belongs to the title.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    with atomic_write(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for film in films:
            title = article_first(names_in(film.title).main)
            writer.writerow((title, film.year, film.imdb_id, film.tmdb_id))
        text.detach()
