"""What a person gets, and why. Numpy only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.base import ExplainingModel, Model, Scores, VectorModel
from movierec_cli.core.models.topk import PAD, diversify, top_k
from movierec_cli.core.recommend.filters import Filters, rankable
from movierec_cli.core.recommend.query import Person

DIVERSITY_POOL = 10
"""Diversity chooses among this many times the films asked for."""

RERANK_POOL = 100
"""Films that the retrieving model hands to the ranking one."""

BATCH = 256
"""Users scored at once; bounds the dense [users, films] arrays."""


@dataclass(frozen=True)
class Reason:
    """A film of the person's own that pulled a recommendation up (or down).

    Attributes
    ----------
    film_id, title, rating
        The film and what the person gave it.
    contribution
        Its part of the match score; the parts of all films and a rest sum up to it.
    """

    film_id: int
    title: str
    rating: float
    contribution: float


@dataclass(frozen=True)
class Recommendation:
    """A film for a person.

    Attributes
    ----------
    rank
        Counted from 1.
    film_id, title, year, genres
        What it is; the title as in the data, the year from the title, ``None`` where unknown.
    score
        The score that the films are ranked by; its scale is the model's own.
    rating
        The predicted rating, 1..5, from a model that predicts one.
    like_probability
        The probability of a rating of 4 or 5, from a model that tells one.
    reasons
        The person's films that contributed most, strongest first; empty if not asked for.
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
    """Recommendations for some users, as arrays.

    Attributes
    ----------
    user_rows
        [n_users], positions in the table of users.
    film_rows
        [n_users, n], positions in the catalog, best first; `PAD` where no film is left.
    scores
        What the model says of these films; each array is [n_users, n].
    """

    user_rows: NDArray[np.int64]
    film_rows: NDArray[np.int64]
    scores: Scores


def recommend(
    model: Model,
    dataset: Dataset,
    person: Person,
    filters: Filters | None = None,
    ranker: Model | None = None,
) -> list[Recommendation]:
    """Return the best films that the person has not rated, best first.

    A film that the catalog holds under two ids appears once, and not at all if the person has
    rated it under either.

    Parameters
    ----------
    ranker
        Ranks the `RERANK_POOL` films that ``model`` puts first: the classic two stages.

    Raises
    ------
    UsageError
        If a genre does not exist, or diversity is asked of a model without vectors.
    DataError
        If fewer films than wished for are left.
    """
    filters = filters or Filters()
    rows, scores = best_films(model, dataset, person.history, person.users, filters, ranker)
    left = int((rows != PAD).sum())
    if left < filters.n:
        raise DataError(
            f"Only {left} films are left to recommend, not {filters.n}.",
            f"Ask for fewer with -n {left}, or filter less."
            if left
            else "Filter less: no film meets all of the filters.",
        )
    return describe(dataset, rows[0], scores)


def recommend_everyone(
    model: Model, dataset: Dataset, filters: Filters | None = None, ranker: Model | None = None
) -> Iterator[TopK]:
    """Yield the recommendations of all users of the data set, `BATCH` users at a time.

    The rules are those of `recommend`, but a list may be shorter than wished for.

    Raises
    ------
    UsageError
        As `recommend`.
    """
    histories, filters = dataset.histories, filters or Filters()
    for start in range(0, len(dataset.users), BATCH):
        users = np.arange(start, min(start + BATCH, len(dataset.users)))
        rows, scores = best_films(
            model, dataset, histories.take(users), dataset.users.take(users), filters, ranker
        )
        yield TopK(users, rows, scores)


def best_films(
    model: Model,
    dataset: Dataset,
    histories: Histories,
    users: Users,
    filters: Filters,
    ranker: Model | None = None,
) -> tuple[NDArray[np.int64], Scores]:
    """Return the rows of the best films for some users, and what is said of them, [n_users, n].

    `PAD` fills the places that no film is left for; n is never more than the catalog.
    """
    scores = model.score(histories, users)
    n = min(filters.n, len(dataset.films))
    varied = filters.diversity > 0
    pool = max(n * DIVERSITY_POOL * varied, RERANK_POOL * (ranker is not None), n)
    masked = rankable(scores.score, histories, dataset, filters)
    rows = top_k(masked, min(pool, len(dataset.films)))
    if ranker is not None:
        scores = ranker.score(histories, users)
        rows = _ranked_by(scores.score, rows)
    if varied:
        vectors = vectors_of(model)
        rows = np.stack(
            [
                _varied(ranking, own, vectors, n, filters.diversity)
                for ranking, own in zip(scores.score, rows, strict=True)
            ]
        )
    rows = rows[:, :n]
    return rows, _at(scores, rows)


