"""Input features of the models: users, films and histories as matrices of numbers.

The scales are fixed; only the mean of the demographics is fitted.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Films, FloatArray, Histories, Users

if TYPE_CHECKING:
    from scipy import sparse

_AGE_MIDDLE, _AGE_SCALE = 35.0, 15.0
YEAR_MIDDLE, _YEAR_SCALE = 1985.0, 15.0
_AGE_CENTERS = np.array([13, 18, 22, 27, 33, 40, 48, 57, 68], np.float32)
_AGE_WIDTHS = np.array([5, 4, 4, 4, 5, 6, 7, 8, 9], np.float32)
_OCCUPATION_SCALE = 0.5  # occupations are many and rare: a ridge shrinks them more than age
_N_AGE_AND_GENDER = len(_AGE_CENTERS) * (1 + len(GENDERS)) + len(GENDERS)


def user_features(users: Users, n_occupations: int) -> FloatArray:
    """Return age, first zip digit, occupation and gender, [n_users, 2 + n_occupations + 2].

    The columns and their order are those of the original report: 25 with the 21 occupations of
    MovieLens 100K. Unknown values are 0, the middle of the scale.
    """
    first = users.zip_code.astype("<U1")
    digit = np.where(np.isin(first, list("0123456789")), first, "nan").astype(np.float32)
    numbers = np.stack([(users.age - _AGE_MIDDLE) / _AGE_SCALE, (digit - 4.5) / 4.5], axis=1)
    codes = _one_hot(users.occupation, n_occupations), _one_hot(users.gender, len(GENDERS))
    return np.asarray(np.nan_to_num(np.hstack([numbers, *codes])))


def film_features(films: Films) -> FloatArray:
    """Return the year of release and the genres, [n_films, 1 + n_genres]."""
    year = np.nan_to_num((films.years - YEAR_MIDDLE) / _YEAR_SCALE)
    return np.hstack([year[:, None], films.genres]).astype(np.float32)


def user_blocks(train: Dataset, size: int = 1024) -> Iterator[tuple[Users, Histories]]:
    """Yield the users who have a rating in ``train``, up to ``size`` at a time.

    A sum over users needs dense histories of one block only, never of all users.
    """
    rows = np.flatnonzero(train.histories.counts)
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        yield train.users.take(block), train.histories.take(block)


def dense_history(histories: Histories, n_films: int, values: NDArray[Any]) -> FloatArray:
    """Return ``values`` [n_entries] as [n_users, n_films]; 0 without a rating."""
    dense = np.zeros((len(histories), n_films), dtype=np.float32)
    dense[histories.user_rows, histories.film_rows] = values
    return dense


def sparse_history(histories: Histories, n_films: int, values: FloatArray) -> "sparse.csr_array":
    """Return ``values`` [n_entries] as a sparse matrix, [n_users, n_films]."""
    from scipy import sparse  # noqa: PLC0415 - a dnn is opened without it

    entries = (values, histories.film_rows, histories.indptr)
    return sparse.csr_array(entries, shape=(len(histories), n_films))


def demographic_mean(users: Users, n_occupations: int) -> FloatArray:
    """Return the mean of each demographic feature over the users with a known value, [K].

    A feature that no user has is 0.
    """
    features = _demographic_features(users, n_occupations)
    known = ~np.isnan(features)
    sums = np.where(known, features, 0.0).sum(axis=0)
    return np.asarray(sums / np.maximum(known.sum(axis=0), 1), np.float32)


def centered_demographics(users: Users, mean: FloatArray) -> FloatArray:
    """Return the demographic features less their ``mean`` [K]; 0 for unknown values, [n_users, K].

    The features are smooth bumps over the age, the gender, the occupation, and the bumps again
    for each gender: with these a linear model fits curves over the age.
    """
    n_occupations = len(mean) - _N_AGE_AND_GENDER
    return np.asarray(np.nan_to_num(_demographic_features(users, n_occupations) - mean))


def _demographic_features(users: Users, n_occupations: int) -> FloatArray:
    """Return the features before centering, [n_users, K]; NaN for unknown values."""
    bumps = np.exp(-0.5 * ((users.age[:, None] - _AGE_CENTERS) / _AGE_WIDTHS) ** 2)  # [n, 9]
    bumps /= bumps.sum(axis=1, keepdims=True)
    gender = _one_hot(users.gender, len(GENDERS))
    occupation = _one_hot(users.occupation, n_occupations) * _OCCUPATION_SCALE
    both = (bumps[:, :, None] * gender[:, None, :]).reshape(
        len(users), bumps.shape[1] * len(GENDERS)
    )
    return np.hstack([bumps, gender, occupation, both]).astype(np.float32)


def _one_hot(codes: NDArray[np.integer[Any]], size: int) -> FloatArray:
    """Return a row for each code, NaN throughout where the code is not one of ``size``."""
    rows = np.zeros((len(codes), size), np.float32)
    known = (codes >= 0) & (codes < size)
    rows[known, codes[known]] = 1.0
    rows[~known] = np.nan
    return rows


def renumbered(
    film_rows: NDArray[np.integer[Any]], n_films: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the different ones of some film rows, and the position of each row among these."""
    is_present = np.zeros(n_films, np.bool_)
    is_present[film_rows] = True
    positions = np.cumsum(is_present, dtype=np.int32) - 1
    return np.flatnonzero(is_present), positions[film_rows]
