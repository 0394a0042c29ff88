"""The measurement of popularity: its metrics, computed by hand."""

import numpy as np
import pytest

from benchmarks.popularity import Weighed, novelty, similarity
from movierec_cli.core.recommend.popularity import weigh_popularity
from tests.helpers import FixedModel, make_dataset, make_histories, make_users


def test_novelty_is_the_mean_self_information_in_bits() -> None:
    train = make_dataset([(user, 0, 4.0) for user in range(4)] + [(0, 1, 4.0)], 4, [*"ABC"])
    # all four users rated A, one rated B; nobody rated C, which counts as rated by one
    assert novelty(np.array([[0]]), train) == 0.0
    assert novelty(np.array([[0, 1], [0, 2]]), train) == pytest.approx(1.0)


class Vectors:
    """Three films: the first two alike, the third at right angles to them."""

    similarity_vectors = np.float32([[2, 0], [3, 0], [0, 1]])


def test_similarity_is_that_to_the_liked_films() -> None:
    histories = make_histories({0: 5.0, 2: 1.0}, {})  # the second user likes nothing
    assert similarity(np.array([[1], [1]]), histories, Vectors()) == pytest.approx(1.0)  # type: ignore[arg-type]
    assert similarity(np.array([[1, 2], [1, 2]]), histories, Vectors()) == pytest.approx(0.5)  # type: ignore[arg-type]


def test_the_measured_scores_are_those_that_recommend_ranks_by() -> None:
    train = make_dataset([(0, 0, 4.0), (1, 0, 4.0), (0, 1, 4.0)], 2, [*"ABC"])
    scores = np.float32([[3, 2, 0]])
    weighed = Weighed(FixedModel(scores), train, -0.5)  # type: ignore[arg-type]
    found = weighed.score(make_histories({}), make_users(1)).score
    assert found.tolist() == weigh_popularity(scores, train, -0.5).tolist()
    assert found.tolist() != scores.tolist()
