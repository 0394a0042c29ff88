"""Tables of genres, and of genres by occupation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import genre_counts, has_genres, named_genres
from movierec_cli.core.eda.layout import Column, Layout, Write, decimals, percent, whole
from movierec_cli.core.errors import DataError

_SEVERAL_GENRES = "A film of several genres counts in each."

GENRES = Layout(
    "genres",
    "Genres",
    (
        Column("genre", "Genre", numeric=False),
        Column("films", "Films", whole),
        Column("ratings", "Ratings", whole),
        Column("watchers", "Watchers", whole, bar=True),
        Column("ratings_per_film", "Ratings\nper film", decimals(1)),
        Column("watchers_per_film", "Watchers\nper film", decimals(2)),
    ),
    ("Watchers: users who rated at least one film of the genre.", _SEVERAL_GENRES),
)


@dataclass(frozen=True)
class Metric:
    """A metric of each pair of an occupation and a genre; ``notes`` are lines below its table."""

    title: str
    unit: str
    write: Write
    notes: tuple[str, ...]


_SIZES = "Counts follow the size of the occupation; --metric lift shows preferences."
METRICS = {
    "lift": Metric(
        "Lift: share of the occupation's ratings / share of all ratings, by genre",
        "share of its ratings / share of all ratings",
        decimals(2),
        ("Above 1, red: more than all users watch of the genre. Few users mean much chance.",),
    ),
    "watchers": Metric(
        "Watchers by occupation and genre",
        "distinct users who watched",
        whole,
        ("Watchers: users of the occupation who rated at least one film of the genre.", _SIZES),
    ),
    "ratings": Metric(
        "Ratings by occupation and genre", "ratings", whole, (_SEVERAL_GENRES, _SIZES)
    ),
    "share": Metric(
        "Share of each occupation's ratings by genre, %",
        "% of the occupation's ratings",
        percent,
        (f"{_SEVERAL_GENRES} So the shares of an occupation sum to more than 100 %.",),
    ),
}
"""The columns of `occupations` that can be shown as a matrix."""


def genres(dataset: Dataset) -> pd.DataFrame:
    """Count the films, ratings and watchers of each genre.

    Returns
    -------
    A row for each genre in the order of the data set: ``genre``, ``films``, ``ratings``,
    ``watchers`` (distinct users), ``ratings_per_film`` and ``watchers_per_film`` (NaN for a genre
    without a film). A film of several genres counts in each.

    Raises
    ------
    DataError
        If the genre of no film is known.
    """
    if not has_genres(dataset):
        raise _lacks(dataset, "genres of its films", "ml-latest-small")
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
    """Return true if the occupation of any user is known."""
    return bool(dataset.occupations) and bool((dataset.users.occupation >= 0).any())


def occupations(dataset: Dataset) -> pd.DataFrame:
    """Count the ratings of each genre by users of each occupation, over all films that they rated.

    Returns
    -------
    A row for each occupation that a user has and each named genre, both in the order of the data
    set: ``occupation``, ``genre``, ``users`` of the occupation, ``watchers`` among them,
    their ``ratings`` of films of the genre; ``share``: ``ratings`` / all ratings by users of the
    occupation; ``lift``: ``share`` / the share of the genre in the ratings by all users. A film
    of several genres counts in each, so the shares of an occupation sum to more than 1.

    Raises
    ------
    DataError
        If the occupation of no user is known, or the genre of no film.
    """
    if not has_occupations(dataset):
        raise _lacks(dataset, "occupations of its users", "ml-100k")
    if not has_genres(dataset):
        raise _lacks(dataset, "genres of its films", "ml-100k")
    columns = named_genres(dataset)
    of = dataset.users.occupation
    counts = genre_counts(dataset)[:, columns]  # [n_users, n_named]
    rated = np.bincount(dataset.ratings.user_rows, minlength=len(dataset.users))
    of_all = pd.Series(counts.sum(axis=0) / rated.sum())
    found, users = np.unique(of[of >= 0], return_counts=True)
    ratings = np.array([counts[of == one].sum(axis=0) for one in found])
    watchers = np.array([(counts[of == one] > 0).sum(axis=0) for one in found])
    table = pd.DataFrame(
        {
            "occupation": np.repeat(np.array(dataset.occupations)[found], len(columns)),
            "genre": np.tile(np.array(dataset.genres)[columns], len(found)),
            "users": np.repeat(users, len(columns)),
            "watchers": watchers.ravel(),
            "ratings": ratings.ravel(),
        }
    )
    all_ratings = np.repeat([rated[of == one].sum() for one in found], len(columns))
    table["share"] = table["ratings"] / all_ratings
    table["lift"] = table["share"] / np.tile(of_all, len(found))
    return table


def _lacks(dataset: Dataset, lacking: str, other: str) -> DataError:
    return DataError(
        f"The data set {dataset.name!r} has no {lacking}.",
        f"Choose one that does, such as: --dataset {other}",
    )


def occupation_matrix(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Lay out one of `METRICS` of `occupations` as occupation x genre, most users first."""
    matrix = table.pivot(index="occupation", columns="genre", values=metric)
    sizes = table.groupby("occupation")["users"].first().sort_values(ascending=False, kind="stable")
    return matrix.loc[sizes.index, table["genre"].unique()]
