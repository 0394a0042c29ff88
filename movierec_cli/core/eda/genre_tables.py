"""Genres, and who watches which."""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import genre_counts, named_genres
from movierec_cli.core.errors import DataError, UsageError

METRICS = ("watchers", "ratings", "share", "lift")
"""What `occupations` tells of each occupation and genre."""


def genres(dataset: Dataset) -> pd.DataFrame:
    """Count what there is of each genre and who watches it.

    Returns
    -------
    A row for each genre in the order of the data set: ``genre``, ``films``, ``ratings``,
    ``watchers`` (distinct users), ``ratings_per_film`` and ``watchers_per_film`` (NaN for a genre
    without a film). A film of several genres counts in each.
    """
    counts = genre_counts(dataset)  # [n_users, n_genres]
    table = pd.DataFrame(
        {
            "genre": dataset.genres,
            "films": dataset.films.genres.sum(axis=0),
            "ratings": counts.sum(axis=0),
            "watchers": (counts > 0).sum(axis=0),
        }
    )
    counted = table["films"].where(table["films"] > 0)
    table["ratings_per_film"] = table["ratings"] / counted
    table["watchers_per_film"] = table["watchers"] / counted
    return table


def has_occupations(dataset: Dataset) -> bool:
    """Tell whether the occupation of any user is known."""
    return bool(dataset.occupations) and bool((dataset.users.occupation >= 0).any())


def occupations(dataset: Dataset) -> pd.DataFrame:
    """Count how users of each occupation watch each genre, over all films that they rated.

    Returns
    -------
    A row for each occupation that a user has and each named genre, both in the order of the data
    set:

    ``occupation``, ``genre``
        The pair.
    ``users``
        Users of the occupation.
    ``watchers``
        Those of them who rated at least one film of the genre.
    ``ratings``
        Their ratings of films of the genre. A film of several genres counts in each.
    ``share``
        ``ratings`` / all ratings by users of the occupation. The shares of an occupation sum to
        more than 1, because most films have several genres.
    ``lift``
        ``share`` / the share of the genre in the ratings by all users. Above 1, the occupation
        watches more of the genre than everyone does.

    Raises
    ------
    DataError
        If the occupation of no user is known.
    """
    if not has_occupations(dataset):
        raise DataError(
            f"The data set {dataset.name!r} does not tell the occupations of its users.",
            "Choose one that does, such as: --dataset ml-100k",
        )
    columns = named_genres(dataset)
    counts = genre_counts(dataset)[:, columns]  # [n_users, n_named]
    rated = np.bincount(dataset.ratings.user_rows, minlength=len(dataset.users))
    everyone = counts.sum(axis=0) / max(int(rated.sum()), 1)
    names = np.array(dataset.genres)[columns]
    parts = []
    for position, occupation in enumerate(dataset.occupations):
        members = dataset.users.occupation == position
        if members.any():
            part = _of_one_occupation(counts[members], int(rated[members].sum()), everyone)
            part.insert(0, "occupation", occupation)
            part.insert(1, "genre", names)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def occupation_matrix(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Lay out one metric of `occupations` as occupation x genre, most users first.

    Raises
    ------
    UsageError
        If there is no such metric.
    """
    if metric not in METRICS:
        raise UsageError(f"There is no metric {metric!r}.", f"Choose one of {', '.join(METRICS)}.")
    matrix = table.pivot(index="occupation", columns="genre", values=metric)
    sizes = table.groupby("occupation")["users"].first().sort_values(ascending=False, kind="stable")
    return matrix.loc[sizes.index, table["genre"].unique()]


def _of_one_occupation(counts: np.ndarray, rated: int, everyone: np.ndarray) -> pd.DataFrame:
    """Count for the users of one occupation: their ``counts`` are [n_members, n_genres]."""
    ratings = counts.sum(axis=0)
    share = ratings / rated if rated else np.full(len(ratings), np.nan)
    return pd.DataFrame(
        {
            "users": len(counts),
            "watchers": (counts > 0).sum(axis=0),
            "ratings": ratings,
            "share": share,
            "lift": np.divide(share, everyone, np.full(len(share), np.nan), where=everyone > 0),
        }
    )
