"""Similar films and similar users by cosine of their vectors, in numpy alone."""

from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.models.base import Model, VectorModel
from movierec_cli.core.models.topk import PAD, top_k
from movierec_cli.core.recommend.catalog import film_facts
from movierec_cli.core.recommend.filters import Filters, filtered
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import BATCH, vector_model


@dataclass(frozen=True)
class SimilarFilm:
    """A film that the same users like as another film.

    Attributes
    ----------
    rank
        Counted from 1.
    film_id, title, year, genres
        As in `film_facts`.
    similarity
        Cosine of the item-similarity vectors, -1..1.
    """

    rank: int
    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    similarity: float


@dataclass(frozen=True)
class Neighbor:
    """A user with similar taste.

    Attributes
    ----------
    user_id
        The id of the user.
    similarity
        Cosine of the user vectors, -1..1.
    n_ratings, n_shared
        The number of films that this user rated, and that both users rated.
    """

    user_id: int
    similarity: float
    n_ratings: int
    n_shared: int


def similar(model: Model, dataset: Dataset, row: int, n: int = 10) -> list[SimilarFilm]:
    """Return the ``n`` films most similar to the film at ``row``.

    The film itself is left out under every id.

    Raises
    ------
    UsageError
        If the model has no film vectors.
    """
    vectors = _normalized(vector_model(model).similarity_vectors)
    cosine = (vectors @ vectors[row])[None, :]  # [1, n_films]
    candidates = filtered(cosine, Histories.empty(1), dataset, Filters())
    candidates[0, dataset.films.titles == dataset.films.titles[row]] = -np.inf
    rows = top_k(candidates, min(n, len(dataset.films)))[0]
    return [
        SimilarFilm(rank=at, **film_facts(dataset, found), similarity=float(cosine[0, found]))
        for at, found in enumerate(rows[rows != PAD].tolist(), start=1)
    ]


def neighbors(model: Model, dataset: Dataset, query: Query, n: int = 10) -> list[Neighbor]:
    """Return the ``n`` users whose vectors are most similar, without the user of the query.

    Raises
    ------
    UsageError
        If the model has no vectors.
    """
    vectors = vector_model(model)
    histories = dataset.histories
    of_users = _normalized(user_vectors(vectors, dataset))
    own = _normalized(vectors.user_vectors(query.history, query.users))
    cosine = np.asarray(own @ of_users.T, np.float32)  # [1, n_users]
    cosine[0, dataset.users.ids == query.users.ids[0]] = -np.inf
    rated = np.zeros(len(dataset.films), np.int64)
    rated[query.history.film_rows] = 1
    shared = np.bincount(
        histories.user_rows, weights=rated[histories.film_rows], minlength=len(histories)
    )
    rows = top_k(cosine, min(n, len(of_users)))[0]
    return [
        Neighbor(
            int(dataset.users.ids[row]),
            float(cosine[0, row]),
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


def _normalized(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
