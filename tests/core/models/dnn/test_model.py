"""The score of the dnn, worked out by hand for three films and two components."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Histories, Users
from movierec_cli.core.models.base import ExplainingModel, VectorModel
from movierec_cli.core.models.dnn.components import COLD_START, WITH_HISTORY
from movierec_cli.core.models.dnn.model import Dnn, history_shares, history_weights
from movierec_cli.core.models.features import demographic_mean
from tests.helpers import make_histories

RATING_WEIGHTS = (0.1, 0.3, 0.7, 1.0, 1.2)
N_FEATURES = len(demographic_mean(Users.unknown(1), 0))
# the first two columns read the history, the last one is the cold start
MODEL = Dnn(
    {
        "film_vectors": np.float32([[1, 0, 3], [0, 1, 2], [1, 1, 1]]),
        "history_vectors": np.float32([[3, 4, 0], [0, 2, 0], [1, 0, 0]]),
        "demographic_vectors": np.zeros((N_FEATURES, 3), np.float32),
        "constant": np.float32([0, 0, -7]),
        "demographic_mean": np.zeros(N_FEATURES, np.float32),
        "component_sizes": np.float32([2, 1]),
        "component_weights": np.float32([0.9, 0.5]),
        "component_gates": np.float32([WITH_HISTORY, COLD_START]),
        "rating_weights": np.array(RATING_WEIGHTS, np.float32),
        "half_saturation": np.float32([4]),
        "like_head": np.float32([1, 0, 0, 0, 0, 0, 0, 0, 0]),
        "film_level": np.zeros(3, np.float32),
        "film_counts": np.zeros(3, np.float32),
    }
)


def with_dislike(ratings: dict[int, float], disliked: int) -> Histories:
    histories = make_histories(ratings | {disliked: 1.0})
    return replace(histories, disliked=histories.film_rows == disliked)


def test_it_is_a_search_that_can_be_explained() -> None:
    assert isinstance(MODEL, VectorModel)
    assert isinstance(MODEL, ExplainingModel)
    assert MODEL.score(Histories.empty(1), Users.unknown(1)).rating is None


def test_without_a_history_only_the_cold_start_component_counts() -> None:
    vectors = MODEL.user_vectors(Histories.empty(2), Users.unknown(2))
    np.testing.assert_allclose(vectors, [[0, 0, -0.5]] * 2)
    score = MODEL.score(Histories.empty(2), Users.unknown(2)).score
    np.testing.assert_allclose(score, [[-1.5, -1, -0.5]] * 2)


def test_a_user_vector_is_the_weighted_sum_of_the_history_scaled_and_gated() -> None:
    # four ratings are the half-saturation: gate 1/2. The direction of 1.0 [3, 4] + 0.5 [0, 2]:
    histories = make_histories({0: 4.0, 1: 2.5})
    model = Dnn(MODEL.weights | {"half_saturation": np.float32([2])})
    direction = np.array([3, 4 + 0.5 * 2]) / np.hypot(3, 5)
    expected = [*(0.9 * 0.5 * direction), -0.5 * 0.5]
    vectors = model.user_vectors(histories, Users.unknown(1))
    np.testing.assert_allclose(vectors, [expected], rtol=1e-5)
    scores = model.score(histories, Users.unknown(1))
    np.testing.assert_allclose(scores.score, vectors @ model.film_vectors.T, rtol=1e-5)
    assert scores.like_probability is not None
    np.testing.assert_allclose(scores.like_probability, 1 / (1 + np.exp(-scores.score)), rtol=1e-5)


def test_weights_of_half_stars_lie_between_those_of_stars() -> None:
    histories = make_histories({0: 0.5, 1: 1.0, 2: 3.5, 3: 5.0})
    weights = history_weights(histories, RATING_WEIGHTS)
    np.testing.assert_allclose(weights, [0.1, 0.1, 0.85, 1.2])
    np.testing.assert_allclose(history_shares(histories, RATING_WEIGHTS), weights / 2)


def test_a_dislike_weighs_less_than_any_rating_and_does_not_lengthen_the_history() -> None:
    histories = with_dislike({0: 4.0}, disliked=1)
    np.testing.assert_allclose(history_shares(histories, RATING_WEIGHTS), [1.0, -0.2])
    vectors = MODEL.user_vectors(histories, Users.unknown(1))
    evidence = (1 / 4) ** 0.8  # one rated film, n_half = 4
    assert np.linalg.norm(vectors[0, :2]) == pytest.approx(0.9 * evidence / (evidence + 1))
    liked_only = MODEL.user_vectors(make_histories({0: 4.0}), Users.unknown(1))
    assert vectors[0, 1] / vectors[0, 0] < liked_only[0, 1] / liked_only[0, 0]


def test_contributions_and_the_constant_add_up_to_the_score() -> None:
    history = with_dislike({0: 4.0, 2: 2.0}, disliked=1)
    user = replace(Users.unknown(1), gender=np.array([1], np.int8))
    of_gender = np.zeros((N_FEATURES, 3), np.float32)
    of_gender[:, 2] = 2  # each known feature adds 2 to the cold start, before it is scaled
    model = Dnn(MODEL.weights | {"demographic_vectors": of_gender})
    films = np.array([2, 0])
    found = model.contributions(history, user, films)
    assert found.films.shape == (3, 2)
    # the cold-start column is -7 + 2, scaled to length 1
    cold_start = model.user_vectors(history, user)[:, 2:] @ model.film_vectors[films, 2:].T
    np.testing.assert_allclose(found.demographics, cold_start[0] * 2 / -5, rtol=1e-5)
    np.testing.assert_allclose(
        found.films.sum(axis=0) + found.demographics + cold_start[0] * -7 / -5,
        model.score(history, user).score[0, films],
        rtol=1e-5,
    )


def test_similarity_vectors_have_the_root_of_the_weight_as_length() -> None:
    expected = np.sqrt(0.9) * np.array([[3 / 5, 4 / 5, 0], [0, 1, 0], [1, 0, 0]])
    np.testing.assert_allclose(MODEL.similarity_vectors, expected, rtol=1e-6)
