"""Tables of films: the statistics of their ratings, and their popularity.

Functions of a ``table`` take the one of `films`.
"""

import math

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import Dataset, IntArray
from movierec_cli.core.data.titles import without_year, year_in
from movierec_cli.core.eda.counting import band_of, bands, describe, shares
from movierec_cli.core.eda.layout import Column, Layout, compact, decimals, percent, whole
from movierec_cli.core.eda.user_tables import STATISTICS
from movierec_cli.core.errors import UsageError

MIN_RATINGS = 8
"""By default, films with fewer ratings are left out: their statistics are mostly chance."""

PER_FILM = ("mean", "median", "std")
"""The statistics of the ratings of each film."""

_STEP = 0.25  # of a star, in the distribution of the films' statistics
_MOST_RATED = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)

FILM_STATISTICS = Layout(
    "film_statistics",
    "Ratings of {films} films with at least {min_ratings} ratings",
    (
        *STATISTICS,
        Column("pearson", "Correlation with number of ratings (Pearson)", compact),
        Column("spearman", "Correlation with number of ratings (Spearman)", compact),
    ),
    ("Mean, median, standard deviation and number of the ratings of a film, over these films.",),
    headers=("Over films", "Mean", "Median", "Std", "Ratings"),
)
FILM_DISTRIBUTION = Layout(
    "film_distribution",
    "Distribution over {films} films with at least {min_ratings} ratings",
    (
        Column("from", "From", decimals(2)),
        Column("to", "To", decimals(2)),
        Column("mean", "Mean", whole, bar=True),
        Column("median", "Median", whole, bar=True),
        Column("std", "Std", whole, bar=True),
    ),
    (
        "From is within the row; To is within the last row only. "
        "Std: standard deviation of the ratings of a film.",
    ),
)
FILMS = Layout(
    "films",
    "{films} films with at least {min_ratings} ratings by mean rating",
    (
        Column("title", "Title", without_year, numeric=False),
        Column("year", "Year", numeric=False),
        Column("ratings", "Ratings", whole),
        Column("mean", "Mean", decimals(2)),
        Column("median", "Median", decimals(2)),
        Column("std", "Std", decimals(2)),
    ),
)
RATINGS_PER_FILM = Layout(
    "ratings_per_film",
    "All films by their number of ratings",
    (
        Column("from", "From", whole),
        Column("to", "To", whole),
        Column("films", "Films", whole),
        Column("share_of_films", "% of\nfilms", percent, bar=True),
        Column("share_of_ratings", "% of\nratings", percent),
        Column("mean_rating", "Mean\nrating", decimals(2)),
    ),
)
LONG_TAIL = Layout(
    "long_tail",
    "The long tail: ratings of the most rated films",
    (
        Column("most_rated", "Most rated", "{:.0%}".format),
        Column("films", "Films", whole),
        Column("ratings", "Ratings", whole),
        Column("share", "% of\nratings", percent, bar=True),
    ),
)


def films(dataset: Dataset, min_ratings: int = MIN_RATINGS) -> pd.DataFrame:
    """Describe the ratings of each film with at least ``min_ratings`` of them.

    Returns
    -------
    A row for each such film, highest mean first and, of equal means, most ratings first:
    ``film`` (the id), ``title`` and ``year`` (both from the title; ``None`` where it has none),
    ``ratings`` (their number), ``mean``, ``median`` and ``std`` of them (n - 1 in the
    denominator; NaN for a single rating).

    Raises
    ------
    UsageError
        If no film has that many ratings.
    """
    values = pd.Series(dataset.ratings.values.astype(np.float64))
    found = values.groupby(dataset.ratings.film_rows).agg(["count", *PER_FILM])
    most = int(found["count"].max())
    if most < min_ratings:
        raise UsageError(
            f"No film has {min_ratings:,} ratings; the most rated has {most:,}.",
            f"Lower the bound: --min-ratings {most}",
        )
    found = found[found["count"] >= min_ratings]
    rows = found.index.to_numpy()
    titles = dataset.films.titles[rows]
    table = pd.DataFrame(
        {
            "film": dataset.films.ids[rows],
            "title": titles,
            "year": pd.Series([year_in(str(title)) for title in titles], dtype=object),
            "ratings": found["count"].to_numpy(),
            **{name: found[name].to_numpy() for name in PER_FILM},
        }
    )
    return table.sort_values(
        ["mean", "ratings", "film"], ascending=[False, False, True], ignore_index=True
    )


