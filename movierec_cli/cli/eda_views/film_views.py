"""Films: how they are rated, and the long tail."""

from typing import TYPE_CHECKING

from movierec_cli.cli.eda_views.parts import (
    NARROW_BAR_WIDTH,
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
from movierec_cli.core.data.titles import without_year

if TYPE_CHECKING:
    import pandas as pd

    from movierec_cli.core.data.dataset import Dataset

_BEST_AND_WORST = 10


def films(dataset: "Dataset", min_ratings: int) -> list[Section]:
    """Show how films are rated, the best and the worst, and the long tail."""
    table = eda.films(dataset, min_ratings)
    counted = f"{len(table):,} films with at least {min_ratings:,} ratings"
    names = {"mean": ("Mean", 3), "median": ("Median", 3), "std": ("Std", 3)}
    return [
        statistics(
            "film_statistics",
            titled(f"Mean, median and standard deviation of the ratings of {counted}", dataset),
            eda.film_statistics(table),
            {**names, "ratings": ("Ratings", 1)},
        ),
        _film_distribution(table, titled(f"Distribution over {counted}", dataset)),
        _best_and_worst(table, titled(f"By mean rating: {counted}", dataset)),
        _ratings_per_film(dataset),
        _long_tail(dataset),
    ]


def _film_distribution(table: "pd.DataFrame", title: str) -> Section:
    distribution = eda.film_distribution(table)
    names = {"mean": "Mean", "median": "Median", "std": "Std"}
    records: Records = distribution.to_dict("records")
    columns = [Column("From", numeric=True), Column("To", numeric=True)]
    for header in names.values():
        columns += [Column(header, numeric=True), Column("", style="cyan")]
    rows = []
    for record in records:
        row = [number(record["from"], 2), number(record["to"], 2)]
        for name in names:
            most = distribution[name].max()
            row += [number(record[name], 0), scaled_bar(record[name], most, NARROW_BAR_WIDTH)]
        rows.append(row)
    notes = [
        "To: not within the row, but in the last. Std: standard deviation of a film's ratings."
    ]
    return Section("film_distribution", View(title, columns, rows, notes), records)


def _best_and_worst(table: "pd.DataFrame", title: str) -> Section:
    """Show both ends of all films; the records have every film."""
    records: Records = table.to_dict("records")
    shown = list(enumerate(records, start=1))
    between = len(shown) - 2 * _BEST_AND_WORST
    rows = [_film_row(rank, film) for rank, film in shown]
    if between > 0:
        gap = ["", f"({between:,} films between)", *[""] * 5]
        rows[_BEST_AND_WORST:-_BEST_AND_WORST] = [gap]
    columns = [
        Column("#", numeric=True),
        Column("Title", style="bold"),
        Column("Year"),
        *(Column(name, numeric=True) for name in ("Ratings", "Mean", "Median", "Std")),
    ]
    return Section("films", View(title, columns, rows), records)


def _film_row(rank: int, film: Record) -> list[str]:
    return [
        f"{rank:,}",
        without_year(film["title"]),
        str(film["year"] or "–"),
        number(film["ratings"], 0),
        number(film["mean"], 2),
        number(film["median"], 1),
        number(film["std"], 2),
    ]


def _ratings_per_film(dataset: "Dataset") -> Section:
    table = eda.ratings_per_film(dataset)
    records: Records = table.to_dict("records")
    most = table["films"].max()
    columns = [
        Column("Ratings", numeric=True),
        Column("Films", numeric=True),
        Column("% of\nfilms", numeric=True),
        Column("", style="cyan"),
        Column("% of\nratings", numeric=True),
        Column("Mean\nrating", numeric=True),
    ]
    rows = [
        [
            band(record),
            number(record["films"], 0),
            percent(record["share_of_films"]),
            scaled_bar(record["films"], most),
            percent(record["share_of_ratings"]),
            number(record["mean_rating"], 2),
        ]
        for record in records
    ]
    title = titled("All films by their number of ratings", dataset)
    return Section("ratings_per_film", View(title, columns, rows), records)


def _long_tail(dataset: "Dataset") -> Section:
    records: Records = eda.long_tail(dataset).to_dict("records")
    columns = [
        Column("Most rated"),
        Column("Films", numeric=True),
        Column("Ratings", numeric=True),
        Column("% of\nratings", numeric=True),
        Column("", style="cyan"),
    ]
    rows = [
        [
            f"{record['most_rated']:.0%}",
            number(record["films"], 0),
            number(record["ratings"], 0),
            percent(record["share"]),
            scaled_bar(record["share"], 1.0),
        ]
        for record in records
    ]
    title = titled("The long tail: what the most rated films get", dataset)
    return Section("long_tail", View(title, columns, rows), records)
