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
from movierec_cli.core.models.features import sparse_history, user_blocks
from movierec_cli.core.models.linear import logistic_regression
from movierec_cli.core.models.two_tower.model import TwoTower, with_constant

_BATCH = 256  # users at once; bounds the dense [users, films] arrays
_RATINGS_OF_HEAD = 250_000  # that the like head is fitted to; its three numbers need no more
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
    n_films, ratings = len(train.films), train.ratings
    complete = {
        **weights,
        "cold_start_level": np.zeros(n_films, np.float32),
        "like_head": np.zeros(2, np.float32),
    }
    model = TwoTower(complete)
    # level = sum of residuals / (number of ratings + shrinkage)
    counts = np.bincount(ratings.film_rows, minlength=n_films)
    sums = np.bincount(ratings.film_rows, weights=ratings.values, minlength=n_films)
    level = (sums - _predicted_sums(model, train)) / (counts + level_shrinkage)
    complete["cold_start_level"] = np.asarray(level, np.float32)
    distances, liked = [], []
    for users, histories in user_blocks(train, _BATCH):
        predicted = model.cold_start_ratings(users)[histories.user_rows, histories.film_rows]
        distances.append(predicted - weights["rating_mean"])
        liked.append(histories.ratings >= RELEVANT_RATING)
        if sum(map(len, liked)) >= _RATINGS_OF_HEAD:
            break
    complete["like_head"] = logistic_regression(
        np.concatenate(distances)[:, None], np.concatenate(liked)
    )
    return complete


def _predicted_sums(model: TwoTower, train: Dataset) -> FloatArray:
    """Return the sum of the cold-start predictions of the ratings of each film, [n_films]."""
    # sum over the raters u of film i of (1, d_u) m_i, with the column m_i of the map
    inputs = with_constant(model.demographics(train.users))  # [U, 1 + K]
    ones = np.ones(len(train.ratings), np.float32)
    rated = sparse_history(train.histories, len(train.films), ones)
    of_raters = rated.T @ inputs  # [n_films, 1 + K]
    return np.asarray((of_raters * model.cold_start_map.T).sum(axis=1), np.float32)
