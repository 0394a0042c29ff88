"""Reader of ``ratings.csv``, ``movies.csv`` and ``links.csv``, from MovieLens 20M on."""

from movierec_cli.core.data.readers.assemble import Assembled
from movierec_cli.core.data.readers.catalog import UserTable, read_films, read_links
from movierec_cli.core.data.readers.movielens import assemble_stars, read_stars
from movierec_cli.core.data.readers.tables import Problems, TextFormat
from movierec_cli.core.data.sources import Source
from movierec_cli.core.progress import Progress

_CSV = TextFormat()


def read(source: Source, name: str, progress: Progress) -> Assembled:
    """Read the files; the columns have their names in MovieLens, or other usual ones."""
    problems = Problems()
    ratings = read_stars(source, "ratings.csv", _CSV, problems, progress)
    with source.open("movies.csv") as file:
        films = read_films(file, source.place("movies.csv"), _CSV, problems)
    if "links.csv" in source.sizes:
        with source.open("links.csv") as file:
            read_links(file, source.place("links.csv"), _CSV, films, problems)
    problems.raise_any()
    return assemble_stars(name, ratings, films, UserTable())
