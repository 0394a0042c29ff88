"""Ratings in order of time: ties in a given order, or the mean over all orders."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.data.ordering import chronological, lag_means, last_gaps


def histories(*times: list[int]) -> Histories:
    """Return a user for each list of times, with the films 0, 1, .. at these times."""
    indptr = np.cumsum([0, *map(len, times)])
    films = np.concatenate([np.arange(len(user)) for user in times]).astype(np.int32)
    stamps = np.concatenate(times).astype(np.int64)
    return Histories(indptr, films, np.ones(len(films), np.float32), stamps)


def test_entries_are_ordered_by_user_then_time_then_the_order_of_ties() -> None:
    told = histories([30, 10, 20, 10], [5, 4])
    assert chronological(told, np.array([0, 1, 2, 3, 4, 5])).tolist() == [1, 3, 2, 0, 5, 4]
    assert chronological(told, np.array([0, 3, 2, 1, 4, 5])).tolist() == [3, 1, 2, 0, 5, 4]


def halves(lags: FloatArray) -> FloatArray:
    return np.asarray(0.5**lags)


def test_the_weight_of_a_tie_is_the_mean_over_its_places() -> None:
    told = histories([30, 10, 20, 10], [7, 7])
    # film 0 is the last; films 1 and 3 share the lags 2 and 3
    shared = (0.25 + 0.125) / 2
    expected = [1, shared, 0.5, shared, 0.75, 0.75]
    assert lag_means(told, halves) == pytest.approx(expected)


def test_a_user_without_ratings_has_no_weights() -> None:
    assert lag_means(Histories.empty(2), halves).tolist() == []
    assert lag_means(histories([], [1], []), halves).tolist() == [1]


def test_the_last_gap_is_the_time_between_the_last_two_ratings() -> None:
    gaps = last_gaps(histories([30, 10, 25], [7, 7], [1], []))
    assert gaps[:2].tolist() == [5, 0]
    assert np.isnan(gaps[2:]).all()
