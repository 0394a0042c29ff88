"""The score of the two-tower, with weights set by hand."""

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Histories, Users
from movierec_cli.core.models.features import demographic_mean
from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.gibbs import solve_vectors
from movierec_cli.core.models.two_tower.model import TwoTower
from tests.helpers import make_histories


def neutral_weights(n_films: int, draws: int = 1, width: int = 2) -> dict[str, np.ndarray]:
    """Return weights, without occupations, that predict 3.5 for everyone."""
    size = len(demographic_mean(Users.unknown(1), 0))
    return {
        "film_vectors": np.zeros((draws, n_films, width), np.float32),
        "history_weights": np.zeros((draws, n_films, width), np.float32),
        "side_weights": np.zeros((draws, size + 3, width), np.float32),
        "cold_start_weights": np.zeros((draws, 1 + size, width), np.float32),
        "cold_start_level": np.zeros(n_films, np.float32),
        "ridge": np.ones(width, np.float32),
        "demographic_mean": np.zeros(size, np.float32),
        "rating_mean": np.float32([3.5]),
        "half_saturation": np.float32([1.0]),
        "like_head": np.float32([1.0, 0.0]),
        "lowest_rating": np.float32([1.0]),
    }


def test_the_cold_start_level_fades_as_the_history_grows() -> None:
    weights = neutral_weights(n_films=3)
    weights["cold_start_level"] = np.float32([0.0, 0.9, 0.0])
    weights["half_saturation"] = np.float32([2.0])
    weights["ridge"][:] = 1e9  # the ratings change no vector
    histories = make_histories({}, {0: 5.0}, {0: 5.0, 2: 5.0})
    scores = TwoTower(weights).score(histories, Users.unknown(3)).score
    np.testing.assert_allclose(scores[:, 1], [3.5 + 0.9, 3.5 + 0.6, 3.5 + 0.45], rtol=1e-5)
    np.testing.assert_allclose(scores[:, 0], 3.5, rtol=1e-5)


def test_the_user_tower_and_the_cold_start_share_the_vector() -> None:
    weights = neutral_weights(n_films=2)
    weights["half_saturation"] = np.float32([3.0])  # one rating: the tower has a quarter
    weights["history_weights"][0, 0, 0] = 0.8
    weights["cold_start_weights"][0, 0, 0] = 0.4
    weights["ridge"][:] = 1e9
    scores = TwoTower(weights).score(make_histories({0: 3.5}), Users.unknown(1)).score
    bias = 0.25 * 0.8 / np.sqrt(2) + 0.75 * 0.4
    np.testing.assert_allclose(scores, 3.5 + bias, rtol=1e-5)


def test_probabilities_come_from_the_rating_before_clipping() -> None:
    weights = neutral_weights(n_films=2)
    weights["film_vectors"][0, :, 0] = [0.5, 2.0]
    weights["like_head"] = np.float32([2.0, 0.1])
    scores = TwoTower(weights).score(Histories.empty(1), Users.unknown(1))
    log_odds = np.array([2.0 * 0.5 + 0.1, 2.0 * 2.0 + 0.1])
    assert scores.rating is not None
    assert scores.like_probability is not None
    np.testing.assert_allclose(scores.rating, [[4.0, 5.0]])
    np.testing.assert_allclose(scores.like_probability[0], 1 / (1 + np.exp(-log_odds)), rtol=1e-5)


def test_the_ratings_correct_a_vector_as_in_training() -> None:
    generator = np.random.default_rng(0)
    weights = neutral_weights(n_films=4, width=3)
    films = generator.normal(size=(1, 4, 3)).astype(np.float32)
    ridge = np.float32([2.0, 3.0, 3.0])
    histories = make_histories({0: 5.0, 1: 2.0, 3: 4.0}, {2: 1.0})
    model = TwoTower(weights | {"film_vectors": films, "ridge": ridge})
    rated = SparseMatrix.from_rows(histories.indptr, histories.film_rows, 4, "cpu")
    users = solve_vectors(
        torch.zeros(2, 1, 3),  # the output of the tower
        torch.as_tensor(films[0][:, None]),
        rated,
        torch.as_tensor(histories.ratings - 3.5),
        torch.as_tensor(ridge),
    )[:, 0].numpy()
    expected = 3.5 + users[:, :1] + films[0, :, 0] + users[:, 1:] @ films[0, :, 1:].T
    scores = model.score(histories, Users.unknown(2)).score
    np.testing.assert_allclose(scores, expected, rtol=1e-4)


@pytest.mark.parametrize("name", ["side_weights", "cold_start_weights"])
def test_weights_for_another_number_of_demographics_are_refused(name: str) -> None:
    weights = neutral_weights(n_films=2)
    with pytest.raises(ValueError, match=name):
        TwoTower.check(weights | {name: weights[name][:, 1:]})
