"""Tables of ``movierec eda`` for the terminal, with complete records for programs."""

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from movierec_cli.cli.heat_map import below_to_above, low_to_high
from movierec_cli.cli.options import dataset_label
from movierec_cli.cli.output import Section, bar, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.core import eda

if TYPE_CHECKING:
    import pandas as pd

    from movierec_cli.core.data.dataset import Dataset

_BAR_WIDTH, _NARROW_BAR_WIDTH = 16, 8  # characters; narrow in tables of many columns
_MANY_COLUMNS = 5
_BEST_AND_WORST = 10  # films at each end of the list


def ratings(dataset: "Dataset") -> Iterator[Section]:
    """Show the values, the density and the time of the ratings."""
    yield _section("overview", eda.overview(dataset), dataset)
    yield _rating_values(dataset)
    yield _section("ratings_over_time", eda.ratings_over_time(dataset), dataset)


def genres(dataset: "Dataset", sort: str | None = None) -> Iterator[Section]:
    """Show the genres, in the order of the data set or by a column, its largest value first."""
    table = eda.genres(dataset)
    if sort is not None:
        table = table.sort_values(sort, ascending=sort == "genre", kind="stable")
    yield _section("genres", table, dataset)


def users(dataset: "Dataset") -> Iterator[Section]:
    """Show the breadth, the activity and the demographics of users."""
    table = eda.users(dataset)
    for key in (
        "genres_per_user",
        "ratings_per_user",
        "user_statistics",
        "age_bands",
        "genders",
        "user_occupations",
    ):
        yield _section(key, getattr(eda, key)(table), dataset)


def films(dataset: "Dataset", min_ratings: int) -> Iterator[Section]:
    """Show the ratings of films, the best and the worst films, and the long tail."""
    table = eda.films(dataset, min_ratings)
    counts = {"films": f"{len(table):,}", "min_ratings": f"{min_ratings:,}"}
    yield _section("film_statistics", eda.film_statistics(table), dataset, counts)
    yield _section("film_distribution", eda.film_distribution(table), dataset, counts)
    yield _best_and_worst(_section("films", table, dataset, counts))
    yield from _popularity(dataset)


def _popularity(dataset: "Dataset") -> Iterator[Section]:
    yield _section("ratings_per_film", eda.ratings_per_film(dataset), dataset)
    yield _section("long_tail", eda.long_tail(dataset), dataset)


def occupations(dataset: "Dataset", metric: str) -> Iterator[Section]:
    """Show one metric of each occupation and genre as a heat map; the records have all metrics."""
    table = eda.occupations(dataset)
    matrix = eda.occupation_matrix(table, metric)
    sizes = table.groupby("occupation")["users"].first()
    shown = eda.METRICS[metric]
    style = _lift_style if metric == "lift" else _style_up_to(float(matrix.max().max()))
    values = matrix.to_numpy().tolist()
    view = View(
        title=_titled(shown.title, dataset),
        columns=[
            Column("Occupation"),
            *(Column(header, numeric=True) for header in ("Users", *matrix.columns)),
        ],
        rows=[
            [occupation, number(sizes[occupation], 0), *map(shown.write, row)]
            for occupation, row in zip(matrix.index, values, strict=True)
        ],
        styles=[["", "", *map(style, row)] for row in values],
        notes=shown.notes,
    )
    yield Section("occupations", view, table.to_dict("records"))


def everything(
    dataset: "Dataset", min_ratings: int, metric: str, lacking: Collection[str]
) -> Iterator[Section]:
    """Show the tables of all commands; those of the keys ``lacking`` are empty."""
    yield from ratings(dataset)
    yield from [_empty("genres")] if "genres" in lacking else genres(dataset)
    yield from users(dataset)
    yield from [_empty("occupations")] if "occupations" in lacking else occupations(dataset, metric)
    if "films" in lacking:
        yield from map(_empty, ("film_statistics", "film_distribution", "films"))
        yield from _popularity(dataset)
    else:
        yield from films(dataset, min_ratings)


def _empty(key: str) -> Section:
    return Section(key, View("", [], []), [])


def _rating_values(dataset: "Dataset") -> Section:
    """Show each rating, in steps where there are too many; the records have each."""
    table = eda.ratings(dataset)
    section = _section("ratings", table, dataset)
    if not eda.has_many_values(table):
        return section
    view = _section("ratings", eda.rating_steps(table), dataset).view
    note = "Counted to the nearest quarter of a star; JSON and CSV have each value."
    return replace(section, view=replace(view, notes=[note]))


def _section(
    key: str, table: "pd.DataFrame", dataset: "Dataset", counts: dict[str, str] | None = None
) -> Section:
    """Show a table in its layout, a bar beside each column that has bars."""
    layout = eda.LAYOUTS[key]
    grid = layout.grid(table)
    columns: list[Column] = []
    rows: list[list[str]] = [[] for _ in grid.rows]
    width = _NARROW_BAR_WIDTH if len(grid.headers) >= _MANY_COLUMNS else _BAR_WIDTH
    for at, header in enumerate(grid.headers):
        columns.append(Column(header, numeric=grid.numeric[at]))
        for row, cells in zip(rows, grid.rows, strict=True):
            row.append(cells[at])
        if at in grid.bars:
            columns.append(Column("", style="cyan"))
            for row, share in zip(rows, grid.bars[at], strict=True):
                row.append("" if math.isnan(share) else bar(share, width))
    title = _titled(layout.title.format(**counts or {}), dataset)
    return Section(key, View(title, columns, rows, grid.notes), table.to_dict("records"))


def _best_and_worst(section: Section) -> Section:
    """Show both ends of the numbered films only; the records have every film."""
    view = section.view
    rows = [[f"{rank:,}", *row] for rank, row in enumerate(view.rows, start=1)]
    between = len(rows) - 2 * _BEST_AND_WORST
    if between > 0:
        gap = ["", f"({between:,} films between)", *[""] * (len(view.columns) - 1)]
        rows[_BEST_AND_WORST:-_BEST_AND_WORST] = [gap]
    columns = [Column("#", numeric=True), *view.columns]
    return Section(section.key, View(view.title, columns, rows, view.notes), section.records)


def _titled(text: str, dataset: "Dataset") -> str:
    """Return a title that names the data set."""
    return f"{text} ({dataset_label(dataset.name)})"


def _style_up_to(most: float) -> Callable[[float], str]:
    """Color counts and shares by their square root, so that the small ones differ too."""
    return lambda value: low_to_high(math.sqrt(value / most))


def _lift_style(value: float) -> str:
    """Color a lift by its logarithm, from half to twice the share of all users."""
    return below_to_above(0.5 + math.log2(value) / 2 if value else value)
