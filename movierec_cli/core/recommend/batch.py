"""Recommendations for every user of a data set, written to a table while they are computed."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.parquet import pyarrow
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import atomic_write, is_folder
from movierec_cli.core.models.base import Model
from movierec_cli.core.parallel.group import group
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
    ``filters.n`` get fewer. Several processes share the users, and the first one writes the file.

    Raises
    ------
    UsageError
        As `output_format` and `recommend`.
    DataError
        If the file cannot be written.
    """
    format_ = _FORMATS[output_format(path, FORMATS)]
    n_users, written = len(dataset.users), 0
    starts = range(0, n_users, _BATCH)

    def of_batch(start: int) -> tuple[bytes, int]:
        rows = np.arange(start, min(start + _BATCH, n_users))
        users = dataset.users.take(rows)
        lists = recommend_all(model, dataset, dataset.histories.take(rows), users, filters)
        records = [
            {"user_id": user_id, **{name: getattr(film, name) for name in COLUMNS[1:]}}
            for user_id, films in zip(users.ids.tolist(), lists, strict=True)
            for film in films
        ]
        return format_.encode(records), len(records)

    def parts() -> Iterator[bytes]:
        nonlocal written
        for start, (part, n_rows) in zip(starts, group().in_turns(of_batch, starts), strict=True):
            yield part
            written += n_rows
            progress.advance(min(_BATCH, n_users - start))

    progress.start("Recommending", n_users)
    try:
        with group().written_by_first(atomic_write(path)) as file:
            format_.write(file, parts())
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


@dataclass(frozen=True)
class _Format:
    """A file format: the bytes of some records, and the file of all of them."""

    encode: Callable[[list[Record]], bytes]
    write: Callable[[BinaryIO, Iterator[bytes]], None]


def _encode_csv(records: list[Record]) -> bytes:
    """Return comma-separated values in UTF-8; genres are joined with ``|``."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writerows({**record, "genres": "|".join(record["genres"])} for record in records)
    return text.getvalue().encode()


def _write_csv(file: BinaryIO, parts: Iterator[bytes]) -> None:
    """Write comma-separated values with a header."""
    file.write(",".join(COLUMNS).encode() + b"\n")
    file.writelines(parts)


def _encode_jsonl(records: list[Record]) -> bytes:
    """Return a JSON object on each line, in UTF-8."""
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def _encode_arrow(records: list[Record]) -> bytes:
    """Return a stream of Arrow."""
    arrow, buffer = pyarrow(), io.BytesIO()
    types = (
        arrow.int64(), arrow.int32(), arrow.int64(), arrow.string(), arrow.int32(),
        arrow.list_(arrow.string()), arrow.float64(), arrow.float64(), arrow.float64(),
    )  # fmt: skip
    table = arrow.Table.from_pylist(
        records, schema=arrow.schema(list(zip(COLUMNS, types, strict=True)))
    )
    with pyarrow("pyarrow.ipc").new_stream(buffer, table.schema) as stream:
        stream.write_table(table)
    return buffer.getvalue()


def _write_parquet(file: BinaryIO, parts: Iterator[bytes]) -> None:
    """Write a Parquet file, a row group for each stream of Arrow."""
    tables = (pyarrow("pyarrow.ipc").open_stream(part).read_all() for part in parts)
    first = next(tables)
    with pyarrow("pyarrow.parquet").ParquetWriter(file, first.schema) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


_FORMATS = {
    "csv": _Format(_encode_csv, _write_csv),
    "jsonl": _Format(_encode_jsonl, lambda file, parts: file.writelines(parts)),
    "parquet": _Format(_encode_arrow, _write_parquet),
}
