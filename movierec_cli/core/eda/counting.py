"""Counts, bands and statistics that several tables share."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, IntArray

_NOT_A_GENRE = frozenset({"unknown", "(no genres listed)"})  # names in editions of MovieLens
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def named_genres(dataset: Dataset) -> IntArray:
    """Return the columns of ``films.genres`` that stand for a genre, not for a missing one."""
    return np.array(
        [column for column, name in enumerate(dataset.genres) if name not in _NOT_A_GENRE],
        dtype=np.int64,
    )


def has_genres(dataset: Dataset) -> bool:
    """Return true if the genre of any film is known."""
    return bool(dataset.films.genres[:, named_genres(dataset)].any())


def genre_counts(dataset: Dataset) -> NDArray[np.int64]:
    """Count each user's ratings of films of each genre, [n_users, n_genres]."""
    ratings, film_has = dataset.ratings, dataset.films.genres
    counts = np.zeros((len(dataset.users), len(dataset.genres)), dtype=np.int64)
    for genre in range(len(dataset.genres)):
        raters = ratings.user_rows[film_has[ratings.film_rows, genre]]
        counts[:, genre] = np.bincount(raters, minlength=len(dataset.users))
    return counts


def bands(counts: IntArray) -> pd.DataFrame:
    """Count values in bands 0, 1, 2-4, 5-9, 10-19, 20-49, ...: a histogram for a long tail.

    Returns
    -------
    A row for each band between the smallest and the largest value: ``from`` and ``to``, both
    within it, and ``count``.
    """
    powers = 10 ** np.arange(len(str(counts.max())))
    edges = np.array([0, *np.outer(powers, (1, 2, 5)).ravel(), 10 * powers[-1]])
    found, _ = np.histogram(counts, bins=edges)
    filled = np.flatnonzero(found)
    table = pd.DataFrame({"from": edges[:-1], "to": edges[1:] - 1, "count": found})
    return table.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True)


def band_of(counts: IntArray, table: pd.DataFrame) -> IntArray:
    """Return for each value the row of `bands` that it lies in."""
    return np.searchsorted(table["from"].to_numpy(), counts, side="right") - 1


def describe(table: pd.DataFrame) -> pd.DataFrame:
    """Summarize each column: a row with its name ``of``, mean, std, extremes and quantiles."""
    quantiles = {name: table.quantile(q) for name, q in _QUANTILES.items()}
    found = {"mean": table.mean(), "std": table.std(), "min": table.min(), **quantiles}
    return pd.DataFrame({**found, "max": table.max()}).rename_axis("of").reset_index()


def shares(counts: Any) -> pd.Series:
    """Divide counts by their sum."""
    series = pd.Series(counts, dtype=np.float64)
    return series / series.sum()
