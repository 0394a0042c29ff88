"""Catalog search, and facts about a film for people."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import Filters, allowed
from movierec_cli.core.recommend.title_search import TitleIndex


@dataclass(frozen=True)
class RankedFilm:
    """A film in a list; the rank counts from 1, an unknown year is ``None``."""

    rank: int
    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]


@dataclass(frozen=True)
class CatalogEntry(RankedFilm):
    """A film with the number and the mean of its ratings; the mean of none is ``None``."""

    ratings: int
    mean: float | None


def film_facts(dataset: Dataset, row: int) -> dict[str, Any]:
    """Return id, title as in the data, year and genres of a film, as in `RankedFilm`."""
    title = str(dataset.films.titles[row])
    flags = zip(dataset.genres, dataset.films.genres[row].tolist(), strict=True)
    return {
        "film_id": int(dataset.films.ids[row]),
        "title": title,
        "year": year_in(title),
        "genres": tuple(name for name, has in flags if has),
    }


def search_films(dataset: Dataset, query: str, filters: Filters) -> list[CatalogEntry]:
    """Return the films that a query may mean and the filters allow, the most likely first.

    An empty query means every film, the most popular first. Only genres, years and the least
    number of ratings of the filters count.

    Raises
    ------
    UsageError
        If a genre does not exist, or no film is found.
    """
    index = TitleIndex(dataset)
    counts = index.popularity
    rows = index.search(query) if query else np.argsort(-counts, kind="stable").tolist()
    mask = allowed(dataset, filters)
    ratings = dataset.ratings
    sums = np.bincount(ratings.film_rows, weights=ratings.values, minlength=len(counts))
    found = [
        CatalogEntry(
            rank,
            **film_facts(dataset, row),
            ratings=int(counts[row]),
            mean=float(sums[row] / counts[row]) if counts[row] else None,
        )
        for rank, row in enumerate((row for row in rows if mask[row]), start=1)
    ]
    if not found:
        raise UsageError(
            f"No film matches {query!r} and the filters.",
            "Try fewer words or filters: movierec films WORD",
        )
    return found
