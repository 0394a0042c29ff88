"""What the tables of ``movierec eda`` have in common."""

from typing import TYPE_CHECKING, Any

from movierec_cli.cli.options import dataset_label
from movierec_cli.cli.output import Section, bar, number
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    import pandas as pd

    from movierec_cli.core.data.dataset import Dataset

BAR_WIDTH = 16
NARROW_BAR_WIDTH = 8

Record = dict[str, Any]
Records = list[Record]

_STATISTICS = {
    "mean": "Mean",
    "std": "Standard deviation",
    "min": "Lowest",
    "p05": "5 %",
    "p25": "25 %",
    "median": "Median",
    "p75": "75 %",
    "p95": "95 %",
    "max": "Highest",
    "pearson": "Correlation with ratings (Pearson)",
    "spearman": "Correlation with ratings (Spearman)",
}


def titled(text: str, dataset: "Dataset") -> str:
    """Return a title that names the data set."""
    return f"{text} ({dataset_label(dataset.name)})"


def scaled_bar(value: float, most: float, width: int = BAR_WIDTH) -> str:
    """Draw a bar for a value, as wide as ``width`` for ``most``; nothing for NaN."""
    return bar(value / most, width) if most and value == value else ""  # noqa: PLR0124


def percent(share: float) -> str:
    """Write a share 0..1 in per cent, for a column that says so."""
    return number(100 * share, 1)


def band(record: Record) -> str:
    """Write the band of a histogram of counts."""
    low, high = record["from"], record["to"]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def statistics(
    key: str, title: str, table: "pd.DataFrame", names: dict[str, tuple[str, int]]
) -> Section:
    """Show a summary with a column for each quantity, given its name and digits."""
    records: Records = table.to_dict("records")
    by_name = {record["of"]: record for record in records}
    rows = [
        [label]
        + [
            number(by_name[of][statistic], 3 if statistic in ("pearson", "spearman") else digits)
            for of, (_, digits) in names.items()
        ]
        for statistic, label in _STATISTICS.items()
        if statistic in table
    ]
    columns = [Column("Statistic"), *(Column(header, numeric=True) for header, _ in names.values())]
    return Section(key, View(title, columns, rows), records)
