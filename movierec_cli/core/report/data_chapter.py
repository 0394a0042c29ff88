"""Values of the chapter on the data: the numbers of its text, and its tables."""

from typing import Any

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import named_genres
from movierec_cli.core.errors import UsageError

_GOOD_MEAN = 3.0  # the middle of the scale 1..5


def data_values(dataset: Dataset) -> dict[str, Any]:
    """Return the values of the chapter on the data."""
    facts = eda.overview(dataset)
    return {
        "facts": facts.to_dict("records")[0],
        "overview": eda.LAYOUTS["overview"].grid(facts),
        "gaps": [gap.text for gap in eda.gaps(dataset)],
        "has_times": dataset.has_times,
        "has_demographics": dataset.users.have_demographics,
        "genres": _genres(dataset) if eda.has_genres(dataset) else None,
        "users": _users(dataset),
        "occupations": _occupations(dataset) if has_pairs(dataset) else None,
        "films": _films(dataset),
    }


def has_pairs(dataset: Dataset) -> bool:
    """Return true if there are occupations and genres to compare."""
    return eda.has_occupations(dataset) and eda.has_genres(dataset)


def _genres(dataset: Dataset) -> dict[str, Any]:
    table = eda.genres(dataset)
    named = table.iloc[named_genres(dataset)]
    ranked = named.sort_values("ratings", ascending=False, kind="stable").to_dict("records")
    per_film = named.dropna().sort_values("watchers_per_film", kind="stable").to_dict("records")
    places = enumerate(ranked, start=1)
    return {
        "table": eda.LAYOUTS["genres"].grid(table),
        "count": len(named),
        "most_rated": ranked[:4],
        "per_film": per_film and [per_film[0], per_film[-1]],
        "action": next(
            ({**row, "rank": rank} for rank, row in places if row["genre"] == "Action"), None
        ),
    }


def _users(dataset: Dataset) -> dict[str, Any]:
    table = eda.users(dataset)
    panels = {
        "number of genres": eda.genres_per_user(table),
        "number of ratings": eda.ratings_per_user(table),
        "age": eda.age_bands(table),
        "occupation": eda.user_occupations(table),
    }
    of_every_genre = table["genres"] == len(named_genres(dataset))
    return {
        "table": eda.LAYOUTS["user_statistics"].grid(eda.user_statistics(table)),
        "panels": [name for name, counts in panels.items() if len(counts)],
        "of_every_genre": of_every_genre.sum(),
        "of_every_genre_share": of_every_genre.mean(),
        "correlation": table["genres"].rank().corr(table["ratings"].rank()),
    }


def _occupations(dataset: Dataset) -> dict[str, Any]:
    """Return the pair of occupation and genre that the original report gives as its example."""
    table = eda.occupations(dataset)
    example = table[(table["occupation"] == "librarian") & (table["genre"] == "Western")]
    return {"example": next(iter(example.to_dict("records")), None)}


def _films(dataset: Dataset) -> dict[str, Any] | None:
    """Return the statistics of films; ``None`` where no film has enough ratings."""
    try:
        table = eda.films(dataset)
    except UsageError:
        return None
    statistics = eda.film_statistics(table)
    bands, tail = eda.ratings_per_film(dataset), eda.long_tail(dataset)
    return {
        "table": eda.LAYOUTS["film_statistics"].grid(statistics),
        "long_tail": eda.LAYOUTS["long_tail"].grid(tail),
        "count": len(table),
        "min_ratings": eda.MIN_RATINGS,
        "statistics": statistics.set_index("of").to_dict("index"),
        "good_share": (table["mean"] >= _GOOD_MEAN).mean(),
        "tenth_share": tail.set_index("most_rated").loc[0.1, "share"],
        "rated_once": bands.loc[bands["to"] == 1, "films"].sum(),
    }