def film_statistics(table: pd.DataFrame) -> pd.DataFrame:
    """Summarize the statistics of films, and correlate them with popularity.

    Returns
    -------
    A row for each ``of``: ``mean``, ``median`` and ``std`` of a film's ratings and ``ratings``,
    their number; with ``mean``, ``std``, ``min``, ``p05``, ``p25``, ``median``, ``p75``, ``p95``
    and ``max`` over films, and the correlation with the number of ratings: ``pearson``, and
    ``spearman`` (Pearson's of the ranks, ties sharing their mean rank). A correlation with
    something that does not vary is NaN.
    """
    names = [*PER_FILM, "ratings"]
    ranks = table[names].rank()
    return describe(table[names]).assign(
        pearson=[_correlation(table[name], table["ratings"]) for name in names],
        spearman=[_correlation(ranks[name], ranks["ratings"]) for name in names],
    )


def film_distribution(table: pd.DataFrame) -> pd.DataFrame:
    """Count films by the mean, the median and the standard deviation of their ratings.

    Returns
    -------
    A row for each quarter of a star between the lowest and the highest: ``from`` (within it),
    ``to`` (within it in the last row only), and the number of films whose ``mean``, ``median``,
    ``std`` lies there.
    """
    values = table[list(PER_FILM)]
    first = math.floor(float(values.min().min()) / _STEP)
    last = max(math.ceil(float(values.max().max()) / _STEP), first + 1)
    edges = np.arange(first, last + 1) * _STEP
    counts = {name: np.histogram(values[name].dropna(), bins=edges)[0] for name in PER_FILM}
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], **counts})


def ratings_per_film(dataset: Dataset) -> pd.DataFrame:
    """Count the films of the catalog by their number of ratings.

    Returns
    -------
    A row for each band 0, 1, 2-4, 5-9, 10-19, 20-49, ...: ``from`` and ``to``, both within it,
    ``films``, ``share_of_films``, ``ratings``, ``share_of_ratings``, and ``mean_rating`` of the
    ratings in it (NaN where there is none).
    """
    counts = _counts(dataset)
    found = bands(counts).rename(columns={"count": "films"})
    band = band_of(counts, found)
    sums = np.bincount(
        dataset.ratings.film_rows, dataset.ratings.values.astype(np.float64), len(counts)
    )
    ratings = np.bincount(band, counts, len(found)).astype(np.int64)
    stars = pd.Series(np.bincount(band, sums, len(found)))
    return found.assign(
        share_of_films=shares(found["films"]),
        ratings=ratings,
        share_of_ratings=shares(ratings),
        mean_rating=stars / np.where(ratings > 0, ratings, np.nan),
    )


def long_tail(dataset: Dataset) -> pd.DataFrame:
    """Count the ratings of the most rated films of the catalog.

    Returns
    -------
    A row for each ``most_rated`` share of the catalog, the number of films rounded up:
    ``films``, ``ratings`` of them, ``share`` of all ratings.
    """
    counts = np.sort(_counts(dataset))[::-1]
    taken = np.array([math.ceil(round(share * len(counts), 6)) for share in _MOST_RATED])
    ratings = np.concatenate([[0], np.cumsum(counts)])[taken]
    return pd.DataFrame(
        {
            "most_rated": _MOST_RATED,
            "films": taken,
            "ratings": ratings,
            "share": ratings / len(dataset.ratings),
        }
    )


def _counts(dataset: Dataset) -> IntArray:
    """Count the ratings of each film, [n_films]."""
    return np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))


def _correlation(left: pd.Series, right: pd.Series) -> float:
    if left.nunique() < 2 or right.nunique() < 2:
        return math.nan
    return float(left.corr(right))
