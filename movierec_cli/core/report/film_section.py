"""The section about films: how they are rated against how often."""

import pandas as pd

from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.report.document import (
    Block,
    Column,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.original import is_the_original
from movierec_cli.core.report.pictures import panels
from movierec_cli.core.report.wording import count, decimal, percent, strength

_MIDDLE = 3.0  # of the scale 1..5
_STATISTICS = {
    "mean": "Mean",
    "std": "Standard deviation",
    "min": "Lowest",
    "p25": "25 %",
    "median": "Median",
    "p75": "75 %",
    "max": "Highest",
    "pearson": "Correlation with the number of ratings (Pearson)",
    "spearman": "The same of the ranks (Spearman)",
}


def films(dataset: Dataset, draw: bool) -> Section:
    """Describe the ratings of films."""
    try:
        table = eda.films(dataset)
    except UsageError:
        text = f"No film has the {eda.MIN_RATINGS} ratings that it takes to say how it is rated."
        return Section("Films", [Paragraph(text)])
    statistics = eda.film_statistics(table).set_index("of")
    blocks: list[Block] = [
        Paragraph(films_sentence(table, statistics)),
        Paragraph(tail_sentence(dataset)),
    ]
    if is_the_original(dataset):
        blocks.insert(1, Note("correction", films_correction(table, statistics)))
    if draw:
        tables = (table, eda.ratings_per_film(dataset), eda.long_tail(dataset))
        drawn = panels(figures.films(*tables, dataset.name))
        caption = (
            f"How {count(len(table), 'film')} with at least {eda.MIN_RATINGS} ratings are rated "
            "against how often, how their means are spread, and how all films share the ratings."
        )
        blocks.append(Figure("films", caption, drawn))
    blocks.append(_statistics(statistics))
    return Section("Films", blocks)


def films_sentence(table: pd.DataFrame, statistics: pd.DataFrame) -> str:
    """Say how films are rated and how that goes with their popularity."""
    mean, std = statistics.loc["mean"], statistics.loc["std"]
    direction = "higher" if mean["pearson"] > 0 else "lower"
    related = (
        f"The number of ratings goes {strength(mean['pearson'])} with the mean"
        if abs(mean["pearson"]) >= 0.1
        else "The number of ratings tells hardly anything of the mean"
    )
    tendency = (
        f": films rated more often are rated {direction}" if abs(mean["pearson"]) >= 0.1 else ""
    )
    return (
        f"Over the {count(len(table), 'film')} with at least {eda.MIN_RATINGS} ratings the mean "
        f"rating is {decimal(mean['mean'], 3)} on average, and the ratings of one film have a "
        f"standard deviation of {decimal(std['mean'], 3)}. {related} (correlation "
        f"{decimal(mean['pearson'], 3)}, of the ranks {decimal(mean['spearman'], 3)}){tendency}."
    )


def films_correction(table: pd.DataFrame, statistics: pd.DataFrame) -> str:
    """Say what the original read out of this table, and what it says."""
    good = float((table["mean"] >= _MIDDLE).mean())
    return (
        'The original read here that most films have bad ratings, "uncorrelated with the number '
        f'of watches". {percent(good)} of these films have a mean of {_MIDDLE:g} or higher, and '
        f"the correlation is {decimal(statistics.loc['mean', 'pearson'], 3)}."
    )


def tail_sentence(dataset: Dataset) -> str:
    """Say how unevenly the ratings are spread over the films."""
    tail = eda.long_tail(dataset).set_index("most_rated")
    bands = eda.ratings_per_film(dataset)
    once = int(bands.loc[bands["to"] == 1, "films"].sum())
    text = (
        f"The {count(tail.loc[0.1, 'films'])} most rated films, a tenth of the catalog, have "
        f"{percent(tail.loc[0.1, 'share'])} of all ratings, the {count(tail.loc[0.5, 'films'])} in "
        f"its upper half {percent(tail.loc[0.5, 'share'])}"
    )
    return f"{text}; {count(once, 'film has', 'films have')} a single one." if once else f"{text}."


def _statistics(statistics: pd.DataFrame) -> Table:
    names = {"mean": 3, "median": 3, "std": 3, "ratings": 1}
    headers = ("Mean", "Median", "Standard deviation", "Number of ratings")
    rows = [
        [label, *(decimal(statistics.loc[of, key], _digits(key, digits))
                  for of, digits in names.items())]
        for key, label in _STATISTICS.items()
    ]  # fmt: skip
    return Table(
        "Mean, median, standard deviation and number of a film's ratings, over these films.",
        [Column("Over films"), *(Column(header, numeric=True) for header in headers)],
        rows,
    )


def _digits(statistic: str, digits: int) -> int:
    return 3 if statistic in ("pearson", "spearman") else digits
