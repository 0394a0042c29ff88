"""Parquet files, for which pyarrow has to be installed: the ``[parquet]`` extra."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, BinaryIO

from movierec_cli.core.errors import DataError


def pyarrow(module: str = "pyarrow") -> Any:
    """Return a module of pyarrow.

    Raises
    ------
    DataError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise DataError(
            "Parquet files need pyarrow, which is not installed.",
            "Install it with: pip install 'movierec[parquet]', or write .csv instead.",
        ) from error


class ParquetTable:
    """A Parquet file to which rows are appended, each batch a row group."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def open(self, file: BinaryIO) -> None:
        """Begin the file."""
        self._writer = pyarrow("pyarrow.parquet").ParquetWriter(file, self._schema)

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Append a row group."""
        columns = list(zip(*rows, strict=True)) or [()] * len(self._schema)
        arrays = [
            pyarrow().array(list(column), field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pyarrow().Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()
