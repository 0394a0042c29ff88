"""What a model is told of users and films, as matrices of numbers.

Nothing is fitted: the scales are fixed, so that a vector means the same in every run. What is
not known is zero, the middle of the scale.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import (
    GENDERS,
    RELEVANT_RATING,
    Films,
    FloatArray,
    Histories,
    Users,
)

_AGE_MIDDLE, _AGE_SCALE = 35.0, 15.0
_YEAR_MIDDLE, _YEAR_SCALE = 1985.0, 15.0
_AGE_CENTERS = np.array([13, 18, 22, 27, 33, 40, 48, 57, 68], np.float32)
_AGE_WIDTHS = np.array([5, 4, 4, 4, 5, 6, 7, 8, 9], np.float32)
_OCCUPATION_SCALE = 0.5  # occupations are many and rare: a ridge shrinks them more than age
_FIXED_BASIS = len(_AGE_CENTERS) * (1 + len(GENDERS)) + len(GENDERS)
_LEVEL_SHRINKAGE = 5.0  # ratings of the average user that a user's own level is drawn to
N_LIKE_FEATURES = 8
_HALF_KNOWN = 10.0  # the length of a history at which half is known of how a user rates


def user_features(users: Users, n_occupations: int) -> FloatArray:
    """Return age, first zip digit, occupation and gender, [n_users, 2 + n_occupations + 2].

    The order is that of the report: 25 columns with the 21 occupations of MovieLens.
    """
    columns = np.zeros((len(users), 2 + n_occupations + len(GENDERS)), dtype=np.float32)
    columns[:, 0] = np.nan_to_num((users.age - _AGE_MIDDLE) / _AGE_SCALE)
    columns[:, 1] = _scaled_zip(users)
    known = np.flatnonzero((users.occupation >= 0) & (users.occupation < n_occupations))
    columns[known, 2 + users.occupation[known]] = 1.0
    known = np.flatnonzero(users.gender >= 0)
    columns[known, 2 + n_occupations + users.gender[known]] = 1.0
    return columns


def _scaled_zip(users: Users) -> FloatArray:
    """Return the region digit of each zip code, -1..1; 0 for codes that start otherwise."""
    first = users.zip_code.astype("<U1")
    digit = np.isin(first, list("0123456789"))
    scaled = np.zeros(len(users), dtype=np.float32)
    scaled[digit] = (first[digit].astype(np.float32) - 4.5) / 4.5
    return scaled


def film_features(films: Films) -> FloatArray:
    """Return the year of release and the genres, [n_films, 1 + n_genres]."""
    year = np.nan_to_num((films.years - _YEAR_MIDDLE) / _YEAR_SCALE)
    return np.hstack([year[:, None], films.genres]).astype(np.float32)


def dense_history(histories: Histories, n_films: int) -> FloatArray:
    """Return the ratings of a batch of users, [n_users, n_films]; 0 where there is none."""
    dense = np.zeros((len(histories), n_films), dtype=np.float32)
    dense[histories.user_rows, histories.film_rows] = histories.ratings
    return dense


def basis_size(n_occupations: int) -> int:
    """Return the number of columns of `demographic_basis`."""
    return _FIXED_BASIS + n_occupations


def demographic_basis(users: Users, n_occupations: int) -> FloatArray:
    """Return demographics as a basis in which linear models fit well, [n_users, K].

    Smooth bumps over the age, gender, occupation, and the bumps for each gender of their own.
    What is not known is NaN.
    """
    bumps = np.exp(-0.5 * ((users.age[:, None] - _AGE_CENTERS) / _AGE_WIDTHS) ** 2)  # [n, 9]
    bumps /= bumps.sum(axis=1, keepdims=True)
    gender = _one_hot(users.gender, len(GENDERS))
    occupation = _one_hot(users.occupation, n_occupations) * _OCCUPATION_SCALE
    both = (bumps[:, :, None] * gender[:, None, :]).reshape(len(users), -1)
    return np.hstack([bumps, gender, occupation, both]).astype(np.float32)


def _one_hot(codes: NDArray[np.integer[Any]], size: int) -> FloatArray:
    """Return a row for each code, NaN throughout where the code is not one of ``size``."""
    rows = np.zeros((len(codes), size), np.float32)
    known = (codes >= 0) & (codes < size)
    rows[known, codes[known]] = 1.0
    rows[~known] = np.nan
    return rows


def probability(logit: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Return the logistic function; below -80 it is as good as 0, and its exponential too large."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(logit, -80.0))))


def like_features(
    ranking: FloatArray, histories: Histories, film_level: FloatArray, film_counts: FloatArray
) -> tuple[FloatArray, ...]:
    """Return what the probability of liking is read from, each broadcastable to [n, n_films].

    Parameters
    ----------
    ranking
        [n_users, n_films], the match scores.
    film_level
        [n_films], log odds that a rating of the film is 4 or higher.
    film_counts
        [n_films], log of one more than the number of ratings.

    Returns
    -------
    The match; the film's level and count; how much the user likes more than others do; how much
    is known of her, 0..1; and the match, the film's level and the user's level times that: with a
    short history the same match means something else.
    """
    expected = probability(film_level[histories.film_rows])
    surplus = (histories.ratings >= RELEVANT_RATING) - expected
    sums = np.bincount(histories.user_rows, weights=surplus, minlength=len(histories))
    level = np.asarray(sums / (histories.counts + _LEVEL_SHRINKAGE), np.float32)[:, None]  # [n, 1]
    known = np.asarray(histories.counts / (histories.counts + _HALF_KNOWN), np.float32)[:, None]
    films = film_level[None, :]
    return (
        ranking,
        films,
        film_counts[None, :],
        level,
        known,
        ranking * known,
        films * known,
        level * known,
    )


def known_mean(values: FloatArray) -> FloatArray:
    """Return the mean of what is known of each column of [n, K]; 0 where nothing is, [K]."""
    known = ~np.isnan(values)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(sums / np.maximum(known.sum(axis=0), 1), np.float32)
