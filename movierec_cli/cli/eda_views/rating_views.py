"""Ratings: how high, how sparse and how old."""

from typing import TYPE_CHECKING

from movierec_cli.cli.eda_views.parts import Records, percent, scaled_bar, titled
from movierec_cli.cli.output import Section, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.core import eda

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset


def ratings(dataset: "Dataset") -> list[Section]:
    """Show how high, how sparse and how old the ratings are."""
    return [_overview(dataset), _rating_values(dataset), _over_time(dataset)]


def _overview(dataset: "Dataset") -> Section:
    records: Records = eda.overview(dataset).to_dict("records")
    facts = records[0]
    rows = [
        ["Users", number(facts["users"], 0)],
        ["Films", number(facts["films"], 0)],
        ["Films with a rating", number(facts["rated_films"], 0)],
        ["Ratings", number(facts["ratings"], 0)],
        ["Ratings per user", number(facts["ratings_per_user"], 1)],
        ["Ratings per film", number(facts["ratings_per_film"], 1)],
        ["Rated pairs of user and film, %", percent(facts["density"])],
        ["Pairs without a rating, %", percent(facts["sparsity"])],
        ["Mean rating", number(facts["mean"], 3)],
        ["Standard deviation", number(facts["std"], 3)],
        ["Median rating", number(facts["median"], 1)],
        ["Ratings of 4 or higher, %", percent(facts["relevant_share"])],
        ["Users without a rating of 4 or higher", number(facts["users_without_relevant"], 0)],
        ["First rating (UTC)", facts["first"] or "–"],
        ["Last rating (UTC)", facts["last"] or "–"],
    ]
    view = View(
        titled("Overview", dataset), [Column("Quantity"), Column("Value", numeric=True)], rows
    )
    return Section("overview", view, records)


def _rating_values(dataset: "Dataset") -> Section:
    records: Records = eda.ratings(dataset).to_dict("records")
    most = max((record["share"] for record in records), default=0)
    columns = [
        Column("Rating", numeric=True),
        Column("Ratings", numeric=True),
        Column("%", numeric=True),
        Column("", style="cyan"),
    ]
    rows = [
        [
            f"{record['rating']:g}",
            number(record["ratings"], 0),
            percent(record["share"]),
            scaled_bar(record["share"], most),
        ]
        for record in records
    ]
    return Section("ratings", View(titled("How high ratings are", dataset), columns, rows), records)


def _over_time(dataset: "Dataset") -> Section:
    records: Records = eda.ratings_over_time(dataset).to_dict("records")
    most = max((record["ratings"] for record in records), default=0)
    columns = [
        Column("When"),
        Column("Ratings", numeric=True),
        Column("", style="cyan"),
        Column("Users", numeric=True),
        Column("New\nusers", numeric=True),
        Column("Mean\nrating", numeric=True),
    ]
    rows = [
        [
            record["period"],
            number(record["ratings"], 0),
            scaled_bar(record["ratings"], most),
            number(record["users"], 0),
            number(record["new_users"], 0),
            number(record["mean_rating"], 2),
        ]
        for record in records
    ]
    view = View(
        titled("Ratings over time", dataset),
        columns,
        rows,
        notes=["Users: who rated then. New users: whose first rating was then. UTC."],
    )
    return Section("ratings_over_time", view, records)
