"""Data set, its tables (users, films, ratings), and the histories of users.

Notation: an *id* is the number or the text that names a user or a film in the data set; a *row* is
its 0-based position in the tables here. Everything inside `core` works on rows; ids appear only in
input and output. All ratings are in *stars*: a data set with another scale is converted when it is
imported.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

RELEVANT_RATING = 4.0
"""Lowest rating of a relevant film."""

HIGHEST_RATING = 5.0
"""Highest rating, in stars."""

GENDERS = ("M", "F")

Id = int | str
"""The id of a user or film as input and output have it."""

Ids = NDArray[np.int64] | NDArray[np.str_]
"""Ids in ascending order: all whole numbers, or all text."""

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Users:
    """Demographics of users. An unknown value is NaN, -1 or an empty string.

    Attributes
    ----------
    ids
        [n_users] int64 or str, ascending.
    age
        [n_users] float32, in years; where only a band of ages is known, a year in its middle.
    gender
        [n_users] int8, position in `GENDERS`.
    occupation
        [n_users] int16, position in `Dataset.occupations`.
    zip_code
        [n_users] str; text, since codes have leading zeros and letters.
    """

    ids: Ids
    age: FloatArray
    gender: NDArray[np.int8]
    occupation: NDArray[np.int16]
    zip_code: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def have_demographics(self) -> bool:
        """True if the age, the gender or the occupation of a user is known."""
        return bool(
            np.any(self.age >= 0) or np.any(self.gender >= 0) or np.any(self.occupation >= 0)
        )

    def take(self, rows: IntArray) -> "Users":
        """Return the users at ``rows``, in that order."""
        return Users(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @classmethod
    def unknown(cls, n_users: int, ids: Ids | None = None) -> "Users":
        """Return ``n_users`` users without any known value; without ``ids`` all have the id 0."""
        return cls(
            ids=np.zeros(n_users, np.int64) if ids is None else ids,
            age=np.full(n_users, np.nan, np.float32),
            gender=np.full(n_users, -1, np.int8),
            occupation=np.full(n_users, -1, np.int16),
            zip_code=np.full(n_users, "", "<U1"),
        )


@dataclass(frozen=True, eq=False)
class Films:
    """Films of the catalog.

    Attributes
    ----------
    ids
        [n_films] int64 or str, ascending.
    titles
        [n_films] str, as in the data: "Godfather, The (1972)". The id where there is no title.
    released
        [n_films] datetime64[D], NaT where unknown; January 1 where only the year is known.
    genres
        [n_films, n_genres] bool, columns as in `Dataset.genres`.
    imdb_ids
        [n_films] str, ids at IMDb such as "tt0114709"; empty where unknown.
    tmdb_ids
        [n_films] int64, ids at TMDb; 0 where unknown.
    """

    ids: Ids
    titles: NDArray[np.str_]
    released: NDArray[np.datetime64]
    genres: NDArray[np.bool_]
    imdb_ids: NDArray[np.str_]
    tmdb_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def years(self) -> FloatArray:
        """Release year of each film, [n_films]; NaN where unknown."""
        years = self.released.astype("datetime64[Y]").astype(np.int64).astype(np.float32) + 1970
        years[np.isnat(self.released)] = np.nan
        return years


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings ordered by user and film, one entry each; `Ratings.ordered` builds them.

    Attributes
    ----------
    user_rows, film_rows
        [n_ratings] int32, positions in `Users` and `Films`.
    values
        [n_ratings] float32, stars.
    timestamps
        [n_ratings] int64, seconds since 1970 (UTC); 0 in a data set without times.
    """

    user_rows: NDArray[np.int32]
    film_rows: NDArray[np.int32]
    values: FloatArray
    timestamps: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def ordered(
        cls,
        user_rows: NDArray[np.int32],
        film_rows: NDArray[np.int32],
        values: FloatArray,
        timestamps: NDArray[np.int64],
    ) -> "Ratings":
        """Return ratings given in any order; repeated pairs stay in the given order."""
        ratings = cls(user_rows, film_rows, values, timestamps)
        same_user = np.diff(user_rows) == 0
        if np.all(np.diff(user_rows) >= 0) and np.all(np.diff(film_rows)[same_user] >= 0):
            return ratings
        return ratings.take(np.lexsort((film_rows, user_rows)))

    def take(self, selection: IntArray | NDArray[np.bool_]) -> "Ratings":
        """Return the ratings at ascending positions, or where the mask is true."""
        return Ratings(
            **{column.name: getattr(self, column.name)[selection] for column in fields(self)}
        )


