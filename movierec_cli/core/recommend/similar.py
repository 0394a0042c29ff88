"""Who and what is near in the vector space. Numpy only."""

from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.models.base import Model, Scores, VectorModel
from movierec_cli.core.models.topk import PAD, top_k
from movierec_cli.core.recommend.filters import Filters, rankable
from movierec_cli.core.recommend.query import Person
from movierec_cli.core.recommend.rank import (
    BATCH,
    Recommendation,
    describe,
    no_vectors,
    vectors_of,
)


@dataclass(frozen=True)
class Neighbor:
    """A user of like taste.

    Attributes
    ----------
    user_id
        Who it is.
    similarity
        Cosine of the user vectors, -1..1.
    n_ratings, n_shared
        How many films the user rated, and how many of them the person rated too.
    """

    user_id: int
    similarity: float
    n_ratings: int
    n_shared: int


def similar(model: Model, dataset: Dataset, row: int, n: int = 10) -> list[Recommendation]:
    """Return the films that the same people like as the one at ``row``, by cosine of their tastes.

    The film itself is left out, under whatever id; ``score`` is the cosine, -1..1.

    Raises
    ------
    UsageError
        If the model has no film vectors.
    """
    vectors = _unit(vectors_of(model))
    nearness = (vectors @ vectors[row])[None, :]  # [1, n_films]
    shown = rankable(nearness, Histories.empty(1), dataset, Filters())
    shown[0, dataset.films.titles == dataset.films.titles[row]] = -np.inf
    rows = top_k(shown, min(n, len(dataset.films)))[0]
    rows = rows[rows != PAD]
    return describe(dataset, rows, Scores(nearness[:, rows]))


def neighbors(model: Model, dataset: Dataset, person: Person, n: int = 10) -> list[Neighbor]:
    """Return the users whose vectors are nearest to the person's, the person left out.

    Raises
    ------
    UsageError
        If the model has no vectors.
    """
    if not isinstance(model, VectorModel):
        raise no_vectors()
    histories = dataset.histories
    everyone = _unit(user_vectors(model, dataset))
    own = _unit(model.user_vectors(person.history, person.users))
    nearness = np.asarray(own @ everyone.T, np.float32)  # [1, n_users]
    nearness[0, dataset.users.ids == person.users.ids[0]] = -np.inf
    rated = np.zeros(len(dataset.films), np.int64)
    rated[person.history.film_rows] = 1
    shared = np.bincount(
        histories.user_rows, weights=rated[histories.film_rows], minlength=len(histories)
    )
    rows = top_k(nearness, min(n, len(everyone)))[0]
    return [
        Neighbor(
            int(dataset.users.ids[row]),
            float(nearness[0, row]),
            int(histories.counts[row]),
            int(shared[row]),
        )
        for row in rows[rows != PAD]
    ]


def user_vectors(model: VectorModel, dataset: Dataset) -> FloatArray:
    """Return a vector for each user of the data set from all ratings, [n_users, d]."""
    batches = np.array_split(np.arange(len(dataset.users)), len(dataset.users) // BATCH + 1)
    return np.concatenate(
        [
            model.user_vectors(dataset.histories.take(rows), dataset.users.take(rows))
            for rows in batches
        ]
    )


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
