"""The vectors of a run in files that other programs read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import atomic_write, is_folder
from movierec_cli.core.models.base import Model, VectorModel
from movierec_cli.core.recommend.parquet import ParquetTable, pyarrow
from movierec_cli.core.recommend.rank import no_vectors
from movierec_cli.core.recommend.similar import user_vectors

_ROWS = 1024  # vectors written at once


@dataclass(frozen=True, eq=False)
class Vectors:
    """Users and films in one space; the match of both is the dot product of their vectors.

    Attributes
    ----------
    user_ids
        [n_users] int64.
    user_vectors
        [n_users, d] float32, from all ratings of each user.
    film_ids
        [n_films] int64.
    film_titles
        [n_films] str, as in the data.
    film_vectors
        [n_films, d] float32, to be searched with a user's vector.
    similarity_vectors
        [n_films, d] float32, to be compared with one another by cosine: similar films.
    """

    user_ids: NDArray[np.int64]
    user_vectors: FloatArray
    film_ids: NDArray[np.int64]
    film_titles: NDArray[np.str_]
    film_vectors: FloatArray
    similarity_vectors: FloatArray


def vectors_of_run(model: Model, dataset: Dataset) -> Vectors:
    """Compute the vectors of every user and film.

    Raises
    ------
    UsageError
        If the model has none.
    """
    if not isinstance(model, VectorModel):
        raise no_vectors()
    return Vectors(
        dataset.users.ids,
        user_vectors(model, dataset),
        dataset.films.ids,
        dataset.films.titles,
        model.film_vectors,
        model.similarity_vectors,
    )


def check_target(path: Path) -> None:
    """Check that vectors can be written to a file of that name.

    Raises
    ------
    UsageError
        If its name ends with none of .npz, .parquet and .tsv, or it is a folder.
    DataError
        If it is parquet and pyarrow is not installed.
    """
    if is_folder(path):
        raise UsageError(f"{path} is a folder.", f"Name a file: -o {path / 'vectors.npz'}")
    if path.suffix.lower() not in (".npz", ".parquet", ".tsv"):
        raise UsageError(
            f"It is not known what format {path.name!r} should have.",
            "Let the name end with .npz, .parquet or .tsv.",
        )
    if path.suffix.lower() == ".parquet":
        pyarrow()


def write_vectors(vectors: Vectors, path: Path) -> list[Path]:
    """Write vectors in the format that the file's name ends with; return the files written.

    ``.npz`` holds the arrays of `Vectors` under their names. ``.parquet`` has a row for each user
    and film: ``kind`` (user, film), ``id``, ``title`` (null for users) and ``vector``. ``.tsv`` is
    the pair of files that the TensorFlow embedding projector loads: the vectors, and beside them
    the metadata with the same three columns and a header.

    Raises
    ------
    UsageError, DataError
        As `check_target`, and if a file cannot be written.
    """
    check_target(path)
    kind = path.suffix.lower()
    if kind == ".tsv":
        return _write_projector(vectors, path)
    if kind == ".parquet":
        _write_parquet(vectors, path)
    else:
        with atomic_write(path) as file:
            np.savez(file, **vars(vectors))
    return [path]


def _labels(vectors: Vectors) -> list[tuple[str, int, str | None]]:
    """Return kind, id and title of each row: the users, then the films."""
    films = zip(vectors.film_ids.tolist(), vectors.film_titles.tolist(), strict=True)
    return [
        *(("user", user_id, None) for user_id in vectors.user_ids.tolist()),
        *(("film", film_id, title) for film_id, title in films),
    ]


def _write_projector(vectors: Vectors, path: Path) -> list[Path]:
    metadata = path.with_name(f"{path.stem}-metadata.tsv")
    with atomic_write(path) as file:
        for array in (vectors.user_vectors, vectors.film_vectors):
            for start in range(0, len(array), _ROWS):
                np.savetxt(file, array[start : start + _ROWS], fmt="%.7g", delimiter="\t")
    with atomic_write(metadata) as file:
        file.write(b"kind\tid\ttitle\n")
        for kind, row_id, title in _labels(vectors):
            file.write(f"{kind}\t{row_id}\t{title or f'user {row_id}'}\n".encode())
    return [path, metadata]


def _write_parquet(vectors: Vectors, path: Path) -> None:
    labels = _labels(vectors)
    rows: list[Any] = [*vectors.user_vectors, *vectors.film_vectors]
    arrow = pyarrow()
    width = vectors.film_vectors.shape[1]
    schema = arrow.schema(
        [
            ("kind", arrow.string()),
            ("id", arrow.int64()),
            ("title", arrow.string()),
            ("vector", arrow.list_(arrow.float32(), width)),
        ]
    )
    table = ParquetTable(schema)
    with atomic_write(path) as file:
        table.open(file)
        for start in range(0, len(rows), _ROWS):
            part = slice(start, start + _ROWS)
            table.write(
                [(*label, row) for label, row in zip(labels[part], rows[part], strict=True)]
            )
        table.close()
