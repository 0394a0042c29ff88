"""Solvers of linear models against hand-computed values and first-order conditions."""

import numpy as np
import pytest

from movierec_cli.core.models.linear import logistic, logistic_regression, ridge


def test_ridge_takes_one_penalty_or_one_for_each_input() -> None:
    sums = np.float64([[1, 0], [0, 4]]), np.float64([[4, 2], [6, 0]])
    np.testing.assert_allclose(ridge(*sums, 1.0), [[2, 1], [1.2, 0]])
    np.testing.assert_allclose(ridge(*sums, np.array([0.0, 2.0])), [[4, 2], [1, 0]])


def test_the_logistic_function_does_not_overflow() -> None:
    logits = np.float32([-1e9, -200, 0, np.log(3), 200, 1e9])
    np.testing.assert_allclose(logistic(logits), [0, 0, 0.5, 0.75, 1, 1], atol=1e-7)


def test_logistic_regression_reaches_the_minimum() -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(300, 2))
    labels = generator.random(300) < 1 / (1 + np.exp(-(2 * features[:, 0] - 1)))
    slopes, constant = np.split(logistic_regression(features, labels), [2])
    residuals = 1 / (1 + np.exp(-(features @ slopes + constant))) - labels
    np.testing.assert_allclose(features.T @ residuals + slopes, 0, atol=1e-3)
    assert residuals.sum() == pytest.approx(0, abs=1e-3)


def test_logistic_regression_of_equal_labels_is_finite() -> None:
    weights = logistic_regression(np.float64([[1.0], [2.0]]), np.array([True, True]))
    assert np.isfinite(weights).all()
