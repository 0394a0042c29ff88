"""Values of the chapter on the data: what its text and tables show."""

from typing import Any

import pandas as pd

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import named_genres
from movierec_cli.core.errors import UsageError

_MOST_USERS = 0.9  # a genre that this share of the users watches is one that nearly all watch
_ENOUGH_USERS = 10  # of an occupation, to speak of its preferences
_ENOUGH_EXPECTED = 50.0  # ratings of a genre, if the occupation watched like all users
_GOOD_MEAN = 3.0  # the middle of the scale 1..5
_WITHOUT_ACTION = "Action"  # the genre that the original left out of its list
_LIBRARIANS = ("librarian", "Western")  # the example of the original


def data_context(dataset: Dataset) -> dict[str, Any]:
    """Return the values of the chapter on the data."""
    facts = eda.overview(dataset)
    return {
        "facts": facts.to_dict("records")[0],
        "overview": _table("overview", facts),
        "genres": _genres(dataset),
        "users": _users(dataset),
        "occupations": _occupations(dataset) if eda.has_occupations(dataset) else None,
        "films": _films(dataset),
        "long_tail": _table("long_tail", eda.long_tail(dataset)),
    }


def _table(key: str, table: pd.DataFrame) -> dict[str, Any]:
    """Return the cells and the notes of a table in its layout."""
    layout = eda.LAYOUTS[key]
    return {"grid": layout.grid(table), "notes": layout.notes}


def _genres(dataset: Dataset) -> dict[str, Any]:
    table = eda.genres(dataset)
    named = table.iloc[named_genres(dataset)]
    ranked = named.sort_values("ratings", ascending=False, kind="stable", ignore_index=True)
    per_film = named.dropna(subset="watchers_per_film")
    per_film = per_film.sort_values("watchers_per_film", kind="stable")
    return {
        "table": _table("genres", table),
        "count": len(named),
        "most_rated": ranked.head(4).to_dict("records"),
        "watched_by_most": int((named["watchers"] >= _MOST_USERS * len(dataset.users)).sum()),
        "most_users": _MOST_USERS,
        "per_film": per_film.iloc[[0, -1]].to_dict("records") if len(per_film) else [],
        "correlation": _rank_correlation(named["films"], named["watchers_per_film"]),
        "action": _ranked(ranked, _WITHOUT_ACTION),
    }


def _ranked(ranked: pd.DataFrame, genre: str) -> dict[str, Any] | None:
    """Return the row of a genre with its rank by ratings."""
    found = ranked.index[ranked["genre"] == genre]
    return {"rank": int(found[0]) + 1, **ranked.loc[found[0]]} if len(found) else None


def _users(dataset: Dataset) -> dict[str, Any]:
    table = eda.users(dataset)
    every = int((table["genres"] == len(named_genres(dataset))).sum())
    return {
        "table": _table("user_statistics", eda.user_statistics(table)),
        "of_every_genre": every,
        "of_every_genre_share": every / len(table),
        "correlation": _rank_correlation(table["genres"], table["ratings"]),
    }


def _occupations(dataset: Dataset) -> dict[str, Any]:
    table = eda.occupations(dataset)
    sizes = table.groupby("occupation")["users"].first()
    sure = _sure(dataset, table)
    example = table[(table["occupation"] == _LIBRARIANS[0]) & (table["genre"] == _LIBRARIANS[1])]
    return {
        "largest": sizes.idxmax(),
        "largest_users": sizes.max(),
        "most": None if sure.empty else sure.loc[sure["lift"].idxmax()],
        "least": None if sure.empty else sure.loc[sure["lift"].idxmin()],
        "enough_users": _ENOUGH_USERS,
        "enough_expected": _ENOUGH_EXPECTED,
        "example": None if example.empty else example.iloc[0],
    }


def _sure(dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the pairs of so many expected ratings that chance is small."""
    totals = eda.user_occupations(eda.users(dataset)).set_index("occupation")["ratings"]
    genres = eda.genres(dataset).set_index("genre")["ratings"] / max(len(dataset.ratings), 1)
    expected = table["occupation"].map(totals) * table["genre"].map(genres)
    return table[(table["users"] >= _ENOUGH_USERS) & (expected >= _ENOUGH_EXPECTED)]


def _films(dataset: Dataset) -> dict[str, Any] | None:
    """Return the statistics of films; ``None`` where no film has enough ratings."""
    try:
        table = eda.films(dataset)
    except UsageError:
        return None
    statistics = eda.film_statistics(table)
    bands, tail = eda.ratings_per_film(dataset), eda.long_tail(dataset)
    return {
        "table": _table("film_statistics", statistics),
        "count": len(table),
        "min_ratings": eda.MIN_RATINGS,
        "statistics": statistics.set_index("of").to_dict("index"),
        "good_mean": _GOOD_MEAN,
        "good_share": float((table["mean"] >= _GOOD_MEAN).mean()),
        "tenth_share": tail.loc[tail["most_rated"] == 0.1, "share"].item(),
        "rated_once": int(bands.loc[bands["to"] == 1, "films"].sum()),
    }


def _rank_correlation(left: pd.Series, right: pd.Series) -> float:
    """Return Spearman's rank correlation; ties share their mean rank."""
    return float(left.rank().corr(right.rank()))
