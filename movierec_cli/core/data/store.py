"""Prepared form of a data set: one file in the format of safetensors, mapped into memory.

Arrays of text are kept as UTF-8, joined with NUL; dates as days since 1970.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Films, Ratings, Users
from movierec_cli.core.data.mapped import TYPES, map_arrays
from movierec_cli.core.errors import IntegrityError
from movierec_cli.core.files import atomic_write, unusable

FORMAT = "2"
"""Version of the layout; a file of another version is refused, and prepared again."""

SUFFIX = ".safetensors"

_TABLES: tuple[tuple[str, type[Any]], ...] = (
    ("users", Users),
    ("films", Films),
    ("ratings", Ratings),
)
_NAMES = {kind: name for name, kind in TYPES.items()}
VERIFIED_BYTES = 32 * 2**20
"""A smaller file is verified whenever it is opened, which takes 20 ms."""


def save(dataset: Dataset, path: Path) -> None:
    """Write ``dataset`` to ``path`` atomically.

    Raises
    ------
    DataError
        If the folder cannot be written to, or the disk is full.
    """
    arrays: dict[str, NDArray[Any]] = {}
    texts = []
    for table, kind in _TABLES:
        for field in fields(kind):
            name, array = f"{table}.{field.name}", getattr(getattr(dataset, table), field.name)
            if array.dtype.kind == "U":
                texts.append(name)
                array = np.frombuffer("\0".join(array.tolist()).encode(), np.uint8)
            elif array.dtype.kind == "M":
                array = array.astype("datetime64[D]").astype(np.int64)
            arrays[name] = array
    for fold, rows in dataset.folds.items():
        arrays[f"folds.{fold}"] = rows
    facts = {
        "name": dataset.name,
        "genres": dataset.genres,
        "occupations": dataset.occupations,
        "lowest_rating": dataset.lowest_rating,
        "has_times": dataset.has_times,
        "texts": texts,
        "checksum": dataset.checksum(),
    }
    with atomic_write(path) as file:
        _write(arrays, {"format": FORMAT, "facts": json.dumps(facts)}, file)


def _write(arrays: Mapping[str, NDArray[Any]], metadata: Any, file: BinaryIO) -> None:
    """Write arrays one after the other, those of the largest items first: all are aligned.

    The library would copy them, and reports no full disk as an `OSError`.
    """
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    ordered = sorted(arrays.items(), key=lambda entry: -entry[1].dtype.itemsize)
    for name, array in ordered:
        kind = array.dtype.newbyteorder("<").str.lstrip("<|")
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": _NAMES[kind], "shape": list(array.shape), "data_offsets": [start, end]
        }  # fmt: skip
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for _, array in ordered:
        file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)


def load(path: Path) -> Dataset:
    """Open a data set at ``path``; its ratings stay on disk until they are read.

    A small file is verified, a large one only by `verify`.

    Raises
    ------
    DataError
        If the file is missing or cannot be read.
    IntegrityError
        If it is damaged or of another format version.
    """
    try:
        dataset, checksum = _open(path)
    except (IntegrityError, MemoryError):
        raise
    except OSError as error:
        raise unusable(path, "read", error) from error
    except Exception as error:  # a damaged header can lead to nearly any error
        raise IntegrityError(f"{path} cannot be read: {error}.") from error
    if path.stat().st_size <= VERIFIED_BYTES:
        _require(dataset, checksum, path)
    return dataset.with_checksum(checksum)


def verify(path: Path) -> Dataset:
    """Open a data set as `load` does, after reading and verifying all of it."""
    dataset = load(path)
    _require(dataset.without_checksum(), dataset.checksum(), path)
    return dataset


def _require(dataset: Dataset, checksum: str, path: Path) -> None:
    if dataset.checksum() != checksum:
        raise IntegrityError(f"{path} is damaged: its checksum differs.")


def _open(path: Path) -> tuple[Dataset, str]:
    """Map a file and return the data set with the stored checksum."""
    metadata, arrays = map_arrays(path)
    if metadata["format"] != FORMAT:
        raise IntegrityError(f"{path} was written by another version of movierec.")
    facts = json.loads(metadata["facts"])

    def array(name: str, kind: str = "") -> NDArray[Any]:
        if name in facts["texts"]:
            return np.array(arrays[name].tobytes().decode().split("\0"), np.str_)
        return arrays[name].astype(kind) if kind else arrays[name]

    tables = {
        table: kind(
            **{
                field.name: array(
                    f"{table}.{field.name}", "datetime64[D]" if field.name == "released" else ""
                )
                for field in fields(kind)
            }
        )
        for table, kind in _TABLES
    }
    folds = [name for name in arrays if name.startswith("folds.")]
    dataset = Dataset(
        name=facts["name"],
        genres=tuple(facts["genres"]),
        occupations=tuple(facts["occupations"]),
        folds={name.removeprefix("folds."): array(name) for name in folds},
        lowest_rating=facts["lowest_rating"],
        has_times=facts["has_times"],
        **tables,
    )
    lengths = {
        table: {len(getattr(getattr(dataset, table), field.name)) for field in fields(kind)}
        for table, kind in _TABLES
    }
    if any(len(different) > 1 for different in lengths.values()):
        raise IntegrityError(f"{path} is damaged: its columns differ in length.")
    return dataset, facts["checksum"]
