"""Temporal co-occurrence by random binning, in the mean and by its bounds."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.models.dnn import temporal
from movierec_cli.core.models.dnn.temporal import binned_histories, n_grids, random_shifts


def timed(*users: tuple[list[int], list[int]]) -> Histories:
    """Build histories from the films of each user and their times in seconds."""
    films = [film for films, _ in users for film in films]
    return Histories(
        np.cumsum([0, *(len(films) for films, _ in users)]).astype(np.int64),
        np.array(films, np.int32),
        np.full(len(films), 4, np.float32),
        np.array([time for _, times in users for time in times], np.int64),
    )


def co_occurrence(histories: Histories, weights: list[float], seed: int = 0) -> FloatArray:
    """Return the co-occurrence of three films that decays to a half in 100 seconds."""
    values = np.array(weights, np.float32)
    shifts = random_shifts(len(histories), len(values), seed)
    binned = binned_histories(histories, values, 3, 100.0, shifts)
    return np.asarray(sum((of_grid.T @ of_grid).toarray() for of_grid in binned))


def test_co_occurrence_decays_with_the_time_between_two_ratings() -> None:
    histories = timed(([0, 2], [1000, 1100]), ([], []), ([0, 1, 2], [5000, 5000, 5300]))
    found = [co_occurrence(histories, [1, 0.5, 1, 2, 1], seed) for seed in range(300)]
    expected = [
        [1 + 1, 2, 0.5 / 2 + 1 / 4],
        [2, 4, 2 / 4],
        [0.5 / 2 + 1 / 4, 2 / 4, 0.25 + 1],
    ]
    np.testing.assert_allclose(np.mean(found, axis=0), expected, atol=0.03)


def test_ratings_at_one_time_co_occur_in_full_whatever_their_order() -> None:
    histories = timed(([0, 1, 2], [900, 40, 900]), ([0, 2], [1, 1]))
    assert abs(co_occurrence(histories, [1, 1, 2, 3, 1])[0, 2] - (2 + 3)) < 1e-5


def test_grids_in_one_matrix_and_in_several_sum_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    histories = timed(([0, 2], [1000, 1100]), ([], []), ([0, 1, 2], [5000, 5000, 5300]))
    together = co_occurrence(histories, [1, 0.5, 1, 2, 1])
    monkeypatch.setattr(temporal, "_TOGETHER", 15)  # three grids of five ratings
    np.testing.assert_allclose(co_occurrence(histories, [1, 0.5, 1, 2, 1]), together, rtol=1e-5)


def test_ratings_of_two_users_never_co_occur() -> None:
    histories = timed(([0], [1000]), ([1], [1000]), ([2], [1000]))
    np.testing.assert_allclose(co_occurrence(histories, [1, 2, 3]), np.diag([1, 4, 9]), rtol=1e-6)


@pytest.mark.parametrize(
    ("ratings", "grids"),
    [(0, 32), (80_000, 32), (200_000, 16), (400_000, 8), (4_000_000, 8), (8_000_000, 4),
     (32_000_000, 2)],
)  # fmt: skip
def test_the_more_ratings_the_fewer_grids(ratings: int, grids: int) -> None:
    assert n_grids(ratings) == grids
