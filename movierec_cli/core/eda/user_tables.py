"""Tables of users: their activity, their breadth and their demographics.

Functions of a ``table`` take the one of `users`.
"""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import GENDERS, Dataset, IntArray
from movierec_cli.core.data.readers.dat_files import AGES as AGES_OF_CODES
from movierec_cli.core.eda.counting import (
    bands,
    describe,
    genre_counts,
    has_genres,
    named_genres,
    shares,
)
from movierec_cli.core.eda.layout import Column, Layout, compact, percent, whole

UNKNOWN = "unknown"
"""The name of a missing age, gender or occupation."""

_AGES = {
    "under 18": 18,
    "18 to 24": 25,
    "25 to 34": 35,
    "35 to 44": 45,
    "45 to 54": 55,
    "55 to 64": 65,
    "65 or older": np.inf,
}
"""Bands of ages: name -> the first age above it."""

_CODED_AGES = {
    "under 18": 18,
    "18 to 24": 25,
    "25 to 34": 35,
    "35 to 44": 45,
    "45 to 49": 50,
    "50 to 55": 56,
    "56 or older": np.inf,
}
"""The bands of MovieLens 1M, where the band of each user is known, not the age."""

_USERS = (Column("users", "Users", whole), Column("share", "%", percent, bar=True))
GENRES_PER_USER = Layout(
    "genres_per_user",
    "Distinct genres of each user",
    (Column("genres", "Genres", whole), *_USERS),
    (
        "A user watches a genre by rating at least one film of it.",
        "Films without a genre do not count.",
    ),
)
RATINGS_PER_USER = Layout(
    "ratings_per_user",
    "Ratings of each user",
    (Column("from", "From", whole), Column("to", "To", whole), *_USERS),
)
AGE_BANDS = Layout("age_bands", "Users by age", (Column("age", "Age", numeric=False), *_USERS))
USER_GENDERS = Layout(
    "genders", "Users by gender", (Column("gender", "Gender", numeric=False), *_USERS)
)
USER_OCCUPATIONS = Layout(
    "user_occupations",
    "Users by occupation",
    (Column("occupation", "Occupation", numeric=False), *_USERS),
)
STATISTICS = tuple(
    Column(name, header, compact)
    for name, header in {
        "mean": "Mean",
        "std": "Standard deviation",
        "min": "Lowest",
        "p05": "5 %",
        "p25": "25 %",
        "median": "Median",
        "p75": "75 %",
        "p95": "95 %",
        "max": "Highest",
    }.items()
)
"""The statistics of `movierec_cli.core.eda.counting.describe`."""
USER_STATISTICS = Layout(
    "user_statistics",
    "Statistics of users",
    STATISTICS,
    headers=("Statistic", "Ratings", "Genres", "Mean rating"),
)


def users(dataset: Dataset) -> pd.DataFrame:
    """Describe each user.

    Returns
    -------
    A row for each user, by id: ``user`` (the id), ``ratings``, ``genres`` (distinct named genres
    that the user watches; NaN in a data set without genres), ``mean_rating`` (NaN without a
    rating), ``age`` in years (NaN where unknown), ``gender`` and ``occupation`` (``unknown`` where
    they are).
    """
    ratings = dataset.ratings
    n_users = len(dataset.users)
    counts = np.bincount(ratings.user_rows, minlength=n_users)
    sums = np.bincount(ratings.user_rows, ratings.values.astype(np.float64), minlength=n_users)
    watched = (genre_counts(dataset)[:, named_genres(dataset)] > 0).sum(axis=1)
    return pd.DataFrame(
        {
            "user": dataset.users.ids,
            "ratings": counts,
            "genres": watched if has_genres(dataset) else np.nan,
            "mean_rating": np.divide(sums, counts, np.full(n_users, np.nan), where=counts > 0),
            "age": dataset.users.age.astype(np.float64),
            "gender": _named(dataset.users.gender, GENDERS),
            "occupation": _named(dataset.users.occupation, dataset.occupations),
        }
    )


def genres_per_user(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by their number of distinct named genres.

    Returns
    -------
    A row for each number between the smallest and the largest, none in a data set without
    genres: ``genres``, ``users``, ``share`` of all users.
    """
    genres = table["genres"].dropna().astype(int)
    numbers = range(genres.min(), genres.max() + 1) if len(genres) else range(0)
    users = genres.value_counts().reindex(numbers, fill_value=0).to_numpy()
    return pd.DataFrame({"genres": numbers, "users": users, "share": shares(users)})


def ratings_per_user(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by their number of ratings.

    Returns
    -------
    A row for each band 0, 1, 2-4, 5-9, 10-19, 20-49, ...: ``from`` and ``to``, both within it,
    ``users``, ``share`` of all users.
    """
    found = bands(table["ratings"].to_numpy()).rename(columns={"count": "users"})
    return found.assign(share=shares(found["users"]))


def user_statistics(table: pd.DataFrame) -> pd.DataFrame:
    """Summarize the number of ratings, the number of genres and the mean rating of users.

    Returns
    -------
    A row for each ``of``: ``ratings``, ``genres`` and ``mean_rating`` of a user; with ``mean``,
    ``std``, ``min``, ``p05``, ``p25``, ``median``, ``p75``, ``p95`` and ``max`` over users.
    """
    return describe(table[["ratings", "genres", "mean_rating"]])


def age_bands(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by age.

    Returns
    -------
    A row for each band that has a user, and for ``unknown`` where an age is: ``age``, the band in
    years as text, ``users``, ``share`` of all users. No row if no age is known.
    """
    known = set(table["age"].dropna())
    if not known:
        return pd.DataFrame(columns=["age", "users", "share"])
    ages = _CODED_AGES if known <= set(AGES_OF_CODES.values()) else _AGES
    cut = pd.cut(table["age"], [0, *ages.values()], right=False, labels=list(ages))
    counts = cut.cat.add_categories(UNKNOWN).fillna(UNKNOWN).value_counts(sort=False)
    found = counts[counts > 0].rename("users").rename_axis("age").reset_index()
    return found.assign(age=found["age"].astype(object), share=shares(found["users"]))


def genders(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by gender, most users first: ``gender``, ``users``, ``share``, ``ratings``.

    No row if no gender is known.
    """
    return _by_group(table, "gender")


def user_occupations(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by occupation, as `genders` does: ``occupation`` is the first field."""
    return _by_group(table, "occupation")


def _by_group(table: pd.DataFrame, column: str) -> pd.DataFrame:
    known = table if (table[column] != UNKNOWN).any() else table.head(0)
    grouped = known.groupby(column)["ratings"].agg(users="count", ratings="sum").reset_index()
    grouped.insert(2, "share", shares(grouped["users"]))
    return grouped.sort_values("users", ascending=False, kind="stable", ignore_index=True)


def _named(codes: IntArray, names: tuple[str, ...]) -> np.ndarray:
    """Translate positions in ``names``; -1 is unknown."""
    return np.array([*names, UNKNOWN])[codes]  # the last name
