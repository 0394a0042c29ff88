"""The closed-form parts of the sequence model, computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.models.sequence.config import RecencyConfig, TransitionConfig
from movierec_cli.core.models.sequence.film_pairs import fit_ease, fit_transitions
from tests.helpers import make_histories

# user 1 rated films 2, 0, 1 in this order, user 2 film 0 and then 1
TOLD = make_histories({2: 1.0, 0: 5.0, 1: 3.0}, {0: 4.0, 1: 4.0})


def test_ease_predicts_each_film_from_the_others_rated_or_not() -> None:
    rated = np.array([[1, 1, 1], [1, 1, 0]])
    inverse = np.linalg.inv(rated.T @ rated + 2.0 * np.eye(3))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(fit_ease(TOLD, 3, RecencyConfig(2.0)), expected, rtol=1e-5)


def test_transitions_count_the_films_that_follow_and_weigh_further_ones_less() -> None:
    config = TransitionConfig(lags=2, lag_decay=0.5, smoothing=1.0, popularity_power=0.0)
    found = fit_transitions(TOLD, 3, config, seed=0)
    share = np.array([3, 3, 2]) / 8  # ratings of each film and one more
    following = np.array([[0, 2, 0], [0, 0, 0], [1, 0.5, 0]])
    expected = (following + share) / (following.sum(axis=1, keepdims=True) + 1)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    divided = fit_transitions(TOLD, 3, replace(config, popularity_power=0.5), seed=0)
    np.testing.assert_allclose(divided, expected / share**0.5, rtol=1e-5)


def test_ratings_of_the_same_time_follow_each_other_in_both_orders() -> None:
    tied = replace(TOLD, timestamps=np.zeros(5, np.int64))
    config = TransitionConfig(lags=1, smoothing=1e-6, popularity_power=0.0, tie_orders=200)
    found = fit_transitions(tied, 3, config, seed=0)
    assert found[1, 0] == pytest.approx(found[0, 1], abs=0.1)
    assert found[0, 1] > 0.5  # user 2 has no other film beside film 0
