"""The vectors of a run in files for other programs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.files import atomic_write
from movierec_cli.core.models.base import Model
from movierec_cli.core.recommend.batch import output_format, pyarrow
from movierec_cli.core.recommend.rank import vector_model
from movierec_cli.core.recommend.similar import user_vectors

FORMATS = ("npz", "parquet", "tsv")

_ROWS = 1024  # vectors written at once


@dataclass(frozen=True, eq=False)
class Vectors:
    """Users and films in one space; the score of a film is the dot product of both vectors.

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
        [n_films, d] float32; the cosine of two of them is the similarity of two films.
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
    vectors = vector_model(model)
    return Vectors(
        dataset.users.ids,
        user_vectors(vectors, dataset),
        dataset.films.ids,
        dataset.films.titles,
        vectors.film_vectors,
        vectors.similarity_vectors,
    )


def write_vectors(vectors: Vectors, path: Path) -> list[Path]:
    """Write vectors in the format that the file's name ends with; return the files written.

    ``.npz`` holds the arrays of `Vectors` under their names. ``.parquet`` has a row for each user
    and film: ``kind`` (user, film), ``id``, ``title`` (null for users) and ``vector``. ``.tsv`` is
    the pair of files that the TensorFlow embedding projector loads: the vectors, and beside them
    the metadata with the same three columns and a header.

    Raises
    ------
    UsageError, DataError
        As `output_format`, and if a file cannot be written.
    """
    chosen = output_format(path, FORMATS)
    if chosen == "tsv":
        return _write_projector(vectors, path)
    with atomic_write(path) as file:
        if chosen == "npz":
            np.savez(file, **vars(vectors))
        else:
            pyarrow("pyarrow.parquet").write_table(_arrow_table(vectors), file)
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


def _arrow_table(vectors: Vectors) -> Any:
    arrow = pyarrow()
    kinds, ids, titles = zip(*_labels(vectors), strict=True)
    stacked = np.concatenate([vectors.user_vectors, vectors.film_vectors])
    flat = arrow.array(stacked.ravel(), arrow.float32())
    return arrow.table(
        {
            "kind": arrow.array(kinds, arrow.string()),
            "id": arrow.array(ids, arrow.int64()),
            "title": arrow.array(titles, arrow.string()),
            "vector": arrow.FixedSizeListArray.from_arrays(flat, stacked.shape[1]),
        }
    )
