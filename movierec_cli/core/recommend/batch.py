"""Recommendations for every user of a data set, written to a table while they are computed."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.parquet import pyarrow
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import atomic_write, is_folder
from movierec_cli.core.models.base import Model
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.rank import recommend_all

COLUMNS = (
    "user_id", "rank", "film_id", "title", "year", "genres", "score", "rating", "like_probability",
)  # fmt: skip
"""The user, and fields of `Recommendation`; a value that the model does not give is null."""

FORMATS = ("csv", "jsonl", "parquet")

_BATCH = 256  # users scored at once; bounds the dense [users, films] arrays

Record = dict[str, Any]


def write_recommendations(
    model: Model, dataset: Dataset, filters: Filters, path: Path, progress: Progress = SILENT
) -> int:
    """Write the best films of every user; return the number of rows.

    A row is one film for one user. The end of the file name chooses the format. The file appears
    when it is complete; no more than one batch of users is held. Users with fewer films left than
    ``filters.n`` get fewer.

    Raises
    ------
    UsageError
        As `output_format` and `recommend`.
    DataError
        If the file cannot be written.
    """
    writers = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}
    write = writers[output_format(path, FORMATS)]
    written = 0

    n_users = len(dataset.users)

    def batches() -> Iterator[list[Record]]:
        nonlocal written
        for start in range(0, n_users, _BATCH):
            rows = np.arange(start, min(start + _BATCH, n_users))
            users = dataset.users.take(rows)
            lists = recommend_all(model, dataset, dataset.histories.take(rows), users, filters)
            records = [
                {"user_id": user_id, **{name: getattr(film, name) for name in COLUMNS[1:]}}
                for user_id, films in zip(users.ids.tolist(), lists, strict=True)
                for film in films
            ]
            yield records
            written += len(records)
            progress.advance(len(rows))

    progress.start("Recommending", n_users)
    try:
        with atomic_write(path) as file:
            write(file, batches())
    finally:
        progress.finish()
    return written


def output_format(path: Path, formats: tuple[str, ...]) -> str:
    """Return the format that a file name ends with, one of ``formats``.

    Raises a `UsageError` otherwise, and a `DataError` if it is parquet without pyarrow.
    """
    if is_folder(path):
        raise UsageError(f"{path} is a folder.", f"Name a file: -o {path / f'NAME.{formats[0]}'}")
    chosen = path.suffix.lower().removeprefix(".")
    if chosen not in formats:
        raise UsageError(
            f"The file name {path.name!r} ends with no known format.",
            f"Let it end with one of: {', '.join(f'.{name}' for name in formats)}",
        )
    if chosen == "parquet":
        pyarrow()
    return chosen


def _write_csv(file: BinaryIO, batches: Iterator[list[Record]]) -> None:
    """Write comma-separated values in UTF-8 with a header; genres are joined with ``|``."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for records in batches:
        writer.writerows({**record, "genres": "|".join(record["genres"])} for record in records)
    text.detach()


def _write_jsonl(file: BinaryIO, batches: Iterator[list[Record]]) -> None:
    """Write a JSON object on each line, in UTF-8."""
    for records in batches:
        file.writelines(
            json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records
        )


def _write_parquet(file: BinaryIO, batches: Iterator[list[Record]]) -> None:
    """Write a Parquet file, a row group for each batch."""
    arrow = pyarrow()
    types = (
        arrow.int64(), arrow.int32(), arrow.int64(), arrow.string(), arrow.int32(),
        arrow.list_(arrow.string()), arrow.float64(), arrow.float64(), arrow.float64(),
    )  # fmt: skip
    schema = arrow.schema(list(zip(COLUMNS, types, strict=True)))
    with pyarrow("pyarrow.parquet").ParquetWriter(file, schema) as writer:
        for records in batches:
            writer.write_table(arrow.Table.from_pylist(records, schema=schema))
