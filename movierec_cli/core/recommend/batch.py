"""Recommendations for every user of a data set, written as a table while they are made.

A row is one film for one user, with the same columns in every format.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import atomic_write, is_folder
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.topk import PAD
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.parquet import ParquetTable, pyarrow
from movierec_cli.core.recommend.rank import TopK, genres_of, recommend_everyone

COLUMNS = (
    "user_id", "rank", "film_id", "title", "year", "genres", "score", "rating", "like_probability",
)  # fmt: skip
"""As the fields of `Recommendation`; what a model does not tell is null."""

Row = tuple[Any, ...]


class TableWriter(Protocol):
    """Writes rows to a binary file in one format."""

    def open(self, file: BinaryIO) -> None:
        """Begin a table in ``file``."""

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows, each with a value for every one of `COLUMNS`."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


@dataclass(frozen=True, eq=False)
class Target:
    """A file to write to, in the format that its name ends with."""

    path: Path
    writer: TableWriter


def table_writer(path: Path) -> Target:
    """Choose the format by the end of a file name: csv, jsonl or parquet.

    Raises
    ------
    UsageError
        If it is none of them, or ``path`` is a folder.
    DataError
        If it is parquet and pyarrow is not installed.
    """
    if is_folder(path):
        raise UsageError(f"{path} is a folder.", f"Name a file: -o {path / 'films.csv'}")
    kind = path.suffix.lower()
    if kind == ".csv":
        return Target(path, CsvTable())
    if kind == ".jsonl":
        return Target(path, JsonLinesTable())
    if kind == ".parquet":
        return Target(path, ParquetTable(_parquet_schema()))
    raise UsageError(
        f"It is not known what format {path.name!r} should have.",
        "Let the name end with .csv, .jsonl or .parquet.",
    )


def write_recommendations(
    model: Model,
    dataset: Dataset,
    filters: Filters,
    target: Target,
    progress: Progress = SILENT,
    ranker: Model | None = None,
) -> int:
    """Write the best films of every user; return the number of rows.

    The file appears when it is complete. Users with fewer films left than wished for get fewer.

    Raises
    ------
    UsageError
        As `recommend_everyone`.
    DataError
        If the file cannot be written.
    """
    films = _film_columns(dataset)
    written = 0
    progress.start("Recommending", len(dataset.users))
    try:
        with atomic_write(target.path) as file:
            target.writer.open(file)
            for lists in recommend_everyone(model, dataset, filters, ranker):
                rows = list(_rows(dataset, films, lists))
                target.writer.write(rows)
                written += len(rows)
                progress.advance(len(lists.user_rows))
            target.writer.close()
    finally:
        progress.finish()
    return written


def _film_columns(dataset: Dataset) -> list[Row]:
    """Return id, title, year and genres of each film."""
    films = dataset.films
    return [
        (film_id, title, year_in(title), genres_of(dataset, row))
        for row, (film_id, title) in enumerate(
            zip(films.ids.tolist(), films.titles.tolist(), strict=True)
        )
    ]


def _rows(dataset: Dataset, films: list[Row], lists: TopK) -> Iterator[Row]:
    def told(values: FloatArray | None) -> list[list[float | None]]:
        if values is None:
            return [[None] * lists.film_rows.shape[1]] * len(lists.film_rows)
        return np.asarray(values, np.float64).tolist()  # type: ignore[no-any-return]

    ids = dataset.users.ids[lists.user_rows].tolist()
    scores = lists.scores
    columns = (lists.film_rows.tolist(), told(scores.score), told(scores.rating),
               told(scores.like_probability))  # fmt: skip
    for user_id, *own in zip(ids, *columns, strict=True):
        for rank, (row, *values) in enumerate(zip(*own, strict=True), start=1):
            if row != PAD:
                yield (user_id, rank, *films[row], *values)


class CsvTable:
    """Comma-separated values in UTF-8 with a header; genres are joined with ``|``."""

    def open(self, file: BinaryIO) -> None:
        """Write the header."""
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(COLUMNS)

    def write(self, rows: Sequence[Row]) -> None:
        """Append a line for each row."""
        genres = COLUMNS.index("genres")
        self._csv.writerows(
            [*row[:genres], "|".join(row[genres]), *row[genres + 1 :]] for row in rows
        )

    def close(self) -> None:
        """Let go of the file."""
        self._text.detach()


class JsonLinesTable:
    """A JSON object on each line, in UTF-8."""

    def open(self, file: BinaryIO) -> None:
        """Keep the file."""
        self._file = file

    def write(self, rows: Sequence[Row]) -> None:
        """Append a line for each row."""
        self._file.writelines(
            json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False).encode() + b"\n"
            for row in rows
        )

    def close(self) -> None:
        """Do nothing: every line is written."""


def _parquet_schema() -> Any:
    arrow = pyarrow()
    kinds = (
        arrow.int64(), arrow.int32(), arrow.int64(), arrow.string(), arrow.int32(),
        arrow.list_(arrow.string()), arrow.float64(), arrow.float64(), arrow.float64(),
    )  # fmt: skip
    return arrow.schema(list(zip(COLUMNS, kinds, strict=True)))
