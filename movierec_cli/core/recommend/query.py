"""Who asks: a user of the data set, or anyone who names a few favorites."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from movierec_cli.core.data.dataset import GENDERS, Dataset, Histories, Ratings, Users
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.title_search import TitleIndex

LIKED, DISLIKED = 5.0, 1.0
"""The ratings that "like" and "dislike" stand for; a rating of 1 is a dislike."""

LOWEST, HIGHEST = 1.0, 5.0
"""The ratings that there are."""

OLDEST = 120
"""The highest age, in years, that is believed."""


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
class Answers:
    """What a person tells: ratings by film id, and anything of who they are.

    Attributes
    ----------
    dataset
        The data set that the film ids are of.
    ratings
        Film id -> rating, 1..5.
    age
        In years.
    gender
        ``M`` or ``F``.
    occupation
        One of the data set's occupations.
    zip_code
        As text.
    """

    dataset: str
    ratings: Mapping[int, float] = field(default_factory=dict)
    age: int | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None


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
    users = dataset.users.take(np.array([row]))
    own = dataset.ratings.take(dataset.ratings.user_rows == row)
    return Person(
        users, Histories.from_ratings(replace(own, user_rows=np.zeros_like(own.user_rows)), 1)
    )


def someone(dataset: Dataset, answers: Answers) -> Person:
    """Return a person who is not in the data; the ratings count as given today.

    Raises
    ------
    UsageError
        If something told makes no sense: an age of -3, an unknown occupation, a film id that
        does not exist, a rating outside 1..5.
    """
    rows = np.array([_film_row(dataset, film_id) for film_id in answers.ratings], np.int32)
    values = np.array([checked_rating(value) for value in answers.ratings.values()], np.float32)
    ratings = Ratings(
        user_rows=np.zeros(len(rows), np.int32),
        film_rows=rows,
        values=values,
        timestamps=np.full(len(rows), dataset.latest_timestamp, np.int64),
    )
    unknown = Users.unknown(1)
    users = Users(
        ids=unknown.ids,
        age=unknown.age if answers.age is None else _age(answers.age),
        gender=unknown.gender if answers.gender is None else _gender(answers.gender),
        occupation=(
            unknown.occupation
            if answers.occupation is None
            else _occupation(dataset, answers.occupation)
        ),
        zip_code=np.array([answers.zip_code or ""]),
    )
    history = Histories.from_ratings(ratings, 1)
    return Person(users, replace(history, disliked=history.ratings <= DISLIKED))


def name_films(titles: TitleIndex, opinions: Iterable[tuple[str | int, float]]) -> dict[int, float]:
    """Find the films that somebody has opinions on: film id -> rating.

    Parameters
    ----------
    opinions
        An id or a title as in `TitleIndex.resolve`, and a rating.

    Raises
    ------
    UsageError
        If a film cannot be found, or is given two different ratings.
    """
    named: dict[int, tuple[str | int, float]] = {}
    for typed, rating in opinions:
        row = titles.resolve(str(typed))
        film_id = int(titles.films.ids[row])
        before, given = named.setdefault(film_id, (typed, rating))
        if given != rating:
            raise UsageError(
                f"{titles.films.titles[row]} is given two ratings: {given:g} for {before!r} and "
                f"{rating:g} for {typed!r}.",
                "Name each film once, as liked or as disliked.",
            )
    return {film_id: rating for film_id, (_, rating) in named.items()}


def _film_row(dataset: Dataset, film_id: int) -> int:
    row = int(np.searchsorted(dataset.films.ids, film_id))
    if row == len(dataset.films) or dataset.films.ids[row] != film_id:
        raise UsageError(
            f"There is no film {film_id} in {dataset.name}.",
            "Search by title with: movierec films WORD",
        )
    return row


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


def _age(age: int) -> np.ndarray:
    if not 1 <= age <= OLDEST:
        raise UsageError(f"Nobody is {age} years old.", f"Give an age of 1 to {OLDEST}.")
    return np.array([age], np.float32)


def _gender(gender: str) -> np.ndarray:
    if gender.upper() not in GENDERS:
        raise UsageError(f"The data knows no gender {gender!r}.", "Give M or F, or leave it out.")
    return np.array([GENDERS.index(gender.upper())], np.int8)


def _occupation(dataset: Dataset, occupation: str) -> np.ndarray:
    known = [name.lower() for name in dataset.occupations]
    if occupation.lower() not in known:
        raise UsageError(
            f"The data knows no occupation {occupation!r}.",
            f"Choose one of: {', '.join(dataset.occupations)}",
        )
    return np.array([known.index(occupation.lower())], np.int16)