def _ranked_by(ranking: FloatArray, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order films [n_users, pool] by other scores [n_users, n_films]; `PAD` comes last."""
    values = np.take_along_axis(ranking, np.maximum(rows, 0), axis=1)
    values = np.where(rows == PAD, -np.inf, values)
    return np.take_along_axis(rows, np.argsort(-values, axis=1, kind="stable"), axis=1)


def _varied(
    ranking: FloatArray, rows: NDArray[np.int64], vectors: FloatArray, n: int, diversity: float
) -> NDArray[np.int64]:
    """Choose of one user's candidates ``n`` that differ, [n]."""
    found = rows[rows != PAD]
    chosen = np.full(n, PAD, np.int64)
    if len(found):
        best = found[diversify(ranking[found], vectors[found], n, diversity)]
        chosen[: len(best)] = best
    return chosen


def _at(scores: Scores, rows: NDArray[np.int64]) -> Scores:
    """Pick what is said of films [n_users, n]."""

    def pick(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else np.take_along_axis(values, np.maximum(rows, 0), axis=1)

    ranking = np.take_along_axis(scores.score, np.maximum(rows, 0), axis=1)
    return Scores(ranking, pick(scores.rating), pick(scores.like_probability))


def describe(dataset: Dataset, rows: NDArray[np.int64], scores: Scores) -> list[Recommendation]:
    """Say what the films of one user are: rows [n], and scores [1, n] of these films."""
    films = dataset.films
    described = []
    for at, row in enumerate(rows.tolist()):
        title = str(films.titles[row])
        described.append(
            Recommendation(
                rank=at + 1,
                film_id=int(films.ids[row]),
                title=title,
                year=year_in(title),
                genres=genres_of(dataset, row),
                score=float(scores.score[0, at]),
                rating=None if scores.rating is None else float(scores.rating[0, at]),
                like_probability=None
                if scores.like_probability is None
                else float(scores.like_probability[0, at]),
            )
        )
    return described


def genres_of(dataset: Dataset, row: int) -> tuple[str, ...]:
    """Return the names of a film's genres."""
    flags = zip(dataset.genres, dataset.films.genres[row].tolist(), strict=True)
    return tuple(name for name, has in flags if has)


def explain(
    model: Model,
    dataset: Dataset,
    person: Person,
    films: Sequence[Recommendation],
    n_reasons: int = 3,
) -> list[Recommendation]:
    """Return the recommendations with the person's films that contributed most to each.

    The contributions are the model's own arithmetic: with those of all other known films and of
    what does not come from the history they sum up to the match score.

    Raises
    ------
    UsageError
        If the model cannot take its score apart.
    """
    if not isinstance(model, ExplainingModel):
        raise UsageError(
            "This model cannot say which films its score comes from.",
            "Ask a run of the default preset: --run dnn --explain",
        )
    rows = np.searchsorted(dataset.films.ids, [film.film_id for film in films])
    parts = model.contributions(person.history, person.users, rows)  # [n_entries, n_films]
    history = person.history
    explained = []
    for film, column in zip(films, parts.T, strict=True):
        strongest = np.argsort(-column, kind="stable")[:n_reasons]
        reasons = tuple(
            Reason(
                film_id=int(dataset.films.ids[history.film_rows[entry]]),
                title=str(dataset.films.titles[history.film_rows[entry]]),
                rating=float(history.ratings[entry]),
                contribution=float(column[entry]),
            )
            for entry in strongest
            if column[entry] > 0
        )
        explained.append(replace(film, reasons=reasons))
    return explained


def vectors_of(model: Model) -> FloatArray:
    """Return the films as tastes, [n_films, d].

    Raises
    ------
    UsageError
        If the model has none.
    """
    if not isinstance(model, VectorModel):
        raise no_vectors()
    return model.similarity_vectors


def no_vectors() -> UsageError:
    """Say that a model cannot be searched."""
    return UsageError("This model has no vectors to search.", "Use a dnn run: --run dnn")
