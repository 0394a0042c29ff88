"""Tables of ratings: their values, their density and their time."""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset
from movierec_cli.core.eda.counting import shares
from movierec_cli.core.eda.layout import Column, Layout, decimals, percent, whole

_MOST_MONTHS = 48  # a longer time is counted in years

RATINGS = Layout(
    "ratings",
    "Rating values",
    (
        Column("rating", "Rating", "{:g}".format),
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
        Column("median", "Median rating", decimals(1)),
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
    values, counts = np.unique(dataset.ratings.values.astype(np.float64), return_counts=True)
    return pd.DataFrame({"rating": values, "ratings": counts, "share": shares(counts)})


def overview(dataset: Dataset) -> pd.DataFrame:
    """Summarize the data set.

    Returns
    -------
    One row: ``users``, ``films``, ``rated_films`` (with at least one rating), ``ratings``;
    ``density``, ratings / (users x films), and ``sparsity``, 1 - density; ``mean``, ``std`` and
    ``median`` of the ratings; ``relevant_share``, the share of ratings of 4 or higher;
    ``users_without_relevant``, users without such a rating; ``ratings_per_user`` and
    ``ratings_per_film``, on average; ``first`` and ``last``, the days (UTC) of the first and the
    last rating, as text.
    """
    table = dataset.ratings
    n_users, n_films = len(dataset.users), len(dataset.films)
    values = pd.Series(table.values.astype(np.float64))
    relevant = values >= RELEVANT_RATING
    density = len(table) / (n_users * n_films)
    days = pd.to_datetime(pd.Series(table.timestamps), unit="s").dt.strftime("%Y-%m-%d")
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
            "first": [days.min()],
            "last": [days.max()],
        }
    )


def ratings_over_time(dataset: Dataset) -> pd.DataFrame:
    """Count ratings by calendar month (UTC), or by year where there are more than 48 months.

    Returns
    -------
    A row for each month or year from the first rating to the last, those without a rating too:
    ``period`` (``1997-09`` or ``1997``), ``ratings``, ``users`` who gave them, ``new_users``
    whose first rating lies there, ``mean_rating`` (NaN without a rating).
    """
    table = dataset.ratings
    times = pd.to_datetime(pd.Series(table.timestamps), unit="s").dt
    periods = times.to_period("M")
    if (periods.max() - periods.min()).n >= _MOST_MONTHS:
        periods = times.to_period("Y")
    rated = pd.DataFrame(
        {"period": periods, "user": table.user_rows, "value": table.values.astype(np.float64)}
    )
    by_period = rated.groupby("period")
    counts = {
        "ratings": by_period.size(),
        "users": by_period["user"].nunique(),
        "new_users": rated.groupby("user")["period"].min().value_counts(),
    }
    every = pd.period_range(periods.min(), periods.max(), name="period")
    found = pd.DataFrame(counts, index=every).fillna(0).astype(int)
    found["mean_rating"] = by_period["value"].mean()
    return found.reset_index().astype({"period": str})
