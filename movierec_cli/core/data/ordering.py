"""Chronological order of ratings.

People rate page by page, so half of all neighboring ratings of MovieLens have the same time. Files
and ids do not have their true order: the lines of a file follow the page that was shown.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories


def chronological(histories: Histories, tie_order: NDArray[Any]) -> NDArray[np.int64]:
    """Return the entries ordered by user, time, and among equal times ``tie_order`` [n_entries]."""
    return np.lexsort((tie_order, histories.timestamps, histories.user_rows))


def unordered(histories: Histories) -> Histories:
    """Return the histories with one time for all ratings, so that they are all tied."""
    return replace(histories, timestamps=np.zeros_like(histories.timestamps))


def lag_means(histories: Histories, weight: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return a weight of each entry by its lag, the mean over all orders of ties, [n_entries].

    The lag is the number of the user's later entries, 0 for the last; ``weight`` maps lags to
    weights.
    """
    users, times = histories.user_rows, histories.timestamps
    order = np.lexsort((times, users))
    if not len(order):
        return np.zeros(0, np.float32)
    lags = histories.indptr[1:][users] - 1 - np.arange(len(order))  # of the ordered entries
    is_first = (np.diff(users, prepend=-1) != 0) | (np.diff(times[order], prepend=-1) != 0)
    starts = np.flatnonzero(is_first)
    sizes = np.diff(starts, append=len(order))
    means = np.add.reduceat(weight(lags.astype(np.float32)), starts) / sizes
    weights = np.empty(len(order), np.float32)
    weights[order] = np.repeat(means, sizes)
    return weights


def last_gaps(histories: Histories) -> NDArray[np.float64]:
    """Return the seconds between the last two ratings of each user, [n_users]; NaN without two."""
    times = histories.timestamps[np.lexsort((histories.timestamps, histories.user_rows))]
    gaps = np.full(len(histories), np.nan)
    rows = np.flatnonzero(histories.counts > 1)
    last = histories.indptr[1:][rows] - 1
    gaps[rows] = times[last] - times[last - 1]
    return gaps
