"""The films that the interview asks a new user about."""

import numpy as np

from movierec_cli.core.data.dataset import Dataset

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
