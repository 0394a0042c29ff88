"""What a person gets, and why. Numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.base import ExplainingModel, Model, Scores, VectorModel
from movierec_cli.core.people import Person
from movierec_cli.core.retrieval import NOTHING, diversify, exclude, top_k
from movierec_cli.core.titles import year_in

DIVERSITY_POOL = 10
"""Diversity chooses among this many times the films asked for."""

RERANK_POOL = 100
"""Films that the retrieving model hands to the ranking one."""


@dataclass(frozen=True)
class Wishes:
    """What a person wants to see.

    Attributes
    ----------
    n
        How many films.
    genres, not_genres
        Films that have any of the first and none of the second; empty for all.
    years
        The first and the last year, ``None`` for any.
    min_ratings
        Films with at least so many ratings in the data.
    include_rated
        Whether films that the person has rated may appear.
    diversity
        0..1; 0 ranks by score alone, 1 avoids likeness as far as it can.
    """

    n: int = 10
    genres: tuple[str, ...] = ()
    not_genres: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    min_ratings: int = 0
    include_rated: bool = False
    diversity: float = 0.0

    def __post_init__(self) -> None:
        if self.n < 1:
            raise UsageError(f"{self.n} films cannot be recommended.", "Ask for at least 1: -n 10")
        if not 0 <= self.diversity <= 1:
            raise UsageError(
                f"Diversity is 0 to 1, not {self.diversity:g}.", "Try: --diversity 0.3"
            )
        if self.years is not None and self.years[0] > self.years[1]:
            raise UsageError(
                f"The years {self.years[0]} to {self.years[1]} are in the wrong order.",
                f"Try: --year {self.years[1]}-{self.years[0]}",
            )


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
    match
        The score that the films are ranked by; its scale is the model's own.
    rating
        The predicted rating, 1..5, from a model that predicts one.
    liking
        The probability of a rating of 4 or 5, from a model that tells one.
    reasons
        The person's films that contributed most, strongest first; empty if not asked for.
    """

    rank: int
    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    match: float
    rating: float | None
    liking: float | None
    reasons: tuple[Reason, ...] = ()


def recommend(
    model: Model, dataset: Dataset, person: Person, wishes: Wishes | None = None
) -> list[Recommendation]:
    """Return the best films that the person has not rated, best first.

    A film that the catalogue holds under two ids appears once, and not at all if the person has
    rated it under either.

    Raises
    ------
    UsageError
        If a genre does not exist, or diversity is asked of a model without vectors.
    DataError
        If fewer films than wished for are left.
    """
    wishes = wishes or Wishes()
    scores = model.score(person.history, person.users)
    rows = _candidates(dataset, person, scores.ranking, wishes)
    if wishes.diversity > 0:
        vectors = _vectors_of(model)
        pool = rows[: wishes.n * DIVERSITY_POOL]
        chosen = diversify(scores.ranking[0, pool], vectors[pool], wishes.n, wishes.diversity)
        rows = pool[chosen]
    return _describe(dataset, scores, rows[: wishes.n])


def retrieve_and_rank(
    retriever: Model, ranker: Model, dataset: Dataset, person: Person, wishes: Wishes | None = None
) -> list[Recommendation]:
    """Let one model choose `RERANK_POOL` films and another rank them: the classic two stages.

    Raises
    ------
    UsageError, DataError
        As `recommend`.
    """
    wishes = wishes or Wishes()
    found = _candidates(
        dataset, person, retriever.score(person.history, person.users).ranking, wishes
    )[: max(RERANK_POOL, wishes.n)]
    scores = ranker.score(person.history, person.users)
    order = np.argsort(-scores.ranking[0, found], kind="stable")
    return _describe(dataset, scores, found[order][: wishes.n])


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
            "Ask a dnn run: --run dnn --explain",
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
        explained.append(Recommendation(**{**film.__dict__, "reasons": reasons}))
    return explained


def similar(model: Model, dataset: Dataset, row: int, n: int = 10) -> list[Recommendation]:
    """Return the films that the same people like as the one at ``row``, by cosine of their tastes.

    Raises
    ------
    UsageError
        If the model has no film vectors.
    """
    vectors = _unit(_vectors_of(model))
    nearness = (vectors @ vectors[row])[None, :]  # [1, n_films]
    same = dataset.films.titles == dataset.films.titles[row]
    nearness[0, same] = -np.inf
    rows = _one_of_each_title(dataset, top_k(nearness, len(dataset.films))[0])
    return _describe(dataset, Scores(nearness), rows[:n])


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


