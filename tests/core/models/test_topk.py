"""Ranking: ties keep the order of the catalog, known films are left out, gaps are padded."""

import numpy as np
import pytest

from movierec_cli.core.models.topk import PAD, diversify, exclude, list_gain, top_k
from tests.helpers import make_histories


def test_the_highest_scores_come_first() -> None:
    scores = np.float32([[0.1, 0.9, 0.5, -2.0], [4, 3, 2, 1]])
    assert top_k(scores, 3).tolist() == [[1, 2, 0], [0, 1, 2]]


def test_equal_scores_keep_the_order_of_the_catalog() -> None:
    scores = np.float32([[1, 2, 1, 2, 1, 2]])
    assert top_k(scores, 6).tolist() == [[1, 3, 5, 0, 2, 4]]


@pytest.mark.parametrize("n_levels", [1, 3, 40, 10**6])
@pytest.mark.parametrize("n_films", [320, 331, 3_000])
def test_a_large_catalog_is_ranked_like_a_small_one(n_films: int, n_levels: int) -> None:
    levels = np.random.default_rng(0).integers(n_levels, size=(20, n_films))
    scores = np.where(levels % 5 == 4, -np.inf, levels).astype(np.float32)
    scores[0, 5:] = -np.inf
    sorted_rows = np.argsort(-scores, axis=1, kind="stable")[:, :9]
    is_ranked = np.take_along_axis(scores, sorted_rows, axis=1) > -np.inf
    assert top_k(scores, 9).tolist() == np.where(is_ranked, sorted_rows, PAD).tolist()


def test_places_beyond_the_catalog_are_padded() -> None:
    assert PAD == -1
    assert top_k(np.float32([[1, 2]]), 4).tolist() == [[1, 0, -1, -1]]


def test_known_films_are_not_ranked_and_the_scores_stay_as_they_were() -> None:
    scores = np.float32([[5, 4, 3]] * 3)
    histories = make_histories({0: 1.0}, {}, {0: 1.0, 1: 2.0, 2: 5.0})
    masked = exclude(scores, histories)
    assert top_k(masked, 3).tolist() == [[1, 2, -1], [0, 1, 2], [-1, -1, -1]]
    assert scores.tolist() == [[5, 4, 3]] * 3


# Scaled scores are 1, 0.9, 0.5, 0. After the first, with the diversity 0.5, its twin is worth
# 0.45 - 0.5 = -0.05, the one at right angles 0.25 - 0 = 0.25, the opposite 0 - 0 = 0.
@pytest.mark.parametrize(
    ("diversity", "chosen"), [(0.0, [0, 1, 2, 3]), (0.5, [0, 2, 3, 1]), (1.0, [0, 2, 3, 1])]
)
def test_diversity_weighs_similarity_against_the_score(diversity: float, chosen: list[int]) -> None:
    scores = np.float32([10, 9, 5, 0])
    vectors = np.float32([[2, 0], [5, 0], [0, 1], [-1, 0]])
    assert diversify(scores, vectors, 5, diversity).tolist() == chosen


def test_the_gain_of_a_list_is_discounted_by_rank() -> None:
    scores = np.float32([[3, 1, 2, -np.inf], [1, 2, 3, 4]])
    targets = make_histories({0: 5.0, 1: 1.0, 3: 1.0}, {2: 4.0})
    assert list_gain(scores, targets, 2) == pytest.approx(1 + 1 / np.log2(3))
    gains = 1 + 1 / 2 + 1 / np.log2(5) + 1 / np.log2(3)
    assert list_gain(scores, targets, 9) == pytest.approx(gains)
