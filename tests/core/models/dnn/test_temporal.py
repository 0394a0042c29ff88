"""What was rated in one moment is alike: weights from the times of ratings."""

import numpy as np
import torch

from movierec_cli.core.data.dataset import Histories
from movierec_cli.core.models.dnn.temporal import moment_gram, moment_weights, togetherness

HALF = 100.0


def histories(*users: tuple[list[int], list[int]]) -> Histories:
    """Build histories from the films of each user and the seconds at which she rated them."""
    films = [film for films, _ in users for film in films]
    times = [time for _, times in users for time in times]
    return Histories(
        np.cumsum([0, *(len(films) for films, _ in users)]).astype(np.int64),
        np.array(films, np.int32),
        np.full(len(films), 4, np.float32),
        np.array(times, np.int64),
    )


def test_ratings_count_the_less_together_the_further_apart_they_are() -> None:
    gaps = np.array([0, 100, -100, 300])
    np.testing.assert_allclose(togetherness(gaps, HALF), [1, 1 / 2, 1 / 2, 1 / 4])


def test_two_films_are_as_near_as_the_moments_in_which_each_user_rated_them() -> None:
    known = histories(([0, 2], [1000, 1100]), ([], []), ([0, 1, 2], [5000, 5000, 5300]))
    grades = np.array([1, 0.5, 1, 2, 1], np.float32)
    expected = [
        [1 + 1, 2, 0.5 / 2 + 1 / 4],
        [2, 4, 2 / 4],
        [0.5 / 2 + 1 / 4, 2 / 4, 0.25 + 1],
    ]
    np.testing.assert_allclose(moment_gram(known, grades, 3, HALF), expected)


def test_the_nearness_of_films_can_be_solved_with() -> None:
    generator = np.random.default_rng(0)
    users = [
        (sorted(generator.permutation(12)[:8].tolist()), generator.integers(0, 900, 8).tolist())
        for _ in range(5)
    ]
    gram = moment_gram(histories(*users), np.ones(40, np.float32), 12, HALF)
    assert float(torch.linalg.eigvalsh(gram.double()).min()) > -1e-5


def test_a_moment_of_a_user_is_one_of_her_ratings_and_the_others_count_by_their_distance() -> None:
    known = histories(([3, 5, 8], [0, 300, 400]), ([], []), ([1, 2], [50, 50]))
    first = moment_weights(known, np.array([0, 0, 0], np.float32), HALF)
    np.testing.assert_allclose(first, [1, 1 / 4, 1 / 5, 1, 1])
    last = moment_weights(known, np.array([0.99, 0.5, 0.5], np.float32), HALF)
    np.testing.assert_allclose(last, [1 / 5, 1 / 2, 1, 1, 1])
