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
class CatalogEntry:
    """A film of the catalog.

    Attributes
    ----------
    film_id, title, year, genres
        As in `film_facts`.
    ratings
        The number of its ratings.
    mean
        Their mean, 1..5; ``None`` without a rating.
    """

    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    ratings: int
    mean: float | None


def film_facts(dataset: Dataset, row: int) -> dict[str, Any]:
    """Return id, title as in the data, year (``None`` where unknown) and genres of a film."""
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
    sums = np.bincount(
        dataset.ratings.film_rows, weights=dataset.ratings.values, minlength=len(dataset.films)
    )
    found = [
        CatalogEntry(
            **film_facts(dataset, row),
            ratings=int(counts[row]),
            mean=float(sums[row] / counts[row]) if counts[row] else None,
        )
        for row in rows
        if mask[row]
    ]
    if not found:
        raise UsageError(
            f"No film matches {query!r} and the filters." if query else "No film matches.",
            "Try fewer words or filters: movierec films WORD",
        )
    return found
