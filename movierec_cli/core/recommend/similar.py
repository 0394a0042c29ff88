"""Similar films and similar users by cosine of their vectors, in numpy alone."""

from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Id
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.base import Model, VectorModel
from movierec_cli.core.models.topk import PAD, top_k
from movierec_cli.core.recommend.catalog import RankedFilm, film_facts
from movierec_cli.core.recommend.filters import Filters, filtered
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import vector_model

_BATCH = 1024  # users whose vectors are made at once
_SMALLEST = 1e-12  # product of two lengths, where a vector has none


@dataclass(frozen=True)
class SimilarFilm(RankedFilm):
    """A film that the same users like as another; cosine of the similarity vectors, -1..1."""

    similarity: float


@dataclass(frozen=True)
class Neighbor:
    """A user with similar taste; ``n_shared`` of the rated films are rated by both users."""

    user_id: Id
    similarity: float
    n_ratings: int
    n_shared: int


def similar(model: Model, dataset: Dataset, row: int, n: int = 10) -> list[SimilarFilm]:
    """Return the ``n`` films most similar to the film at ``row``, which is left out itself.

    The similarity is the cosine, -1..1. A model without vectors raises a `UsageError`.
    """
    _check_number(n)
    vectors = vector_model(model).similarity_vectors
    cosine = _cosines(vectors, vectors[row])[None, :]  # [1, n_films]
    candidates = filtered(cosine, Histories.empty(1), dataset, Filters())
    candidates[0, dataset.films.titles == dataset.films.titles[row]] = -np.inf
    rows = top_k(candidates, min(n, len(dataset.films)))[0]
    return [
        SimilarFilm(rank, **film_facts(dataset, found), similarity=float(cosine[0, found]))
        for rank, found in enumerate(rows[rows != PAD].tolist(), start=1)
    ]


def neighbors(model: Model, dataset: Dataset, query: Query, n: int = 10) -> list[Neighbor]:
    """Return the ``n`` users with the most similar vectors, without the user of the query.

    The similarity is the cosine, -1..1. A model without vectors raises a `UsageError`.
    """
    _check_number(n)
    vectors = vector_model(model)
    of_query = vectors.user_vectors(query.history, query.users)[0]
    cosine = _cosines(user_vectors(vectors, dataset), of_query)[None, :]  # [1, n_users]
    cosine[0, dataset.users.ids == query.users.ids[0]] = -np.inf
    ratings, n_users = dataset.ratings, len(dataset.users)
    shared = np.isin(ratings.film_rows, query.history.film_rows)
    n_shared = np.bincount(ratings.user_rows[shared], minlength=n_users)
    n_ratings = np.bincount(ratings.user_rows, minlength=n_users)
    rows = top_k(cosine, min(n, n_users))[0]
    return [
        Neighbor(
            dataset.users.ids[row].item(),
            float(cosine[0, row]),
            int(n_ratings[row]),
            int(n_shared[row]),
        )
        for row in rows[rows != PAD]
    ]


def _check_number(n: int) -> None:
    if n < 1:
        raise UsageError(f"{n} cannot be found.", "Ask for at least 1: n=10")


def user_vectors(model: VectorModel, dataset: Dataset) -> FloatArray:
    """Return a vector for each user of the data set from all ratings, [n_users, d]."""
    batches = np.array_split(np.arange(len(dataset.users)), len(dataset.users) // _BATCH + 1)
    return np.concatenate(
        [
            model.user_vectors(dataset.histories.take(rows), dataset.users.take(rows))
            for rows in batches
        ]
    )


def _cosines(vectors: FloatArray, vector: FloatArray) -> FloatArray:
    """Return the cosine of each of ``vectors`` [n, d] to a ``vector`` [d], [n]; 0 without length.

    Normalized vectors would be one more copy of all of them.
    """
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors)) * np.linalg.norm(vector)
    return np.asarray(vectors @ vector / np.maximum(lengths, _SMALLEST), np.float32)
