"""What the two-tower tells of strangers: the films' levels, and P(rating >= 4).

The draws say what a user like any other would give a film. But a film is rated by those who chose
it, and they give more than others would. So a film's level for strangers is read again from the
ratings that it has.

From the same predictions comes the probability of a 4 or 5: ratings have a long tail downwards, so
that one expected to be 3.5 is more often 4 or 5 than not. Each prediction for a stranger rests on
hundreds of other users, so that the ratings trained on serve as well as hidden ones; what is
predicted from a user's own history would fit them far too closely.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray
from movierec_cli.core.models.linear import logistic_regression
from movierec_cli.core.models.two_tower.model import TwoTower

_BATCH = 256  # users at once; bounds the dense [users, films] arrays


def fit_strangers(
    weights: Mapping[str, FloatArray], train: Dataset, film_ridge: float
) -> dict[str, FloatArray]:
    """Return ``weights`` with ``stranger_films`` and ``like_head``.

    Parameters
    ----------
    weights
        All others of a `TwoTower`.
    train
        The ratings it was trained on.
    film_ridge
        So many ratings of a film move its level half way to what they say.
    """
    n_films = len(train.films)
    complete = {
        **weights,
        "stranger_films": np.zeros(n_films, np.float32),
        "like_head": np.zeros(2, np.float32),
    }
    histories = train.histories
    predicted = np.concatenate(list(_predicted(TwoTower(complete), train)))
    film_rows, ratings = histories.film_rows, histories.ratings
    sums = np.bincount(film_rows, weights=ratings - predicted, minlength=n_films)
    counts = np.bincount(film_rows, minlength=n_films)
    level = np.asarray(sums / (counts + film_ridge), np.float32)
    distance = predicted + level[film_rows] - weights["rating_mean"]
    complete["stranger_films"] = level
    complete["like_head"] = logistic_regression(distance[:, None], ratings >= RELEVANT_RATING)
    return complete


def _predicted(model: TwoTower, train: Dataset) -> Iterator[FloatArray]:
    """Yield what a stranger with the user's demographics is predicted, for each known rating."""
    rows = np.flatnonzero(train.histories.counts)
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        histories = train.histories.take(batch)
        ratings = model.stranger_ratings(train.users.take(batch))
        yield ratings[histories.user_rows, histories.film_rows]