def neighbors(model: Model, dataset: Dataset, person: Person, n: int = 10) -> list[Neighbor]:
    """Return the users whose vectors are nearest to the person's, the person left out.

    Raises
    ------
    UsageError
        If the model has no vectors.
    """
    if not isinstance(model, VectorModel):
        raise _no_vectors()
    histories = dataset.histories
    everyone = _unit(model.user_vectors(histories, dataset.users))
    own = _unit(model.user_vectors(person.history, person.users))
    nearness = np.asarray(own @ everyone.T, np.float32)  # [1, n_users]
    nearness[0, dataset.users.ids == person.users.ids[0]] = -np.inf
    rated = np.zeros(len(dataset.films), np.int64)
    rated[person.history.film_rows] = 1
    shared = np.bincount(
        histories.user_rows, weights=rated[histories.film_rows], minlength=len(histories)
    )
    return [
        Neighbor(
            int(dataset.users.ids[row]),
            float(nearness[0, row]),
            int(histories.counts[row]),
            int(shared[row]),
        )
        for row in top_k(nearness, min(n, len(everyone) - 1))[0]
    ]


def _candidates(
    dataset: Dataset, person: Person, ranking: FloatArray, wishes: Wishes
) -> NDArray[np.int64]:
    """Rank the films that the wishes allow, each title once."""
    scores = ranking.copy() if wishes.include_rated else exclude(ranking, person.history)
    scores[0, ~allowed(dataset, wishes)] = -np.inf
    order = top_k(scores, len(dataset.films))[0]
    order = order[order != NOTHING]
    if not wishes.include_rated:
        rated = dataset.films.titles[person.history.film_rows]
        order = order[~np.isin(dataset.films.titles[order], rated)]
    rows = _one_of_each_title(dataset, order)
    if len(rows) < wishes.n:
        raise DataError(
            f"Only {len(rows)} films are left to recommend, not {wishes.n}.",
            f"Ask for fewer with -n {len(rows)}, or filter less."
            if len(rows)
            else "Filter less: no film meets all of the wishes.",
        )
    return rows


def allowed(dataset: Dataset, wishes: Wishes) -> NDArray[np.bool_]:
    """Tell which films have the wished genres, years and number of ratings, [n_films].

    Raises
    ------
    UsageError
        If a genre does not exist.
    """
    films = dataset.films
    mask = np.ones(len(films), np.bool_)
    if wishes.genres:
        mask &= films.genres[:, _genre_columns(dataset, wishes.genres)].any(axis=1)
    if wishes.not_genres:
        mask &= ~films.genres[:, _genre_columns(dataset, wishes.not_genres)].any(axis=1)
    if wishes.years is not None:
        first, last = wishes.years
        years = np.array([year_in(title) or -1 for title in films.titles.tolist()])
        mask &= (years >= first) & (years <= last)
    if wishes.min_ratings:
        counts = np.bincount(dataset.ratings.film_rows, minlength=len(films))
        mask &= counts >= wishes.min_ratings
    return mask


def _genre_columns(dataset: Dataset, names: Sequence[str]) -> list[int]:
    known = [name.lower() for name in dataset.genres]
    for name in names:
        if name.lower() not in known:
            raise UsageError(
                f"There is no genre {name!r}.", f"Choose from: {', '.join(dataset.genres)}"
            )
    return [known.index(name.lower()) for name in names]


def _one_of_each_title(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep of the films of one title the first."""
    rows = rows[rows != NOTHING]
    _, first = np.unique(dataset.films.titles[rows], return_index=True)
    kept: NDArray[np.int64] = rows[np.sort(first)]
    return kept


def _describe(dataset: Dataset, scores: Scores, rows: NDArray[np.int64]) -> list[Recommendation]:
    films = dataset.films
    described = []
    for rank, row in enumerate(rows, start=1):
        title = str(films.titles[row])
        flags = zip(dataset.genres, films.genres[row], strict=True)
        described.append(
            Recommendation(
                rank=rank,
                film_id=int(films.ids[row]),
                title=title,
                year=year_in(title),
                genres=tuple(name for name, has in flags if has),
                match=float(scores.ranking[0, row]),
                rating=None if scores.rating is None else float(scores.rating[0, row]),
                liking=None if scores.liking is None else float(scores.liking[0, row]),
            )
        )
    return described


def _vectors_of(model: Model) -> FloatArray:
    if not isinstance(model, VectorModel):
        raise _no_vectors()
    return model.taste_vectors


def _no_vectors() -> UsageError:
    return UsageError("This model has no vectors to search.", "Use a dnn run: --run dnn")


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
