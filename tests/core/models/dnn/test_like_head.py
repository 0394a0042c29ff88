"""The like head: probabilities from the score, the film and the user."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.splits import split_ratings
from movierec_cli.core.models.dnn.like_head import (
    fit_like_head,
    like_probability,
)
from tests.helpers import make_dataset, make_histories


def test_the_logit_is_a_linear_function_of_score_film_and_user() -> None:
    head = {
        "like_head": np.float32([2, 1, 0.5, 3, 1, 0.1, 0.2, 0.3, -1]),
        "film_level": np.float32([0, 1]),
        "film_counts": np.float32([4, 2]),
    }
    score = np.float32([[0.5, -0.5], [0.5, -0.5]])
    histories = make_histories({0: 5.0}, {})
    # the user likes a film of the level 0: a surplus of 1 - 1/2, shrunk by 5 ratings; 10 saturate
    level, saturation = 0.5 / (1 + 5), 1 / (1 + 10)
    known = 3 * level + saturation + 0.3 * level * saturation
    logits = [
        [
            1 + 2 + known + 0.1 * 0.5 * saturation - 1,
            -1 + 1 + 1 + known + (0.1 * -0.5 + 0.2) * saturation - 1,
        ],
        [1 + 2 - 1, -1 + 1 + 1 - 1],
    ]
    expected = 1 / (1 + np.exp(-np.array(logits)))
    np.testing.assert_allclose(like_probability(score, histories, head), expected, rtol=1e-5)


def test_films_have_shrunk_log_odds_and_log_counts() -> None:
    train = make_dataset([(0, 0, 5.0), (1, 0, 4.0), (2, 0, 2.0), (2, 1, 1.0)], 3, ["a", "b", "c"])
    _, validation = split_ratings(train, 0.9, 0)
    head = fit_like_head(constant_score, train, validation, 0)
    shares = np.array([(2 + 8 * 0.5) / (3 + 8), (0 + 8 * 0.5) / (1 + 8), 0.5])
    np.testing.assert_allclose(head["film_level"], np.log(shares / (1 - shares)), atol=1e-6)
    np.testing.assert_allclose(head["film_counts"], np.log([4, 2, 1]), atol=1e-6)


def constant_score(histories: Histories, users: Users) -> FloatArray:
    return np.zeros((len(users), 3), np.float32)


def test_a_fitted_head_follows_a_score_that_predicts_likes(small: Dataset) -> None:
    train, validation = split_ratings(small, 0.5, 0)
    liked = np.full((len(validation.users), len(small.films)), -1, np.float32)
    targets = validation.targets
    liked[targets.user_rows, targets.film_rows] = np.where(targets.ratings >= 4, 1, -1)

    head = fit_like_head(lambda histories, users: liked, train, validation, 0)
    probability = like_probability(liked, validation.histories, head)
    of_targets = probability[targets.user_rows, targets.film_rows]
    assert of_targets[targets.ratings >= 4].min() > 0.9
    assert of_targets[targets.ratings < 4].max() < 0.1
    assert of_targets.mean() == pytest.approx((targets.ratings >= 4).mean(), abs=0.02)