@dataclass(frozen=True, eq=False)
class Histories:
    """Known ratings of some users, in compressed sparse rows.

    The entries of user ``u`` are ``indptr[u]:indptr[u + 1]``, ordered by film. A user without known
    ratings has an empty history: the cold start.

    Attributes
    ----------
    indptr
        [n_users + 1] int64.
    film_rows
        [n_entries] int32.
    ratings
        [n_entries] float32, stars.
    timestamps
        [n_entries] int64, seconds since 1970 (UTC); 0 in a data set without times.
    disliked
        [n_entries] bool, or ``None`` for no entry. True for a film that a query names as disliked;
        its rating is 1. A low rating in the data still shows that the user chose the film; a named
        dislike does not.
    """

    indptr: NDArray[np.int64]
    film_rows: NDArray[np.int32]
    ratings: FloatArray
    timestamps: NDArray[np.int64]
    disliked: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of known ratings of each user, [n_users]."""
        return np.diff(self.indptr)

    @property
    def user_rows(self) -> NDArray[np.int64]:
        """Position of the user of each entry, [n_entries]."""
        return np.repeat(np.arange(len(self)), self.counts)

    def take(self, rows: IntArray) -> "Histories":
        """Return the histories of the users at ``rows``, in that order."""
        counts = self.counts[rows]
        shifts = self.indptr[:-1][rows] - _row_starts(counts)[:-1]
        return self._select(counts, np.repeat(shifts, counts) + np.arange(counts.sum()))

    def where(self, mask: NDArray[np.bool_]) -> "Histories":
        """Return all users with only the entries where ``mask`` [n_entries] is true."""
        return self._select(np.bincount(self.user_rows[mask], minlength=len(self)), mask)

    def _select(self, counts: NDArray[np.int64], entries: NDArray[Any]) -> "Histories":
        return Histories(
            _row_starts(counts),
            self.film_rows[entries],
            self.ratings[entries],
            self.timestamps[entries],
            None if self.disliked is None else self.disliked[entries],
        )

    @classmethod
    def empty(cls, n_users: int) -> "Histories":
        """Return ``n_users`` empty histories."""
        none = np.zeros(0, np.int32)
        return cls(
            np.zeros(n_users + 1, np.int64), none, none.astype(np.float32), none.astype(np.int64)
        )

    @classmethod
    def from_ratings(cls, ratings: Ratings, n_users: int) -> "Histories":
        """Group ``ratings`` by user, without copying them; a user may have none."""
        users = np.arange(n_users + 1, dtype=ratings.user_rows.dtype)
        indptr = np.searchsorted(ratings.user_rows, users).astype(np.int64)
        return cls(indptr, ratings.film_rows, ratings.values, ratings.timestamps)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set: users, films and ratings.

    Attributes
    ----------
    genres
        Names of the columns of ``films.genres``; empty for a data set without genres.
    occupations
        Names for ``users.occupation``; empty for a data set without occupations.
    folds
        Official fold (``u1`` .. ``ub``) -> positions of its test ratings in ``ratings``.
    lowest_rating
        Lowest rating of the scale, in stars: 1, in many data sets 0.5.
    has_times
        True if the ratings have times.
    """

    name: str
    users: Users
    films: Films
    ratings: Ratings
    genres: tuple[str, ...]
    occupations: tuple[str, ...]
    folds: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    lowest_rating: float = 1.0
    has_times: bool = True

    @property
    def is_synthetic(self) -> bool:
        """True if the data set was generated."""
        return self.name.startswith("synthetic")

    @cached_property
    def histories(self) -> Histories:
        """All ratings, grouped by user."""
        return Histories.from_ratings(self.ratings, len(self.users))

    @property
    def latest_timestamp(self) -> int:
        """Time of the last rating; the current time of a query."""
        return int(self.ratings.timestamps.max(initial=0))

    def with_ratings(self, ratings: Ratings) -> "Dataset":
        """Return a data set of the same users and films with other ratings, without folds."""
        return replace(self, ratings=ratings, folds={})

    def checksum(self) -> str:
        """Return the SHA-256 of all content, in hexadecimal; it is computed once.

        A stored data set brings its checksum along.
        """
        return self._sha256

    def with_checksum(self, checksum: str) -> "Dataset":
        """Return the same data set with a known checksum."""
        same = replace(self)
        same.__dict__["_sha256"] = checksum
        return same

    def without_checksum(self) -> "Dataset":
        """Return the same data set; its checksum is computed anew."""
        return replace(self)

    @cached_property
    def _sha256(self) -> str:
        digest = hashlib.sha256()
        for table in (self.users, self.films, self.ratings):
            for column in fields(table):
                _digest_array(digest, column.name, getattr(table, column.name))
        for fold in sorted(self.folds):
            _digest_array(digest, fold, self.folds[fold])
        facts = (self.genres, self.occupations, self.lowest_rating, self.has_times)
        digest.update(repr(facts).encode())
        return digest.hexdigest()


def _row_starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first entry of each user, and the number of entries at the end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _digest_array(digest: "hashlib._Hash", name: str, array: NDArray[Any]) -> None:
    """Add an array to a digest, independent of string padding and byte order."""
    digest.update(name.encode())
    if array.dtype.kind == "U":
        digest.update("\0".join(array.tolist()).encode())
    else:
        digest.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
