"""Prepared form of a data set: one uncompressed .npz file that numpy reads in milliseconds."""

import io
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Films, Ratings, Users
from movierec_cli.core.errors import IntegrityError
from movierec_cli.core.files import atomic_write

FORMAT = 1
"""Version of the layout; a file of another version is refused, and prepared again."""

_TABLES: tuple[tuple[str, type[Any]], ...] = (
    ("users", Users),
    ("films", Films),
    ("ratings", Ratings),
)


def save(dataset: Dataset, path: Path) -> None:
    """Write ``dataset`` to ``path`` atomically."""
    arrays: dict[str, Any] = {
        "format": np.array(FORMAT),
        "name": np.array(dataset.name),
        "genres": np.array(dataset.genres, dtype=np.str_),
        "occupations": np.array(dataset.occupations, dtype=np.str_),
        "checksum": np.array(dataset.checksum()),
    }
    for table, kind in _TABLES:
        for field in fields(kind):
            arrays[f"{table}.{field.name}"] = getattr(getattr(dataset, table), field.name)
    for fold, rows in dataset.folds.items():
        arrays[f"folds.{fold}"] = rows
    with atomic_write(path) as file:
        np.savez(file, **arrays)


def load(path: Path) -> Dataset:
    """Read a data set from ``path`` and verify it.

    Raises
    ------
    IntegrityError
        If the file is missing, damaged or of another format version.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            return _assemble(stored, path)
    except IntegrityError:
        raise
    except Exception as error:  # numpy's readers of damaged headers raise nearly anything
        raise IntegrityError(f"{path} cannot be read: {error}.") from error


def _assemble(stored: Any, path: Path) -> Dataset:
    if int(stored["format"]) != FORMAT:
        raise IntegrityError(f"{path} was written by another version of movierec.")
    tables = {
        table: kind(**{f.name: stored[f"{table}.{f.name}"] for f in fields(kind)})
        for table, kind in _TABLES
    }
    dataset = Dataset(
        name=str(stored["name"]),
        genres=tuple(stored["genres"].tolist()),
        occupations=tuple(stored["occupations"].tolist()),
        folds={
            key.removeprefix("folds."): stored[key]
            for key in stored.files
            if key.startswith("folds.")
        },
        **tables,
    )
    if dataset.checksum() != str(stored["checksum"]):
        raise IntegrityError(f"{path} is damaged: its checksum differs.")
    return dataset
