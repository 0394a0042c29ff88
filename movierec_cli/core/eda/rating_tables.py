"""Tables of ratings: their values, their density and their time."""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset
from movierec_cli.core.eda.counting import shares
from movierec_cli.core.eda.layout import Column, Layout, decimals, percent, whole

_MOST_MONTHS = 48  # a longer time is counted in years
_STEPS = (1.0, 0.5, 0.25)  # of a star
_MOST_VALUES = 21  # different ratings, from 0 to 5 in the finest step

RATINGS = Layout(
    "ratings",
    "Rating values",
    (
        Column("rating", "Stars", "{:g}".format),
        Column("ratings", "Ratings", whole),
        Column("share", "%", percent, bar=True),
    ),
)
OVERVIEW = Layout(
    "overview",
    "Overview",
    (
        Column("users", "Users", whole),
        Column("films", "Films", whole),
        Column("rated_films", "Films with a rating", whole),
        Column("ratings", "Ratings", whole),
        Column("ratings_per_user", "Ratings per user", decimals(1)),
        Column("ratings_per_film", "Ratings per film", decimals(1)),
        Column("density", "Rated pairs of user and film, %", percent),
        Column("sparsity", "Pairs without a rating, %", percent),
        Column("mean", "Mean rating", decimals(3)),
        Column("std", "Standard deviation", decimals(3)),
        Column("median", "Median rating", decimals(2)),
        Column("relevant_share", "Ratings of 4 or higher, %", percent),
        Column("users_without_relevant", "Users without a rating of 4 or higher", whole),
        Column("first", "First rating (UTC)"),
        Column("last", "Last rating (UTC)"),
    ),
    headers=("Quantity", "Value"),
)
RATINGS_OVER_TIME = Layout(
    "ratings_over_time",
    "Ratings over time",
    (
        Column("period", "Period", numeric=False),
        Column("ratings", "Ratings", whole, bar=True),
        Column("users", "Users", whole),
        Column("new_users", "New\nusers", whole),
        Column("mean_rating", "Mean\nrating", decimals(2)),
    ),
    ("Users: users with a rating in the period. New users: their first rating. UTC.",),
)


def ratings(dataset: Dataset) -> pd.DataFrame:
    """Count the ratings of each value.

    Returns
    -------
    A row for each value that was given, lowest first: ``rating``, ``ratings`` (their number),
    ``share`` of all ratings.
    """
    values, counts = np.unique(dataset.ratings.values, return_counts=True)
    exact = [float(str(value)) for value in values]  # 3.65 as float32 is 3.6500000953674316
    return pd.DataFrame({"rating": exact, "ratings": counts, "share": shares(counts)})


def rating_steps(table: pd.DataFrame) -> pd.DataFrame:
    """Count the values of `ratings` in steps: whole, half or quarter stars.

    The steps are the widest that hold every value. A value that lies on no quarter of a star
    counts for the nearest one.

    Returns
    -------
    A row for each step between the lowest and the highest: the fields of `ratings`.
    """
    values = table["rating"].to_numpy()
    step = next((step for step in _STEPS if np.all(values % step == 0)), _STEPS[-1])
    at = np.floor(values / step + 0.5).astype(np.int64)
    counts = np.bincount(at - at.min(), table["ratings"]).astype(np.int64)
    steps = step * (at.min() + np.arange(len(counts)))
    return pd.DataFrame({"rating": steps, "ratings": counts, "share": shares(counts)})


def has_many_values(table: pd.DataFrame) -> bool:
    """Return true if a table of `ratings` is too long to be read."""
    return len(table) > _MOST_VALUES


def overview(dataset: Dataset) -> pd.DataFrame:
    """Summarize the data set.

    Returns
    -------
    One row: ``users``, ``films``, ``rated_films`` (with at least one rating), ``ratings``;
    ``density``, ratings / (users x films), and ``sparsity``, 1 - density; ``mean``, ``std`` and
    ``median`` of the ratings; ``relevant_share``, the share of ratings of 4 or higher;
    ``users_without_relevant``, users without such a rating; ``ratings_per_user`` and
    ``ratings_per_film``, on average; ``first`` and ``last``, the days (UTC) of the first and the
    last rating, as text, or ``None`` without times.
    """
    table = dataset.ratings
    n_users, n_films = len(dataset.users), len(dataset.films)
    values = pd.Series(table.values.astype(np.float64))
    relevant = values >= RELEVANT_RATING
    density = len(table) / (n_users * n_films)
    days = (table.timestamps.min(), table.timestamps.max()) if dataset.has_times else (None, None)
    return pd.DataFrame(
        {
            "users": [n_users],
            "films": [n_films],
            "rated_films": [len(np.unique(table.film_rows))],
            "ratings": [len(table)],
            "density": [density],
            "sparsity": [1.0 - density],
            "mean": [values.mean()],
            "std": [values.std()],
            "median": [values.median()],
            "relevant_share": [relevant.mean()],
            "users_without_relevant": [n_users - len(np.unique(table.user_rows[relevant]))],
            "ratings_per_user": [len(table) / n_users],
            "ratings_per_film": [len(table) / n_films],
            "first": [_day(days[0])],
            "last": [_day(days[1])],
        }
    )


def _day(timestamp: np.int64 | None) -> str | None:
    return None if timestamp is None else str(np.datetime64(int(timestamp), "s"))[:10]


def ratings_over_time(dataset: Dataset) -> pd.DataFrame:
    """Count ratings by calendar month (UTC), or by year where there are more than 48 months.

    Returns
    -------
    A row for each month or year from the first rating to the last, those without a rating too;
    none for a data set without times: ``period`` (``1997-09`` or ``1997``), ``ratings``, ``users``
    who gave them, ``new_users`` whose first rating lies there, ``mean_rating`` (NaN without a
    rating).
    """
    table, n_users = dataset.ratings, len(dataset.users)
    if not dataset.has_times:
        return pd.DataFrame(columns=[column.field for column in RATINGS_OVER_TIME.columns])
    periods = table.timestamps.astype("datetime64[s]").astype("datetime64[M]")
    if (periods.max() - periods.min()).astype(np.int64) >= _MOST_MONTHS:
        periods = periods.astype("datetime64[Y]")
    first = periods.min()
    at = (periods - first).astype(np.int64)
    n_periods = int(at.max()) + 1
    ratings = np.bincount(at)
    pairs = np.unique(at * n_users + table.user_rows)  # of a period and a user
    histories = dataset.histories
    first_of_user = np.minimum.reduceat(at, histories.indptr[:-1][histories.counts > 0])
    sums = np.bincount(at, table.values.astype(np.float64))
    return pd.DataFrame(
        {
            "period": (first + np.arange(n_periods)).astype(str),
            "ratings": ratings,
            "users": np.bincount(pairs // n_users, minlength=n_periods),
            "new_users": np.bincount(first_of_user, minlength=n_periods),
            "mean_rating": sums / np.where(ratings > 0, ratings, np.nan),
        }
    )
