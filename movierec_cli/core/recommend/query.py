"""The query: rated films and demographics of one user, as rows and codes of the data set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Histories, Users
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import code_of
from movierec_cli.core.recommend.title_search import Film, TitleIndex

LIKED, DISLIKED = 5.0, 1.0
"""The ratings that "like" and "dislike" stand for; a typed rating of 1 is a dislike."""

LOWEST, HIGHEST = 1.0, 5.0
"""The range of a rating."""

OLDEST = 120
"""The highest accepted age, in years."""


@dataclass(frozen=True, kw_only=True)
class Demographics:
    """Demographics as typed; ``None`` where nothing is given.

    Gender (``M`` or ``F``) and occupation (in `Dataset.occupations`) may have any case.
    """

    age: Annotated[int, Meta(ge=1, le=OLDEST)] | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None

    def over(self, other: "Demographics") -> "Demographics":
        """Return these values, completed by those of ``other``."""
        names = [field.name for field in fields(Demographics)]
        values = [{name: getattr(one, name) for name in names} for one in (self, other)]
        given = {name: value for name, value in values[0].items() if value is not None}
        return Demographics(**{**values[1], **given})


UNKNOWN = Demographics()
"""Demographics of which nothing is given."""


@dataclass(frozen=True, eq=False)
class Query:
    """One user to recommend to, in the form that models take.

    The history may be empty and the demographics unknown; the id is 0 for a user outside the data.
    """

    history: Histories
    users: Users


def resolve_query(
    dataset: Dataset,
    user: int | None,
    ratings: Mapping[int, float],
    demographics: Demographics,
) -> Query:
    """Return `user_query` if an id is given, and `make_query` otherwise.

    Raises
    ------
    UsageError
        As these two, or if ``user`` comes with ratings or demographics.
    """
    if user is None:
        return make_query(dataset, ratings, demographics)
    if ratings or demographics != UNKNOWN:
        raise UsageError(
            "--user names a user of the data set; the other options describe a new user.",
            "Give --user alone, or leave it out.",
        )
    return user_query(dataset, user)


def user_query(dataset: Dataset, user_id: int) -> Query:
    """Return the query of a user of the data set; raise a `UsageError` if there is none."""
    row = row_of(dataset.users.ids, user_id)
    if row is None:
        raise UsageError(
            f"There is no user {user_id} in {dataset.name}.",
            f"Users are numbered {dataset.users.ids[0]} to {dataset.users.ids[-1]}.",
        )
    ratings = dataset.ratings.take(dataset.ratings.user_rows == row)
    ratings = replace(ratings, user_rows=np.zeros_like(ratings.user_rows))
    return Query(Histories.from_ratings(ratings, 1), dataset.users.take(np.array([row])))


def make_query(
    dataset: Dataset, ratings: Mapping[int, float], demographics: Demographics = UNKNOWN
) -> Query:
    """Return the query of a user outside the data; the ratings count as given at its end.

    Parameters
    ----------
    ratings
        Film row -> rating, `LOWEST` to `HIGHEST`. A rating of `DISLIKED` is a named dislike.

    Raises
    ------
    UsageError
        If an age is out of range, or a gender or occupation does not exist.
    """
    rows = np.array(sorted(ratings), np.int32)
    values = np.array([ratings[row] for row in rows.tolist()], np.float32)
    history = Histories(
        indptr=np.array([0, len(rows)], np.int64),
        film_rows=rows,
        ratings=values,
        timestamps=np.full(len(rows), dataset.latest_timestamp, np.int64),
        disliked=values <= DISLIKED,
    )
    return Query(history, _users(dataset, demographics))


def resolve_films(titles: TitleIndex, opinions: Iterable[tuple[Film, float]]) -> dict[int, float]:
    """Return film row -> rating for typed films.

    Raises
    ------
    UsageError
        If a film cannot be resolved, a rating is out of range, or a film gets two ratings.
    """
    named: dict[int, tuple[Film, float]] = {}
    for typed, rating in opinions:
        row = titles.resolve(typed)
        before, given = named.setdefault(row, (typed, checked_rating(rating)))
        if given != rating:
            raise UsageError(
                f"{titles.dataset.films.titles[row]} is given two ratings: {given:g} for "
                f"{before!r} and {rating:g} for {typed!r}.",
                "Name each film once, as liked or as disliked.",
            )
    return {row: rating for row, (_, rating) in named.items()}


def row_of(ids: NDArray[np.int64], wanted: int) -> int | None:
    """Return the position of an id among ascending ids; ``None`` if it is not there."""
    row = int(np.searchsorted(ids, wanted))
    return row if row < len(ids) and ids[row] == wanted else None


def checked_rating(value: float) -> float:
    """Return ``value`` if it is a rating; raise a `UsageError` otherwise."""
    if not LOWEST <= value <= HIGHEST:
        raise UsageError(f"A rating is 1 to 5, not {value:g}.", 'For example: --rate "Fargo=4"')
    return value


def _users(dataset: Dataset, typed: Demographics) -> Users:
    """Return one row of encoded demographics."""
    if typed.age is not None and not 1 <= typed.age <= OLDEST:
        raise UsageError(
            f"An age of {typed.age} is out of range.", f"Give an age of 1 to {OLDEST}."
        )

    def code(kind: str, name: str | None, names: Sequence[str]) -> int:
        return -1 if name is None else code_of(kind, name, names)

    return replace(
        Users.unknown(1),
        age=np.array([np.nan if typed.age is None else typed.age], np.float32),
        gender=np.array([code("gender", typed.gender, GENDERS)], np.int8),
        occupation=np.array([code("occupation", typed.occupation, dataset.occupations)], np.int16),
        zip_code=np.array([typed.zip_code or ""]),
    )
