"""Searching the catalog."""

from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import Filters, allowed
from movierec_cli.core.recommend.rank import genres_of
from movierec_cli.core.recommend.title_search import TitleIndex


@dataclass(frozen=True)
class CatalogEntry:
    """A film as the catalog knows it.

    Attributes
    ----------
    film_id, title, year, genres
        What it is; the title as in the data, the year from the title, ``None`` where unknown.
    ratings
        How many ratings it has.
    mean
        Their mean, 1..5; ``None`` without a rating.
    """

    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    ratings: int
    mean: float | None


def search_films(dataset: Dataset, query: str, filters: Filters) -> list[CatalogEntry]:
    """Return the films that a query may mean and the filters allow, the likeliest first.

    An empty query means every film, the best known first. Of the filters, genres, years and the
    least number of ratings count.

    Raises
    ------
    UsageError
        If a genre does not exist, or no film is found.
    """
    films = dataset.films
    index = TitleIndex.build(films, dataset.ratings.film_rows)
    rows = index.search(query) if query else np.argsort(-index.counts, kind="stable").tolist()
    mask = allowed(dataset, filters)
    sums = np.bincount(
        dataset.ratings.film_rows, weights=dataset.ratings.values, minlength=len(films)
    )
    found = [
        CatalogEntry(
            film_id=int(films.ids[row]),
            title=str(films.titles[row]),
            year=year_in(str(films.titles[row])),
            genres=genres_of(dataset, row),
            ratings=int(index.counts[row]),
            mean=float(sums[row] / index.counts[row]) if index.counts[row] else None,
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
