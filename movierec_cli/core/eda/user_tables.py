"""Users: how much and how widely they watch, and who they are."""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import GENDERS, Dataset, IntArray
from movierec_cli.core.eda.counting import bands, describe, genre_counts, named_genres, shares

UNKNOWN = "unknown"
"""How tables call an age, a gender or an occupation that the data set does not tell."""

_AGE_BANDS = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 150))


def users(dataset: Dataset) -> pd.DataFrame:
    """Describe each user.

    Returns
    -------
    A row for each user, by id: ``user`` (the id), ``ratings``, ``genres`` (distinct named genres
    that the user watches), ``mean_rating`` (NaN without a rating), ``age`` in years (NaN where
    unknown), ``gender`` and ``occupation`` (``unknown`` where they are).
    """
    ratings = dataset.ratings
    n_users = len(dataset.users)
    counts = np.bincount(ratings.user_rows, minlength=n_users)
    sums = np.bincount(ratings.user_rows, ratings.values.astype(np.float64), minlength=n_users)
    watched = genre_counts(dataset)[:, named_genres(dataset)] > 0
    return pd.DataFrame(
        {
            "user": dataset.users.ids,
            "ratings": counts,
            "genres": watched.sum(axis=1),
            "mean_rating": np.divide(sums, counts, np.full(n_users, np.nan), where=counts > 0),
            "age": dataset.users.age.astype(np.float64),
            "gender": _named(dataset.users.gender, GENDERS),
            "occupation": _named(dataset.users.occupation, dataset.occupations),
        }
    )


def genres_per_user(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by how many distinct named genres they watch.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each number between the smallest and the largest: ``genres``, ``users``, ``share``
    of all users.
    """
    counts = np.bincount(table["genres"])
    first = int(table["genres"].min()) if len(table) else 0
    numbers = np.arange(first, len(counts))
    return pd.DataFrame(
        {
            "genres": numbers,
            "users": counts[first:],
            "share": shares(counts[first:]),
        }
    )


def ratings_per_user(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by how many ratings they gave.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each band 0, 1, 2-4, 5-9, 10-19, 20-49, ...: ``from`` and ``to``, both within it,
    ``users``, ``share`` of all users.
    """
    found = bands(table["ratings"].to_numpy()).rename(columns={"count": "users"})
    return found.assign(share=shares(found["users"]))


def user_statistics(table: pd.DataFrame) -> pd.DataFrame:
    """Summarize how much users watch and how they rate.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each ``of``: ``ratings``, ``genres`` and ``mean_rating`` of a user; with ``mean``,
    ``std``, ``min``, ``p05``, ``p25``, ``median``, ``p75``, ``p95`` and ``max`` over users.
    """
    quantities = ("ratings", "genres", "mean_rating")
    return pd.DataFrame([{"of": name, **describe(table[name])} for name in quantities])


def age_bands(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by age.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each band that has a user, and for ``unknown`` where an age is: ``age``, the band in
    years as text, ``users``, ``share`` of all users.
    """
    ages = table["age"].to_numpy()
    counts = {_age_label(low, high): _between(ages, low, high) for low, high in _AGE_BANDS}
    counts[UNKNOWN] = int(np.isnan(ages).sum())
    found = pd.DataFrame({"age": list(counts), "users": list(counts.values())})
    found["share"] = shares(found["users"])
    return found[found["users"] > 0].reset_index(drop=True)


def genders(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by gender.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each gender, most users first: ``gender``, ``users``, ``share`` of all users,
    ``ratings`` by them.
    """
    return _by_group(table, "gender")


def user_occupations(table: pd.DataFrame) -> pd.DataFrame:
    """Count users by occupation.

    Parameters
    ----------
    table
        As from `users`.

    Returns
    -------
    A row for each occupation, most users first: ``occupation``, ``users``, ``share`` of all
    users, ``ratings`` by them.
    """
    return _by_group(table, "occupation")


def _by_group(table: pd.DataFrame, column: str) -> pd.DataFrame:
    grouped = table.groupby(column)["ratings"].agg(users="count", ratings="sum").reset_index()
    grouped.insert(2, "share", shares(grouped["users"]))
    return grouped.sort_values("users", ascending=False, kind="stable", ignore_index=True)


def _named(codes: IntArray, names: tuple[str, ...]) -> np.ndarray:
    """Translate positions in ``names``; -1 is unknown."""
    return np.array([*names, UNKNOWN])[np.where(codes < 0, len(names), codes)]


def _age_label(low: int, high: int) -> str:
    if low == 0:
        return f"under {high + 1}"
    return f"{low} or older" if (low, high) == _AGE_BANDS[-1] else f"{low} to {high}"


def _between(ages: np.ndarray, low: int, high: int) -> int:
    return int(((ages >= low) & (ages < high + 1)).sum())
