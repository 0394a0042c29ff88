"""The best films first: ties by the catalog, known films out, empty places marked."""

import numpy as np

from movierec_cli.core.models.topk import PAD, diversify, exclude, inner_products, top_k
from tests.helpers import make_histories


def test_matches_are_dot_products() -> None:
    users = np.float32([[1, 2], [0, -1]])
    films = np.float32([[3, 4], [1, 0], [0, 0.5]])
    scores = inner_products(users, films)
    assert scores.tolist() == [[11, 1, 1], [-4, 0, -0.5]]
    assert scores.dtype == np.float32


def test_the_best_come_first() -> None:
    scores = np.float32([[0.1, 0.9, 0.5, -2.0], [4, 3, 2, 1]])
    assert top_k(scores, 3).tolist() == [[1, 2, 0], [0, 1, 2]]


def test_equal_scores_keep_the_order_of_the_catalog() -> None:
    scores = np.float32([[1, 2, 1, 2, 1, 2]])
    assert top_k(scores, 6).tolist() == [[1, 3, 5, 0, 2, 4]]
    many = np.random.default_rng(0).integers(0, 3, (2, 1_682)).astype(np.float32)
    expected = [sorted(range(1_682), key=lambda film, row=row: -row[film]) for row in many]
    assert top_k(many, 1_682).tolist() == expected


def test_places_that_cannot_be_filled_are_marked() -> None:
    assert PAD == -1
    scores = np.float32([[1, 2]])
    assert top_k(scores, 4).tolist() == [[1, 0, -1, -1]]


def test_known_films_are_not_ranked() -> None:
    scores = np.float32([[5, 4, 3], [5, 4, 3], [5, 4, 3]])
    histories = make_histories({0: 1.0}, {}, {0: 1.0, 1: 2.0, 2: 5.0})
    masked = exclude(scores, histories)
    assert top_k(masked, 3).tolist() == [[1, 2, -1], [0, 1, 2], [-1, -1, -1]]


def test_excluding_leaves_the_scores_as_they_were() -> None:
    scores = np.float32([[5, 4, 3]])
    exclude(scores, make_histories({0: 1.0}))
    assert scores.tolist() == [[5, 4, 3]]


def test_without_diversity_the_scores_decide() -> None:
    vectors = np.float32([[1, 0], [1, 0], [0, 1]])
    assert diversify(np.float32([3, 2, 1]), vectors, 3, 0.0).tolist() == [0, 1, 2]


def test_diversity_weighs_likeness_against_the_score() -> None:
    # Scaled scores are 1, 0.9, 0.5, 0. After the first, with weight 0.5, its twin is worth
    # 0.45 - 0.5 = -0.05, the one at right angles 0.25 - 0 = 0.25, the opposite 0 - 0 = 0.
    scores = np.float32([10, 9, 5, 0])
    vectors = np.float32([[2, 0], [5, 0], [0, 1], [-1, 0]])
    assert diversify(scores, vectors, 4, 0.5).tolist() == [0, 2, 3, 1]


def test_full_diversity_avoids_what_is_alike() -> None:
    vectors = np.float32([[1, 0], [1, 0.1], [0, 1]])
    assert diversify(np.float32([3, 2, 1]), vectors, 2, 1.0).tolist() == [0, 2]


def test_diversity_takes_what_there_is() -> None:
    assert diversify(np.float32([1, 1]), np.zeros((2, 2), np.float32), 5, 0.5).tolist() == [0, 1]
