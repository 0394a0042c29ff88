"""Which films to ask a new person about."""

import numpy as np

from movierec_cli.core.data.dataset import Dataset

QUESTIONS = 8
_WELL_KNOWN = 100  # only the most rated films are asked about: the others few people know


def informative_films(dataset: Dataset, n: int = QUESTIONS) -> list[int]:
    """Return the rows of ``n`` well-known films whose ratings tell tastes apart.

    Among the most rated films those are taken, one after the other, that people disagree about
    most and whose genres have been asked about least.
    """
    films, ratings = dataset.films, dataset.ratings
    counts = np.bincount(ratings.film_rows, minlength=len(films))
    sums = np.bincount(ratings.film_rows, weights=ratings.values, minlength=len(films))
    squares = np.bincount(ratings.film_rows, weights=ratings.values**2, minlength=len(films))
    mean = sums / np.maximum(counts, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(counts, 1) - mean**2, 0))
    known = np.argsort(-counts, kind="stable")[:_WELL_KNOWN]
    fame = counts[known] / counts[known].max()
    asked = np.zeros(films.genres.shape[1])
    chosen: list[int] = []
    for _ in range(min(n, len(known))):
        genres = films.genres[known]
        repeated = (genres * asked).sum(axis=1) / np.maximum(genres.sum(axis=1), 1)
        value = fame + spread[known] - repeated
        value[np.isin(known, chosen)] = -np.inf
        row = int(known[np.argmax(value)])
        chosen.append(row)
        asked += films.genres[row]
    return chosen
