"""Data set, its tables (users, films, ratings), and the histories of users.

Notation: an *id* is the number of a user or a film in the data set; a *row* is its 0-based position
in the tables here. Everything inside `core` works on rows; ids appear only in input and output.
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

GENDERS = ("M", "F")

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Users:
    """Demographics of users. An unknown value is NaN, -1 or an empty string.

    Attributes
    ----------
    ids
        [n_users] int64, ascending.
    age
        [n_users] float32, in years.
    gender
        [n_users] int8, position in `GENDERS`.
    occupation
        [n_users] int16, position in `Dataset.occupations`.
    zip_code
        [n_users] str; text, since codes have leading zeros and letters.
    """

    ids: NDArray[np.int64]
    age: FloatArray
    gender: NDArray[np.int8]
    occupation: NDArray[np.int16]
    zip_code: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: IntArray) -> "Users":
        """Return the users at ``rows``, in that order."""
        return Users(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @classmethod
    def unknown(cls, n_users: int) -> "Users":
        """Return ``n_users`` users without any known value."""
        return cls(
            ids=np.zeros(n_users, np.int64),
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
        [n_films] int64, ascending.
    titles
        [n_films] str, as in the data: "Godfather, The (1972)".
    released
        [n_films] datetime64[D], NaT where unknown.
    genres
        [n_films, n_genres] bool, columns as in `Dataset.genres`.
    """

    ids: NDArray[np.int64]
    titles: NDArray[np.str_]
    released: NDArray[np.datetime64]
    genres: NDArray[np.bool_]

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
    """Ratings in the order of the file, one entry each.

    Attributes
    ----------
    user_rows, film_rows
        [n_ratings] int32, positions in `Users` and `Films`.
    values
        [n_ratings] float32, 1..5.
    timestamps
        [n_ratings] int64, seconds since 1970 (UTC).
    """

    user_rows: NDArray[np.int32]
    film_rows: NDArray[np.int32]
    values: FloatArray
    timestamps: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def take(self, selection: IntArray | NDArray[np.bool_]) -> "Ratings":
        """Return the ratings at the positions, or where the mask is true."""
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
        [n_entries] float32, 1..5.
    timestamps
        [n_entries] int64, seconds since 1970 (UTC).
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
        """Group ``ratings`` by user, ordered by film; a user may have no ratings."""
        order = np.lexsort((ratings.film_rows, ratings.user_rows))
        counts = np.bincount(ratings.user_rows, minlength=n_users)
        return cls(
            _row_starts(counts),
            ratings.film_rows[order],
            ratings.values[order],
            ratings.timestamps[order],
        )


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set: users, films and ratings.

    Attributes
    ----------
    genres
        Names of the columns of ``films.genres``.
    occupations
        Names for ``users.occupation``; empty for a data set without demographics.
    folds
        Official fold (``u1`` .. ``ub``) -> positions of its test ratings in ``ratings``.
    """

    name: str
    users: Users
    films: Films
    ratings: Ratings
    genres: tuple[str, ...]
    occupations: tuple[str, ...]
    folds: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

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
        """Return the SHA-256 of all content, in hexadecimal; it is computed once."""
        return self._sha256

    @cached_property
    def _sha256(self) -> str:
        digest = hashlib.sha256()
        for table in (self.users, self.films, self.ratings):
            for column in fields(table):
                _digest_array(digest, column.name, getattr(table, column.name))
        for fold in sorted(self.folds):
            _digest_array(digest, fold, self.folds[fold])
        digest.update(repr((self.genres, self.occupations)).encode())
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
