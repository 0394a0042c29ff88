"""Users: how much and how widely they watch, and who they are."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from movierec_cli.cli.eda_views.parts import (
    Record,
    Records,
    band,
    percent,
    scaled_bar,
    statistics,
    titled,
)
from movierec_cli.cli.output import Section, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.core import eda

if TYPE_CHECKING:
    import pandas as pd

    from movierec_cli.core.data.dataset import Dataset


def users(dataset: "Dataset") -> list[Section]:
    """Show how widely and how much users watch, and who they are."""
    table = eda.users(dataset)
    return [
        _user_counts(
            "genres_per_user",
            titled("Distinct genres that a user watches", dataset),
            Column("Genres", numeric=True),
            eda.genres_per_user(table),
            lambda record: number(record["genres"], 0),
            notes=[
                "A user watches a genre when she rated at least one film of it.",
                "Films without a genre do not count.",
            ],
        ),
        _user_counts(
            "ratings_per_user",
            titled("Ratings that a user gave", dataset),
            Column("Ratings", numeric=True),
            eda.ratings_per_user(table),
            band,
        ),
        statistics(
            "user_statistics",
            titled("Ratings, genres and mean rating of a user", dataset),
            eda.user_statistics(table),
            {"ratings": ("Ratings", 1), "genres": ("Genres", 1), "mean_rating": ("Mean rating", 2)},
        ),
        *(
            _user_counts(
                key,
                titled(f"Users by {of}", dataset),
                Column(of.capitalize()),
                counted,
                itemgetter(of),
            )
            for key, of, counted in (
                ("age_bands", "age", eda.age_bands(table)),
                ("genders", "gender", eda.genders(table)),
                ("user_occupations", "occupation", eda.user_occupations(table)),
            )
        ),
    ]


def _user_counts(
    key: str,
    title: str,
    first: Column,
    table: "pd.DataFrame",
    name: Callable[[Record], str],
    notes: Sequence[str] = (),
) -> Section:
    """Show users by something."""
    records: Records = table.to_dict("records")
    most = max((record["users"] for record in records), default=0)
    columns = [first, Column("Users", numeric=True), Column("%", numeric=True)]
    rows = [
        [
            name(record),
            number(record["users"], 0),
            percent(record["share"]),
            scaled_bar(record["users"], most),
        ]
        for record in records
    ]
    return Section(key, View(title, [*columns, Column("", style="cyan")], rows, notes), records)
