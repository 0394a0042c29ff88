"""Ranked lists of films with the reasons for them, in numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass

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
    user_rows
        [n_users], positions in the table of users.
    film_rows
        [n_users, n], positions in the catalog, best first; `PAD` where no film is left.
    scores
        The scores of these films; each array is [n_users, n].
    """

    user_rows: NDArray[np.int64]
    film_rows: NDArray[np.int64]
    scores: Scores


def recommend(
    model: Model,
    dataset: Dataset,
    query: Query,
    filters: Filters | None = None,
    n_reasons: int = 0,
) -> list[Recommendation]:
    """Return the best films that the user has not rated, best first.

    A film that the catalog holds under two ids appears once, and not at all if the user has rated
    it under either.

    Parameters
    ----------
    n_reasons
        The number of reasons for each film.

    Raises
    ------
    UsageError
        If a genre does not exist, or the model has no vectors for diversity or no reasons.
    DataError
        If no film is left, or fewer than ``filters.n``.
    """
    filters = filters or Filters()
    rows, scores = best_films(model, dataset, query.history, query.users, filters)
    found = rows[0][rows[0] != PAD]
    if len(found) < (filters.n or 1):
        raise _too_few(len(found), filters.limit)
    reasons = explain(model, dataset, query, found, n_reasons) if n_reasons else None
    return describe(dataset, found, scores, 0, reasons)


def recommend_all_users(model: Model, dataset: Dataset, filters: Filters) -> Iterator[TopK]:
    """Yield the recommendations for all users of the data set, `BATCH` users at a time.

    The rules are those of `recommend`, but a list may be shorter than ``filters.n``.

    Raises
    ------
    UsageError
        As `recommend`.
    """
    histories = dataset.histories
    for start in range(0, len(dataset.users), BATCH):
        users = np.arange(start, min(start + BATCH, len(dataset.users)))
        rows, scores = best_films(
            model, dataset, histories.take(users), dataset.users.take(users), filters
        )
        yield TopK(users, rows, scores)


def best_films(
    model: Model, dataset: Dataset, histories: Histories, users: Users, filters: Filters
) -> tuple[NDArray[np.int64], Scores]:
    """Return the rows of the best films of some users, and their scores, [n_users, n].

    `PAD` fills the places that no film is left for; n is never more than the catalog.
    """
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
    return rows, Scores(score, of_films(scores.rating), of_films(scores.like_probability))


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


def describe(
    dataset: Dataset,
    rows: NDArray[np.int64],
    scores: Scores,
    user: int = 0,
    reasons: list[tuple[Reason, ...]] | None = None,
) -> list[Recommendation]:
    """Return the films at ``rows`` [n] as recommendations.

    Parameters
    ----------
    scores
        Scores of these films, [n_users, n] or longer.
    user
        The row of ``scores``.
    reasons
        The reasons for each film.
    """

    def at(values: FloatArray | None, position: int) -> float | None:
        return None if values is None else float(values[user, position])

    return [
        Recommendation(
            rank=position + 1,
            **film_facts(dataset, row),
            score=float(scores.score[user, position]),
            rating=at(scores.rating, position),
            like_probability=at(scores.like_probability, position),
            reasons=reasons[position] if reasons else (),
        )
        for position, row in enumerate(rows.tolist())
    ]


def explain(
    model: Model, dataset: Dataset, query: Query, rows: NDArray[np.int64], n_reasons: int = 3
) -> list[tuple[Reason, ...]]:
    """Return the rated films that contributed most to the score of each film, strongest first.

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
            for entry in np.argsort(-column, kind="stable")[:n_reasons]
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


def _too_few(left: int, wanted: int) -> DataError:
    if not left:
        return DataError("No film is left to recommend.", "Use fewer filters.")
    return DataError(
        f"Only {left} films are left to recommend, not {wanted}.",
        f"Ask for fewer with -n {left}, or use fewer filters.",
    )
