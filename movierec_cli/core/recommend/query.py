"""The query: rated films and demographics of one user, as rows and codes of the data set."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta

from movierec_cli.core.data.dataset import (
    GENDERS,
    HIGHEST_RATING,
    Dataset,
    Histories,
    Id,
    Ids,
    Users,
)
from movierec_cli.core.data.titles import Film
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.filters import code_of

if TYPE_CHECKING:
    from movierec_cli.core.recommend.title_search import TitleIndex

LIKED, DISLIKED = 5.0, 1.0
"""The ratings that "like" and "dislike" stand for; a typed rating of 1 is a dislike."""

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
    user: Id | None,
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


def user_query(dataset: Dataset, user_id: Id) -> Query:
    """Return the query of a user of the data set; raise a `UsageError` if there is none."""
    ids = dataset.users.ids
    row = row_of(ids, user_id)
    if row is None:
        kind = "numbered" if ids.dtype.kind == "i" else "named"
        raise UsageError(
            f"There is no user {user_id} in {dataset.name}.",
            f"Its {len(ids):,} users are {kind} {ids[0]} to {ids[-1]}.",
        )
    rows = np.array([row])
    return Query(dataset.histories.take(rows), dataset.users.take(rows))


def make_query(
    dataset: Dataset, ratings: Mapping[int, float], demographics: Demographics = UNKNOWN
) -> Query:
    """Return the query of a user outside the data; the ratings follow the last one of the data.

    Parameters
    ----------
    ratings
        Film row -> rating in stars, the latest last: each counts as given a second after the one
        before. A rating of `DISLIKED` or less is a named dislike.

    Raises
    ------
    UsageError
        If an age is out of range, a gender or occupation does not exist, or the data set has none.
    """
    rows = np.array([*ratings], np.int32)
    values = np.array([*ratings.values()], np.float32)
    by_film = np.argsort(rows)  # [n], the place of each film among those given
    history = Histories(
        indptr=np.array([0, len(rows)], np.int64),
        film_rows=rows[by_film],
        ratings=values[by_film],
        timestamps=dataset.latest_timestamp + 1 + by_film,
        disliked=values[by_film] <= DISLIKED,
    )
    return Query(history, _users(dataset, demographics))


def resolve_films(
    titles: "TitleIndex",
    opinions: Iterable[tuple[Film, float]],
    resolve: "Callable[[TitleIndex, Film], int] | None" = None,
) -> dict[int, float]:
    """Return film row -> rating for typed films; ``resolve`` is `TitleIndex.resolve` by default.

    Raises
    ------
    UsageError
        If a film cannot be resolved, a rating is out of range, or a film gets two ratings.
    """
    named: dict[int, tuple[Film, float]] = {}
    for typed, rating in opinions:
        row = resolve(titles, typed) if resolve else titles.resolve(typed)
        before, given = named.setdefault(row, (typed, checked_rating(rating, titles.dataset)))
        if given != rating:
            raise UsageError(
                f"{titles.dataset.films.titles[row]} is given two ratings: {given:g} for "
                f"{before!r} and {rating:g} for {typed!r}.",
                "Name each film once, as liked or as disliked.",
            )
    return {row: rating for row, (_, rating) in named.items()}


def merged(earlier: Mapping[int, float], later: Mapping[int, float]) -> dict[int, float]:
    """Return film row -> rating, the later ratings at the end and in place of earlier ones."""
    return {**{row: rating for row, rating in earlier.items() if row not in later}, **later}


def row_of(ids: Ids, wanted: Id) -> int | None:
    """Return the position of an id among ascending ids; ``None`` if it is not there.

    A number may be given as text.
    """
    text = str(wanted).strip()
    if ids.dtype.kind != "i":
        row = int(np.searchsorted(ids, text))
    elif text.isdecimal() and len(text) < 19:
        row = int(np.searchsorted(ids, int(text)))
    else:
        return None
    return row if row < len(ids) and str(ids[row]) == text else None


def checked_rating(value: float, dataset: Dataset) -> float:
    """Return ``value`` if it is a rating of the data set; raise a `UsageError` otherwise."""
    if not dataset.lowest_rating <= value <= HIGHEST_RATING:
        raise UsageError(
            f"A rating is {dataset.lowest_rating:g} to {HIGHEST_RATING:g} stars, not {value:g}.",
            'For example: --rate "Fargo=4"',
        )
    return value


def _users(dataset: Dataset, typed: Demographics) -> Users:
    """Return one row of encoded demographics."""
    if typed.age is not None and not 1 <= typed.age <= OLDEST:
        raise UsageError(
            f"An age of {typed.age} is out of range.", f"Give an age of 1 to {OLDEST}."
        )

    known = {
        "age": np.any(dataset.users.age >= 0),
        "gender": np.any(dataset.users.gender >= 0),
        "occupation": len(dataset.occupations) > 0,
        "zip_code": np.any(dataset.users.zip_code != ""),
    }
    for kind, is_known in known.items():
        if getattr(typed, kind) is not None and not is_known:
            name = kind.replace("_", " ")
            raise UsageError(
                f"{dataset.name} does not hold the {name} of its users, so yours is of no use.",
                f"Leave out the {name}, and name favorites: --like TITLE",
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
