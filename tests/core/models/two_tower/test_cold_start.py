"""The cold-start part of the two-tower, by hand."""

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.models.features import demographic_mean
from movierec_cli.core.models.two_tower.cold_start import demographic_regression, fit_cold_start
from tests.helpers import make_dataset


@pytest.fixture
def train() -> Dataset:
    """Ratings 5, 5 and 2 of film 0, 3 and 4 of film 2, none of film 1."""
    triples = [(0, 0, 5.0), (1, 0, 5.0), (2, 0, 2.0), (0, 2, 3.0), (1, 2, 4.0)]
    return make_dataset(triples, n_users=4, titles=["A", "B", "C"])


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    """Two draws whose cold-start predictions have the mean 4.8 for film 0 and 3.7 for the others.

    Film 0: 3.5 + 0.6 for the film + 0.2 for the user + 0.5 for the product of the factors.
    """
    size = len(demographic_mean(Users.unknown(1), 0))
    films = np.zeros((2, 3, 2), np.float32)
    films[:, 0] = [[0.5, 0.5], [0.7, 0.25]]
    cold_start = np.zeros((2, 1 + size, 2), np.float32)
    cold_start[:, 0] = [[0.1, 1.0], [0.3, 2.0]]
    return {
        "film_vectors": films,
        "cold_start_weights": cold_start,
        "demographic_mean": np.zeros(size, np.float32),
        "rating_mean": np.float32([3.5]),
    }


def test_a_level_is_the_shrunk_mean_of_the_residuals_of_its_film(
    train: Dataset, weights: dict[str, np.ndarray]
) -> None:
    fitted = fit_cold_start(weights, train, level_shrinkage=3.0)
    of_first = (0.2 + 0.2 - 2.8) / (3 + 3)
    of_last = (-0.7 + 0.3) / (2 + 3)
    np.testing.assert_allclose(fitted["cold_start_level"], [of_first, 0.0, of_last], atol=1e-6)
    assert fitted["film_vectors"] is weights["film_vectors"]


def test_the_mean_probability_is_the_share_of_ratings_of_four_and_five(
    train: Dataset, weights: dict[str, np.ndarray]
) -> None:
    fitted = fit_cold_start(weights, train, level_shrinkage=3.0)
    slope, constant = fitted["like_head"]
    distances = np.array([1.3, 0.2]) + fitted["cold_start_level"][[0, 2]]
    probabilities = 1 / (1 + np.exp(-(slope * distances + constant)))
    assert slope > 0  # two of three like film 0, one of two film 2
    assert (3 * probabilities[0] + 2 * probabilities[1]) / 5 == pytest.approx(3 / 5, abs=1e-4)


def test_the_regression_on_demographics_shrinks_the_slopes_and_not_the_constant() -> None:
    demographics = torch.tensor([[-1.0], [0.0], [1.0]])
    vectors = torch.tensor([[1.0], [3.0], [5.0]])
    constant, slope = (demographic_regression(demographics, ridge=2.0) @ vectors).flatten()
    assert float(constant) == pytest.approx(3.0, rel=1e-3)
    assert float(slope) == pytest.approx(4 / (2 + 2))
