"""Ranked lists of films, in numpy alone."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.extent import catalog_extent, newer_films
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.base import Model, Scores, VectorModel
from movierec_cli.core.models.topk import PAD, diversify, top_k
from movierec_cli.core.recommend.catalog import RankedFilm, film_facts
from movierec_cli.core.recommend.explain import Explanation, explain
from movierec_cli.core.recommend.filters import DEFAULT_N, Filters, filtered
from movierec_cli.core.recommend.popularity import weigh_popularity
from movierec_cli.core.recommend.query import Query

_DIVERSITY_POOL = 10  # diversity chooses among this many times the films asked for


@dataclass(frozen=True)
class Recommendation(RankedFilm):
    """A recommended film.

    Attributes
    ----------
    score
        The score that the films are ranked by, on the model's own scale, with the weight of
        popularity that the filters ask for.
    rating
        The predicted rating in stars; ``None`` from a model that predicts none.
    like_probability
        The probability of a rating of 4 or 5, 0..1; ``None`` likewise.
    explanation
        The terms of the score; ``None`` if not asked for.
    """

    score: float
    rating: float | None
    like_probability: float | None
    explanation: Explanation | None = None


def recommend(
    model: Model,
    dataset: Dataset,
    query: Query,
    filters: Filters | None = None,
    explained: bool = False,
) -> list[Recommendation]:
    """Return the best films that the user has not rated, best first; fewer where fewer are left.

    A film that the catalog holds under two ids appears once, and not at all if the user has rated
    it under either.

    Raises
    ------
    UsageError
        If a genre does not exist, or the model has no vectors for diversity, no like probability
        to sort by or no explanations.
    DataError
        If no film is left.
    """
    filters = filters or Filters()
    (films,) = recommend_all(model, dataset, query.history, query.users, filters)
    require_films(len(films), dataset, filters)
    if not explained:
        return films
    ids, scores = [film.film_id for film in films], [film.score for film in films]
    terms = explain(model, dataset, query, ids, scores)
    return [replace(film, explanation=why) for film, why in zip(films, terms, strict=True)]


def recommend_all(
    model: Model, dataset: Dataset, histories: Histories, users: Users, filters: Filters
) -> list[list[Recommendation]]:
    """Return the best films of each user as `recommend` does, or fewer where fewer are left."""
    scores = model.score(histories, users)
    ranked_by = weigh_popularity(scores.score, dataset, filters.popularity)
    lists = best_rows(model, dataset, replace(scores, score=ranked_by), histories, filters)

    def at(values: FloatArray | None, user: int, row: int) -> float | None:
        return None if values is None else float(values[user, row])

    return [
        [
            Recommendation(
                rank,
                **film_facts(dataset, row),
                score=float(ranked_by[user, row]),
                rating=at(scores.rating, user, row),
                like_probability=at(scores.like_probability, user, row),
            )
            for rank, row in enumerate(rows.tolist(), start=1)
        ]
        for user, rows in enumerate(lists)
    ]


def best_rows(
    model: Model, dataset: Dataset, scores: Scores, histories: Histories, filters: Filters
) -> list[NDArray[np.int64]]:
    """Return the rows of each user's best films by scores [n_users, n_films] and filters.

    The scores have their weight of popularity already. A list is shorter where fewer films are
    left.
    """
    candidates = filtered(scores.score, histories, dataset, filters)
    n = min(filters.n or DEFAULT_N, len(dataset.films))
    if filters.diversity:
        vectors = vector_model(model).similarity_vectors
        pool = top_k(candidates, min(n * _DIVERSITY_POOL, len(dataset.films)))
        lists = [
            _diverse(of_user, rows[rows != PAD], vectors, n, filters.diversity)
            for of_user, rows in zip(scores.score, pool, strict=True)
        ]
    else:
        lists = [rows[rows != PAD] for rows in top_k(candidates, n)]
    return _by_like_probability(lists, scores) if filters.sort == "like" else lists


def require_films(n_films: int, dataset: Dataset, filters: Filters) -> None:
    """Raise a `DataError` if no film is left to recommend."""
    if not n_films:
        extent = f"{dataset.name} has {catalog_extent(dataset)}"
        newer = newer_films(dataset, filters.years) if filters.years else ""
        raise DataError(
            f"No film is left to recommend; {extent}.",
            f"Use fewer filters.{f' Newer films: {newer}' if newer else ''}",
        )


def _by_like_probability(lists: list[NDArray[np.int64]], scores: Scores) -> list[NDArray[np.int64]]:
    """Sort the films of each list by falling like probability."""
    if scores.like_probability is None:
        raise UsageError(
            "This model predicts no like probability to sort by.", "Leave out --sort like."
        )
    return [
        rows[np.argsort(-probability[rows], kind="stable")]
        for rows, probability in zip(lists, scores.like_probability, strict=True)
    ]


def _diverse(
    scores: FloatArray, rows: NDArray[np.int64], vectors: FloatArray, n: int, diversity: float
) -> NDArray[np.int64]:
    """Choose at most ``n`` of one user's candidates by maximal marginal relevance."""
    if not len(rows):
        return rows
    return rows[diversify(scores[rows], vectors[rows], n, diversity)]


def vector_model(model: Model) -> VectorModel:
    """Return a model as one with vectors; raise a `UsageError` if it has none."""
    if not isinstance(model, VectorModel):
        raise UsageError("This model has no vectors to search.", "Use a dnn run: --run dnn")
    return model
