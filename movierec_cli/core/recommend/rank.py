"""Ranked lists of films with the reasons for them, in numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.base import ExplainingModel, Model, Scores, VectorModel
from movierec_cli.core.models.topk import PAD, diversify, top_k
from movierec_cli.core.recommend.catalog import film_facts
from movierec_cli.core.recommend.filters import Filters, filtered
from movierec_cli.core.recommend.query import Query

DIVERSITY_POOL = 10
"""Diversity chooses among this many times the films asked for."""

N_REASONS = 3
"""The greatest number of reasons for a recommendation."""

BATCH = 256
"""Users scored at once; bounds the dense [users, films] arrays."""


@dataclass(frozen=True)
class Reason:
    """A rated film that raises the score of a recommendation.

    Attributes
    ----------
    film_id, title, rating
        The film and the user's rating.
    contribution
        Its part of the score. The parts of all rated films and a rest sum up to the score.
    """

    film_id: int
    title: str
    rating: float
    contribution: float


@dataclass(frozen=True)
class Recommendation:
    """A recommended film.

    Attributes
    ----------
    rank
        Counted from 1.
    film_id, title, year, genres
        As in `film_facts`.
    score
        The score that the films are ranked by, on the model's own scale.
    rating
        The predicted rating, 1..5; ``None`` from a model that predicts none.
    like_probability
        The probability of a rating of 4 or 5, 0..1; ``None`` likewise.
    reasons
        The rated films that contributed most, strongest first; empty if not asked for.
    """

    rank: int
    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    score: float
    rating: float | None
    like_probability: float | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, eq=False)
class TopK:
    """The best films of some users.

    Attributes
    ----------
    film_rows
        [n_users, n], positions in the catalog, best first; `PAD` where no film is left.
    scores
        The scores of these films; each array is [n_users, n].
    """

    film_rows: NDArray[np.int64]
    scores: Scores


def recommend(
    model: Model,
    dataset: Dataset,
    query: Query,
    filters: Filters | None = None,
    with_reasons: bool = False,
) -> list[Recommendation]:
    """Return the best films that the user has not rated, best first.

    A film that the catalog holds under two ids appears once, and not at all if the user has rated
    it under either.

    Raises
    ------
    UsageError
        If a genre does not exist, or the model has no vectors for diversity or no reasons.
    DataError
        If no film is left, or fewer than ``filters.n``.
    """
    filters = filters or Filters()
    top = top_films(model, dataset, query.history, query.users, filters)
    films = describe(dataset, top)
    if not films:
        raise DataError("No film is left to recommend.", "Use fewer filters.")
    if filters.n is not None and len(films) < filters.n:
        raise DataError(
            f"Only {len(films)} films are left to recommend, not {filters.n}.",
            f"Ask for fewer with -n {len(films)}, or use fewer filters.",
        )
    if not with_reasons:
        return films
    reasons = explain(model, dataset, query, top.film_rows[0, : len(films)])
    return [replace(film, reasons=why) for film, why in zip(films, reasons, strict=True)]


def recommend_all_users(
    model: Model, dataset: Dataset, filters: Filters
) -> Iterator[tuple[NDArray[np.int64], TopK]]:
    """Yield rows of users and their recommendations, `BATCH` users at a time.

    The rules are those of `recommend`, but a list may be shorter than ``filters.n``.

    Raises
    ------
    UsageError
        As `recommend`.
    """
    histories = dataset.histories
    for start in range(0, len(dataset.users), BATCH):
        rows = np.arange(start, min(start + BATCH, len(dataset.users)))
        users = dataset.users.take(rows)
        yield rows, top_films(model, dataset, histories.take(rows), users, filters)


def top_films(
    model: Model, dataset: Dataset, histories: Histories, users: Users, filters: Filters
) -> TopK:
    """Return the best films of some users; a list is never longer than the catalog."""
    scores = model.score(histories, users)
    n_films = len(dataset.films)
    n = min(filters.limit, n_films)
    candidates = filtered(scores.score, histories, dataset, filters)
    if filters.diversity:
        vectors = vector_model(model).similarity_vectors
        pool = top_k(candidates, min(n * DIVERSITY_POOL, n_films))
        rows = np.stack(
            [
                _diverse(of_user, films, vectors, n, filters.diversity)
                for of_user, films in zip(scores.score, pool, strict=True)
            ]
        )
    else:
        rows = top_k(candidates, n)

    def of_films(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else np.take_along_axis(values, np.maximum(rows, 0), axis=1)

    score = np.take_along_axis(scores.score, np.maximum(rows, 0), axis=1)
    found = Scores(score, of_films(scores.rating), of_films(scores.like_probability))
    return TopK(rows, found)


def _diverse(
    scores: FloatArray, rows: NDArray[np.int64], vectors: FloatArray, n: int, diversity: float
) -> NDArray[np.int64]:
    """Choose ``n`` of one user's candidates by maximal marginal relevance, [n]."""
    found = rows[rows != PAD]
    chosen = np.full(n, PAD, np.int64)
    if len(found):
        best = found[diversify(scores[found], vectors[found], n, diversity)]
        chosen[: len(best)] = best
    return chosen


def describe(dataset: Dataset, top: TopK, position: int = 0) -> list[Recommendation]:
    """Return the films of the user at ``position`` of ``top``."""
    scores = top.scores

    def at(values: FloatArray | None, column: int) -> float | None:
        return None if values is None else float(values[position, column])

    return [
        Recommendation(
            rank=column + 1,
            **film_facts(dataset, row),
            score=float(scores.score[position, column]),
            rating=at(scores.rating, column),
            like_probability=at(scores.like_probability, column),
        )
        for column, row in enumerate(top.film_rows[position].tolist())
        if row != PAD
    ]


def explain(
    model: Model, dataset: Dataset, query: Query, rows: NDArray[np.int64]
) -> list[tuple[Reason, ...]]:
    """Return for each film at ``rows`` the rated films that contributed most to its score.

    The contributions are exact terms of the score, see `ExplainingModel.contributions`.

    Raises
    ------
    UsageError
        If the model cannot take its score apart.
    """
    if not isinstance(model, ExplainingModel):
        raise UsageError(
            "This model has no reasons for its scores.",
            "Use a run of the default preset of dnn: --run dnn --explain",
        )
    history = query.history
    contributions = model.contributions(history, query.users, rows)  # [n_entries, n]
    films = [film_facts(dataset, row) for row in history.film_rows.tolist()]
    return [
        tuple(
            Reason(
                film_id=films[entry]["film_id"],
                title=films[entry]["title"],
                rating=float(history.ratings[entry]),
                contribution=float(column[entry]),
            )
            for entry in np.argsort(-column, kind="stable")[:N_REASONS]
            if column[entry] > 0
        )
        for column in contributions.T
    ]


def vector_model(model: Model) -> VectorModel:
    """Return a model as one with vectors.

    Raises
    ------
    UsageError
        If it has none.
    """
    if not isinstance(model, VectorModel):
        raise UsageError("This model has no vectors to search.", "Use a dnn run: --run dnn")
    return model
