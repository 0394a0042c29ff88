"""Catalog search, and facts about a film for people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Id
from movierec_cli.core.data.extent import catalog_extent, newer_films
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import Filters, allowed

if TYPE_CHECKING:
    from movierec_cli.core.recommend.title_search import Match


@dataclass(frozen=True)
class RankedFilm:
    """A film in a list; the rank counts from 1, an unknown year is ``None``.

    ``imdb_id`` (such as "tt0114709") and ``tmdb_id`` are its ids at IMDb and TMDb, where known.
    """

    rank: int
    film_id: Id
    title: str
    year: int | None
    genres: tuple[str, ...]
    imdb_id: str | None
    tmdb_id: int | None


@dataclass(frozen=True)
class CatalogEntry(RankedFilm):
    """A film with the number and the mean of its ratings; the mean of none is ``None``.

    ``match`` tells how it matches a search, as in `Match`; it is ``None`` without one.
    """

    ratings: int
    mean: float | None
    match: "Match | None"


def film_facts(dataset: Dataset, row: int) -> dict[str, Any]:
    """Return id, title, year, genres and ids elsewhere of a film, as in `RankedFilm`."""
    films = dataset.films
    title = str(films.titles[row]).strip()
    flags = zip(dataset.genres, films.genres[row].tolist(), strict=True)
    return {
        "film_id": films.ids[row].item(),
        "title": title,
        "year": year_in(title),
        "genres": tuple(name for name, has in flags if has),
        "imdb_id": str(films.imdb_ids[row]) or None,
        "tmdb_id": int(films.tmdb_ids[row]) or None,
    }


def search_films(dataset: Dataset, query: str, filters: Filters) -> list[CatalogEntry]:
    """Return the films that a query may mean and the filters allow, the most likely first.

    An empty query means every film, the most popular first. Only genres, years and numbers of
    ratings of the filters count.

    Raises
    ------
    UsageError
        If a genre does not exist, or no film is found.
    """
    from movierec_cli.core.recommend.title_search import TitleIndex  # noqa: PLC0415

    index = TitleIndex(dataset)
    counts = index.popularity
    matches = index.matches(query) if query else {}
    rows = matches if query else np.argsort(-counts, kind="stable").tolist()
    mask = allowed(dataset, filters)
    ratings = dataset.ratings
    sums = np.bincount(ratings.film_rows, weights=ratings.values, minlength=len(counts))
    found = [
        CatalogEntry(
            rank,
            **film_facts(dataset, row),
            ratings=int(counts[row]),
            mean=float(sums[row] / counts[row]) if counts[row] else None,
            match=matches.get(row),
        )
        for rank, row in enumerate((row for row in rows if mask[row]), start=1)
    ]
    if not found:
        newer = newer_films(dataset, filters.years)
        wanted = f"{query!r} and the filters" if query else "the filters"
        raise UsageError(
            f"No film matches {wanted}; {dataset.name} has {catalog_extent(dataset)}.",
            f"Newer films: {newer}" if newer else "Try fewer words or filters: movierec films WORD",
        )
    return found
