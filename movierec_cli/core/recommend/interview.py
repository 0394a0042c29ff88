"""The films that the interview asks a new user about, and the ratings that answer."""

import numpy as np

from movierec_cli.core.data.dataset import HIGHEST_RATING, Dataset

QUESTIONS = 8
_POPULAR = 100  # only the most rated films are asked about; few users know the others


def informative_films(dataset: Dataset, n: int = QUESTIONS) -> list[int]:
    """Return the rows of ``n`` popular films that separate tastes.

    Films are chosen one by one: the highest sum of popularity (0..1) and standard deviation of the
    ratings, less the mean number of earlier questions about its genres.
    """
    films, ratings = dataset.films, dataset.ratings
    counts = np.bincount(ratings.film_rows, minlength=len(films))
    sums = np.bincount(ratings.film_rows, weights=ratings.values, minlength=len(films))
    squares = np.bincount(ratings.film_rows, weights=ratings.values**2, minlength=len(films))
    mean = sums / np.maximum(counts, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(counts, 1) - mean**2, 0))
    rows = np.argsort(-counts, kind="stable")[:_POPULAR]
    popularity = counts[rows] / counts[rows].max()
    genres = films.genres[rows]  # [n_popular, n_genres]
    asked = np.zeros(genres.shape[1])
    chosen: list[int] = []
    for _ in range(min(n, len(rows))):
        repeated = (genres * asked).sum(axis=1) / np.maximum(genres.sum(axis=1), 1)
        value = popularity + spread[rows] - repeated
        value[np.isin(rows, chosen)] = -np.inf
        row = int(rows[np.argmax(value)])
        chosen.append(row)
        asked += films.genres[row]
    return chosen


def has_half_stars(dataset: Dataset) -> bool:
    """Return true if any rating is not in whole stars."""
    return bool(np.any(dataset.ratings.values % 1))


def read_rating(text: str, dataset: Dataset, halves: bool) -> float | None:
    """Read a rating in whole stars, or in ``halves`` too; ``None`` if the text is none.

    A decimal comma counts as a point.
    """
    try:
        rating = float(text.replace(",", "."))
    except ValueError:
        return None
    fits = dataset.lowest_rating <= rating <= HIGHEST_RATING
    return rating if fits and (rating * (2 if halves else 1)).is_integer() else None
