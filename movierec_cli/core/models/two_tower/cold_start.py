"""The cold-start part of the two-tower, fitted to the draws: user vectors, film levels, like head.

A draw predicts the rating of an average user. Those who rated a film chose it, and rate it higher.
Each film's level is therefore fitted again, to the residuals of its ratings.

The like head is logistic regression of "rated 4 or 5" on the predicted rating. Ratings have a long
lower tail: a predicted 3.5 is more often a 4 or 5 than not. Both parts are fitted to cold-start
predictions of the training ratings. Such a prediction rests on hundreds of other users, whereas a
prediction from the user's own history would fit the training ratings too closely.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray
from movierec_cli.core.models.features import user_blocks
from movierec_cli.core.models.linear import logistic_regression
from movierec_cli.core.models.two_tower.model import TwoTower

_BATCH = 256  # users at once; bounds the dense [users, films] arrays
_CONSTANT_RIDGE = 1e-3


def demographic_regression(demographics: Tensor, ridge: float) -> Tensor:
    """Return the matrix [1 + K, U] of a ridge regression on centered ``demographics`` [U, K].

    Times user vectors [U, D] it gives a constant and K slopes, [1 + K, D].
    """
    constant = torch.ones(len(demographics), 1, device=demographics.device)
    inputs = torch.cat([constant, demographics], dim=1)  # X [U, 1 + K]
    ridges = torch.full((inputs.shape[1],), ridge, device=demographics.device)
    ridges[0] = _CONSTANT_RIDGE
    # (X'X + diag(ridges))^-1 X'
    solution: Tensor = torch.linalg.solve(inputs.T @ inputs + torch.diag(ridges), inputs.T)
    return solution


def fit_cold_start(
    weights: Mapping[str, FloatArray], train: Dataset, level_shrinkage: float
) -> dict[str, FloatArray]:
    """Return ``weights``, all other arrays of a `TwoTower`, with its level and like head."""
    n_films = len(train.films)
    complete = {
        **weights,
        "cold_start_level": np.zeros(n_films, np.float32),
        "like_head": np.zeros(2, np.float32),
    }
    film_rows, ratings = train.histories.film_rows, train.histories.ratings
    model = TwoTower(complete)
    predicted = np.concatenate(
        [
            model.cold_start_ratings(users)[histories.user_rows, histories.film_rows]
            for users, histories in user_blocks(train, _BATCH)
        ]
    )
    # level = sum of residuals / (number of ratings + shrinkage)
    residuals = np.bincount(film_rows, weights=ratings - predicted, minlength=n_films)
    counts = np.bincount(film_rows, minlength=n_films)
    level = np.asarray(residuals / (counts + level_shrinkage), np.float32)
    distance = predicted + level[film_rows] - weights["rating_mean"]
    complete["cold_start_level"] = level
    complete["like_head"] = logistic_regression(distance[:, None], ratings >= RELEVANT_RATING)
    return complete
