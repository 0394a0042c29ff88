"""Temporal co-occurrence of films: users rate page by page, so nearness in time is similarity."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from movierec_cli.core.data.dataset import FloatArray, Histories

_MANY_ENTRIES = 3_200_000  # ratings times grids, for 8 to 32 grids
_FEW_ENTRIES = 32_000_000  # the same for 2 to 8: many ratings need fewer draws of the pairs
_TOGETHER = 1_000_000  # entries of a matrix of several grids


def n_grids(n_ratings: int) -> int:
    """Return the number of grids of `random_shifts`."""
    few = np.clip(_FEW_ENTRIES // max(n_ratings, 1), 2, 8)
    return int(np.clip(_MANY_ENTRIES // max(n_ratings, 1), few, 32))


def random_shifts(n_users: int, n_ratings: int, seed: int) -> NDArray[np.float64]:
    """Return a shift 0..1 for each grid and user of ``n_ratings``, [n_grids, n_users]."""
    return np.random.default_rng(seed).random((n_grids(n_ratings), n_users))


def binned_histories(
    histories: Histories,
    weights: FloatArray,
    n_films: int,
    half_seconds: float,
    shifts: NDArray[np.float64],
) -> Iterator[sparse.csr_array]:
    """Yield sparse B [n, n_films] whose Gram matrices sum to the temporal co-occurrence of films.

    That matrix weights each pair of ratings of a user by the time decay k(t) = 1 / (1 + t / h),
    t being the seconds between them and h ``half_seconds``; the sum of B'B equals it in the mean
    over random ``shifts`` of the grids [n_grids, n_users]. A row has the ``weights`` [n_entries] of
    the ratings of one user in one bin of a grid over time; a B has the rows of one grid, or of
    several if there are few ratings.
    Random binning: Rahimi and Recht (2007), Random features for large-scale kernel machines.
    """
    # In a grid of width w with a random shift, two ratings share a bin with the probability
    # max(0, 1 - t / w). Its mean is k(t) if P(w < x) = (x / (x + h))^2; the quantiles of this
    # distribution are w = h q / (1 - q), with q^2 from 0 to 1.
    grids, users = len(shifts), histories.user_rows
    order = np.lexsort((histories.timestamps, users))
    times, films = histories.timestamps[order], histories.film_rows[order]
    values = weights[order] / np.float32(grids**0.5)
    together = max(_TOGETHER // max(len(order), 1), 1)
    for first in range(0, grids, together):
        starts: list[NDArray[np.int64]] = []
        for grid in range(first, min(first + together, grids)):
            quantile = ((grid + 0.5) / grids) ** 0.5
            width = half_seconds * quantile / (1 - quantile)
            bins = np.floor(times / width + shifts[grid, users])
            is_first = (np.diff(users, prepend=-1) != 0) | (np.diff(bins, prepend=-1) != 0)
            starts.append(np.flatnonzero(is_first) + len(order) * len(starts))
        indptr = np.append(np.concatenate(starts), len(order) * len(starts))
        entries = np.tile(values, len(starts)), np.tile(films, len(starts)), indptr
        yield sparse.csr_array(entries, shape=(len(indptr) - 1, n_films))
