"""Who asks, what is known of them, and what they get. Numpy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Films, FloatArray, Histories, Users
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.retrieval import NOTHING, exclude, top_k
from movierec_cli.core.titles import year_in


@dataclass(frozen=True, eq=False)
class Person:
    """Someone who asks: one user with a history, either of which may be empty.

    Attributes
    ----------
    users
        Who it is, one entry.
    history
        What is known of the person's ratings, one entry.
    """

    users: Users
    history: Histories


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
    """

    rank: int
    film_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    match: float
    rating: float | None
    liking: float | None


def known_user(dataset: Dataset, user_id: int) -> Person:
    """Return a user of the data set with all ratings.

    Raises
    ------
    UsageError
        If there is no such user.
    """
    row = int(np.searchsorted(dataset.users.ids, user_id))
    if row == len(dataset.users) or dataset.users.ids[row] != user_id:
        raise UsageError(
            f"There is no user {user_id} in {dataset.name}.",
            f"Users are numbered {dataset.users.ids[0]} to {dataset.users.ids[-1]}.",
        )
    rows = np.array([row])
    return Person(dataset.users.take(rows), dataset.histories.take(rows))


def recommend(model: Model, dataset: Dataset, person: Person, n: int = 10) -> list[Recommendation]:
    """Return the ``n`` best films that the person has not rated, best first.

    A film that the catalogue holds under two ids appears once, and not at all if the person has
    rated it under either.

    Raises
    ------
    UsageError
        If ``n`` is not at least 1.
    DataError
        If fewer than ``n`` films are left to recommend.
    """
    if n < 1:
        raise UsageError(f"{n} films cannot be recommended.", "Ask for at least 1: -n 10")
    scores = model.score(person.history, person.users)
    rows = _distinct(dataset.films, person.history, scores.ranking)
    if len(rows) < n:
        raise DataError(
            f"Only {len(rows)} films are left to recommend, not {n}.",
            f"Ask for fewer: -n {len(rows)}",
        )
    return [_describe(dataset, scores, rank, row) for rank, row in enumerate(rows[:n], start=1)]


def _distinct(films: Films, history: Histories, ranking: FloatArray) -> NDArray[np.int64]:
    """Rank every film of another title than those in the history, each title once."""
    order = top_k(exclude(ranking, history), len(films))[0]
    order = order[order != NOTHING]
    titles = films.titles[order]
    new = ~np.isin(titles, films.titles[history.film_rows])
    order, titles = order[new], titles[new]
    _, first = np.unique(titles, return_index=True)
    rows: NDArray[np.int64] = order[np.sort(first)]
    return rows


def _describe(dataset: Dataset, scores: Scores, rank: int, row: np.int64) -> Recommendation:
    films = dataset.films
    title = str(films.titles[row])
    return Recommendation(
        rank=rank,
        film_id=int(films.ids[row]),
        title=title,
        year=year_in(title),
        genres=tuple(
            name for name, has in zip(dataset.genres, films.genres[row], strict=True) if has
        ),
        match=float(scores.ranking[0, row]),
        rating=None if scores.rating is None else float(scores.rating[0, row]),
        liking=None if scores.liking is None else float(scores.liking[0, row]),
    )
