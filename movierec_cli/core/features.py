"""What a model is told of users and films, as matrices of numbers.

Nothing is fitted: the scales are fixed, so that a vector means the same in every run. What is
not known is zero, the middle of the scale.
"""

import numpy as np

from movierec_cli.core.data.dataset import GENDERS, Films, FloatArray, Histories, Users

_AGE_MIDDLE, _AGE_SCALE = 35.0, 15.0
_YEAR_MIDDLE, _YEAR_SCALE = 1985.0, 15.0


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
    """Return the region digit of each zip code, -1..1; 0 for codes that start with a letter."""
    first = users.zip_code.astype("<U1")
    digit = np.char.isdigit(first)
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
