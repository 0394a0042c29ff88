"""What the two-tower fits for those of whom no rating is known, by hand."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.models.features import n_demographic_features
from movierec_cli.core.models.two_tower.cold_start import fit_strangers
from tests.helpers import make_dataset


@pytest.fixture
def train() -> Dataset:
    """Three users gave film 0 5, 5 and 2; two of them gave film 2 3 and 4; nobody saw film 1."""
    triples = [(0, 0, 5.0), (1, 0, 5.0), (2, 0, 2.0), (0, 2, 3.0), (1, 2, 4.0)]
    return make_dataset(triples, n_users=4, titles=["A", "B", "C"])


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    """Two draws, in the mean of which a stranger gives film 0 4.8 and the others 3.7.

    Film 0: 3.5 + 0.6 for the film + 0.2 for strangers + 0.5 for the product of the factors.
    """
    size = n_demographic_features(0)
    films = np.zeros((2, 3, 2), np.float32)
    films[:, 0] = [[0.5, 0.5], [0.7, 0.25]]
    strangers = np.zeros((2, 1 + size, 2), np.float32)
    strangers[:, 0] = [[0.1, 1.0], [0.3, 2.0]]
    return {
        "films": films,
        "strangers": strangers,
        "demographic_mean": np.zeros(size, np.float32),
        "rating_mean": np.float32([3.5]),
    }


def test_a_films_level_moves_to_the_ratings_that_it_has(
    train: Dataset, weights: dict[str, np.ndarray]
) -> None:
    fitted = fit_strangers(weights, train, film_ridge=3.0)
    of_first = (0.2 + 0.2 - 2.8) / (3 + 3)
    of_last = (-0.7 + 0.3) / (2 + 3)
    np.testing.assert_allclose(fitted["stranger_films"], [of_first, 0.0, of_last], atol=1e-6)
    assert fitted["films"] is weights["films"]


def test_as_many_are_told_to_like_as_do(train: Dataset, weights: dict[str, np.ndarray]) -> None:
    fitted = fit_strangers(weights, train, film_ridge=3.0)
    slope, constant = fitted["like_head"]
    distances = np.array([1.3, 0.2]) + fitted["stranger_films"][[0, 2]]
    told = 1 / (1 + np.exp(-(slope * distances + constant)))
    assert slope > 0  # two of three like film 0, one of two film 2
    assert (3 * told[0] + 2 * told[1]) / 5 == pytest.approx(3 / 5, abs=1e-4)
