"""The measures beyond accuracy against values computed by hand."""

from dataclasses import replace
from math import log2, sqrt

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.evaluation import beyond
from movierec_cli.core.evaluation.beyond import BEYOND, Reference, beyond_accuracy
from tests.helpers import make_dataset

# Four training users rated film 0, two of them film 1, one of these film 2, nobody film 3.
TRAIN = make_dataset(
    [(0, 0, 5), (1, 0, 3), (2, 0, 4), (3, 0, 1), (0, 1, 4), (1, 1, 4), (1, 2, 2)],
    n_users=5,  # the fifth has no rating
    titles=["A", "B", "C", "D"],
    genres=[[1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]],
    genre_names=("Drama", "War", "unknown"),
)
LISTS = np.array([[0, 1], [2, 0], [3, -1]], np.int32)


def measured(lists: np.ndarray, train: Dataset = TRAIN) -> dict[str, float | None]:
    return beyond_accuracy(lists.astype(np.int32), Reference.of(train))


def test_coverage_popularity_and_novelty() -> None:
    got = measured(LISTS)
    assert set(got) == set(BEYOND)
    assert got["coverage"] == 1.0
    assert got["popularity"] == pytest.approx(((1 + 1 / 2) / 2 + (1 / 4 + 1) / 2 + 0) / 3)
    # without a rating a film has the self-information of one rating
    assert got["novelty"] == pytest.approx(((0 + 1) / 2 + (2 + 0) / 2 + log2(4)) / 3)


def test_diversity_is_a_mean_over_pairs_of_the_lists_that_have_any() -> None:
    # cos(0, 1) = 2 / sqrt(4 * 2); cos(0, 2) = 1 / sqrt(4 * 1)
    expected = ((1 - 2 / sqrt(8)) + (1 - 1 / 2)) / 2
    assert measured(LISTS)["diversity"] == pytest.approx(expected)
    # three films: the mean of three pairs, cos(1, 2) = 1 / sqrt(2 * 1)
    cosines = 2 / sqrt(8) + 1 / 2 + 1 / sqrt(2)
    assert measured(np.array([[0, 1, 2]]))["diversity"] == pytest.approx(1 - cosines / 3)


def test_genre_diversity() -> None:
    # Drama and War against Drama: cosine 1 / sqrt(2), in both pairs
    assert measured(LISTS)["genre_diversity"] == pytest.approx(1 - 1 / sqrt(2))
    # "unknown" is no genre, so film 3 is unlike any other; films 1 and 2 have the same
    assert measured(np.array([[1, 2], [3, 1]]))["genre_diversity"] == pytest.approx((0 + 1) / 2)
    nothing = replace(TRAIN.films, genres=np.zeros((4, 3), np.bool_))
    assert measured(LISTS, replace(TRAIN, films=nothing))["genre_diversity"] is None


def test_gini_is_nought_for_equal_exposure_and_high_for_one_list_for_all() -> None:
    assert measured(np.array([[0, 1], [2, 3]]))["gini"] == pytest.approx(0)
    # exposures 0, 0, 0, 3: 3 * 3 / (4 * 3), the highest of four films
    assert measured(np.array([[2], [2], [2]]))["gini"] == pytest.approx(3 / 4)
    # exposures 1, 1, 1, 2 in order: (-3 - 1 + 1 + 2 * 3) / (4 * 5)
    assert measured(LISTS)["gini"] == pytest.approx(3 / 20)


def test_gini_is_half_of_the_relative_mean_difference(small: Dataset) -> None:
    lists = np.random.default_rng(2).integers(0, 100, (30, 1))
    exposure = np.bincount(lists.ravel(), minlength=len(small.films))
    differences = np.abs(exposure[:, None] - exposure).mean()
    assert measured(lists, small)["gini"] == pytest.approx(differences / (2 * exposure.mean()))


def test_lists_without_films_are_left_out() -> None:
    empty = np.full((2, 3), -1)
    got = measured(empty)
    assert got.pop("coverage") == 0
    assert set(got.values()) == {None}
    both = measured(np.concatenate([np.array([[0, 1, -1]]), empty]))
    assert both["diversity"] == pytest.approx(1 - 2 / sqrt(8))


def test_blocks_of_lists_and_samples_of_users(
    monkeypatch: pytest.MonkeyPatch, small: Dataset
) -> None:
    lists = np.random.default_rng(1).permuted(np.tile(np.arange(200), (40, 1)), axis=1)[:, :10]
    at_once = measured(lists, small)
    monkeypatch.setattr(beyond, "_BLOCK", 7)
    assert measured(lists, small) == pytest.approx(at_once)
    monkeypatch.setattr(beyond, "MOST_USERS", 100)  # of 120
    sampled = measured(lists, small)
    assert sampled["novelty"] == pytest.approx(at_once["novelty"])  # of all users
    assert sampled["diversity"] == pytest.approx(at_once["diversity"], abs=0.05)
    assert sampled["diversity"] != at_once["diversity"]
