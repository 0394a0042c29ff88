"""The query: rated films and demographics of one user, checked and resolved once.

`resolve_query` turns typed titles, ids and demographics into rows and codes of the data set.
Scoring, explaining and saving all work on these rows; nothing is looked up a second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Histories, Users
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.title_search import Film, TitleIndex

LIKED, DISLIKED = 5.0, 1.0
"""The ratings that "like" and "dislike" stand for; a typed rating of 1 is a dislike."""

LOWEST, HIGHEST = 1.0, 5.0
"""The range of a rating."""

OLDEST = 120
"""The highest accepted age, in years."""


@dataclass(frozen=True)
class Demographics:
    """Demographics as typed; ``None`` where nothing is given.

    Attributes
    ----------
    age
        In years, 1 to `OLDEST`.
    gender
        ``M`` or ``F``, in any case.
    occupation
        A name in `Dataset.occupations`, in any case.
    zip_code
        Text.
    """

    age: int | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None

    def over(self, other: "Demographics") -> "Demographics":
        """Return these values, completed by those of ``other``."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(other, **given)


@dataclass(frozen=True, eq=False)
class Query:
    """One user to recommend to, in the form that models take.

    Attributes
    ----------
    history
        Histories of one user: film rows, ratings, named dislikes, timestamps. May be empty.
    users
        One row of demographics; anything may be unknown. The id is 0 for a user outside the data.
    """

    history: Histories
    users: Users


def resolve_query(
    titles: TitleIndex,
    user: int | None = None,
    opinions: Iterable[tuple[Film, float]] = (),
    demographics: Demographics | None = None,
    known: Mapping[int, float] | None = None,
) -> Query:
    """Make a query from typed values.

    Parameters
    ----------
    titles
        The catalog to resolve titles in.
    user
        The id of a user of the data set; excludes all other values.
    opinions
        Typed films with ratings, `LOWEST` to `HIGHEST`. They replace ratings in ``known``.
    demographics
        Typed demographics.
    known
        Film row -> rating from a file or a profile.

    Raises
    ------
    UsageError
        If a film, user, occupation or gender does not exist, a value is out of range, a film gets
        two ratings, or ``user`` comes with other values.
    """
    named = resolve_films(titles, opinions)
    demographics = demographics or Demographics()
    ratings = {**(known or {}), **named}
    if user is None:
        return make_query(titles.dataset, ratings, demographics)
    if ratings or demographics != Demographics():
        raise UsageError(
            "--user names a user of the data set; the other options describe a new user.",
            "Give --user alone, or leave it out.",
        )
    return user_query(titles.dataset, user)


def user_query(dataset: Dataset, user_id: int) -> Query:
    """Return the query of a user of the data set, with all ratings.

    Raises
    ------
    UsageError
        If there is no such user.
    """
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
    dataset: Dataset, ratings: Mapping[int, float], demographics: Demographics | None = None
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
    return Query(history, _users(dataset, demographics or Demographics()))


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
    """Return ``value`` if it is a rating.

    Raises
    ------
    UsageError
        If it is not 1 to 5.
    """
    if not LOWEST <= value <= HIGHEST:
        raise UsageError(f"A rating is 1 to 5, not {value:g}.", 'For example: --rate "Fargo=4"')
    return value


def _users(dataset: Dataset, demographics: Demographics) -> Users:
    """Return one row of encoded demographics."""
    users = Users.unknown(1)
    if demographics.age is not None:
        if not 1 <= demographics.age <= OLDEST:
            raise UsageError(
                f"An age of {demographics.age} is out of range.",
                f"Give an age of 1 to {OLDEST}.",
            )
        users = replace(users, age=np.array([demographics.age], np.float32))
    if demographics.gender is not None:
        code = _code("gender", demographics.gender, GENDERS)
        users = replace(users, gender=np.array([code], np.int8))
    if demographics.occupation is not None:
        code = _code("occupation", demographics.occupation, dataset.occupations)
        users = replace(users, occupation=np.array([code], np.int16))
    return replace(users, zip_code=np.array([demographics.zip_code or ""]))


def _code(kind: str, typed: str, names: Sequence[str]) -> int:
    """Return the position of a typed name."""
    known = [name.lower() for name in names]
    if typed.lower() not in known:
        raise UsageError(
            f"There is no {kind} {typed!r} in the data.", f"Choose one of: {', '.join(names)}"
        )
    return known.index(typed.lower())
