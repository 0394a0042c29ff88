"""Genres, and who watches which."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from movierec_cli.cli.eda_views.parts import NARROW_BAR_WIDTH, Records, percent, scaled_bar, titled
from movierec_cli.cli.heat_map import below_to_above, low_to_high
from movierec_cli.cli.output import Section, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.core import eda

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset


def genres(dataset: "Dataset", sort: str | None = None) -> Section:
    """Show the genres, in the order of the data set or by a column, its largest value first."""
    table = eda.genres(dataset)
    if sort is not None:
        table = table.sort_values(
            sort, ascending=sort == "genre", kind="stable", na_position="last"
        )
    records: Records = table.to_dict("records")
    most = max((record["watchers"] for record in records), default=0)
    view = View(
        title=titled("Genres", dataset),
        columns=[
            Column("Genre"),
            Column("Films", numeric=True),
            Column("Ratings", numeric=True),
            Column("Watchers", numeric=True),
            Column("", style="cyan"),
            Column("Ratings\nper film", numeric=True),
            Column("Watchers\nper film", numeric=True),
        ],
        rows=[
            [
                record["genre"],
                number(record["films"], 0),
                number(record["ratings"], 0),
                number(record["watchers"], 0),
                scaled_bar(record["watchers"], most, NARROW_BAR_WIDTH),
                number(record["ratings_per_film"], 1),
                number(record["watchers_per_film"], 2),
            ]
            for record in records
        ],
        notes=[
            "Watchers: users who rated at least one film of the genre.",
            "A film of several genres counts in each.",
        ],
    )
    return Section("genres", view, records)


def occupations(dataset: "Dataset", metric: str) -> Section:
    """Show one metric of each occupation and genre as a heat map; the records have all metrics."""
    table = eda.occupations(dataset)
    matrix = eda.occupation_matrix(table, metric)
    sizes = table.groupby("occupation")["users"].first()
    heading, write, notes = _METRICS[metric]
    style = _lift_style if metric == "lift" else _style_up_to(float(matrix.max().max()))
    values = matrix.to_numpy().tolist()
    view = View(
        title=titled(heading, dataset),
        columns=[
            Column("Occupation"),
            Column("Users", numeric=True),
            *(Column(genre, numeric=True) for genre in matrix.columns),
        ],
        rows=[
            [name, number(sizes[name], 0), *map(write, row)]
            for name, row in zip(matrix.index, values, strict=True)
        ],
        styles=[["", "", *map(style, row)] for row in values],
        notes=notes,
    )
    return Section("occupations", view, table.to_dict("records"))


def _style_up_to(most: float) -> Callable[[float], str]:
    """Color counts and shares by their square root, so that the small ones differ too."""
    return lambda value: low_to_high(math.sqrt(value / most) if most else math.nan)


def _lift_style(value: float) -> str:
    """Color a lift by its logarithm, from half to twice what everyone watches."""
    return below_to_above(0.5 + math.log2(value) / 2 if value else value)


def _count(value: float) -> str:
    return number(value, 0)


def _factor(value: float) -> str:
    return number(value, 2)


_OVER_ALL = "A film of several genres counts in each."
_METRICS: dict[str, tuple[str, Callable[[float], str], list[str]]] = {
    "watchers": (
        "Watchers by occupation and genre",
        _count,
        [
            "Watchers: users of the occupation who rated at least one film of the genre.",
            "Counts follow the size of the occupation; --metric lift shows who prefers what.",
        ],
    ),
    "ratings": (
        "Ratings by occupation and genre",
        _count,
        [
            _OVER_ALL,
            "Counts follow the size of the occupation; --metric lift shows who prefers what.",
        ],
    ),
    "share": (
        "Share of each occupation's ratings by genre, %",
        percent,
        [f"{_OVER_ALL} So the shares of an occupation sum to more than 100 %."],
    ),
    "lift": (
        "Lift: share of the occupation's ratings / share of everyone's, by genre",
        _factor,
        ["Above 1: more than everyone watches of the genre. Where users are few, chance is large."],
    ),
}
