"""The vectors of a run in files for other programs."""

from pathlib import Path

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.parquet import pyarrow
from movierec_cli.core.files import atomic_write
from movierec_cli.core.models.base import Model
from movierec_cli.core.recommend.batch import output_format
from movierec_cli.core.recommend.rank import vector_model
from movierec_cli.core.recommend.similar import user_vectors

FORMATS = ("npz", "parquet", "tsv")


def write_vectors(model: Model, dataset: Dataset, path: Path) -> list[Path]:
    """Write a vector for each user and film; return the files written.

    The dot product of a user's and a film's vector is the score. A user's vector is made from all
    ratings of the user. The end of the file name chooses the format:

    - ``.npz`` holds the arrays ``user_ids`` [n_users], ``user_vectors`` [n_users, d], ``film_ids``
      and ``film_titles`` [n_films], ``film_vectors`` [n_films, d] and ``similarity_vectors``
      [n_films, d], of which two have the similarity of two films as cosine.
    - ``.parquet`` has a row for each user and film: ``kind`` (user, film), ``id``, ``title`` (null
      for users) and ``vector``.
    - ``.tsv`` is the pair of files that the TensorFlow embedding projector loads: the vectors, and
      metadata with the other three columns and a header.

    Raises
    ------
    UsageError
        If the model has no vectors; or as `output_format`.
    DataError
        If a file cannot be written.
    """
    chosen = output_format(path, FORMATS)
    vectors = vector_model(model)
    users, films = dataset.users, dataset.films
    of_users = user_vectors(vectors, dataset)
    if chosen == "npz":
        with atomic_write(path) as file:
            np.savez(
                file,
                user_ids=users.ids,
                user_vectors=of_users,
                film_ids=films.ids,
                film_titles=films.titles,
                film_vectors=vectors.film_vectors,
                similarity_vectors=vectors.similarity_vectors,
            )
        return [path]
    kinds = ["user"] * len(users) + ["film"] * len(films)
    ids = [*users.ids.tolist(), *films.ids.tolist()]
    titles = [*[None] * len(users), *films.titles.tolist()]
    rows = np.concatenate([of_users, vectors.film_vectors])
    if chosen == "parquet":
        columns = {"kind": kinds, "id": ids, "title": titles, "vector": list(rows)}
        with atomic_write(path) as file:
            pyarrow("pyarrow.parquet").write_table(pyarrow().table(columns), file)
        return [path]
    metadata = path.with_name(f"{path.stem}-metadata.tsv")
    with atomic_write(path) as file:
        np.savetxt(file, rows, fmt="%.7g", delimiter="\t")
    with atomic_write(metadata) as file:
        file.write(b"kind\tid\ttitle\n")
        for kind, row_id, title in zip(kinds, ids, titles, strict=True):
            file.write(f"{kind}\t{row_id}\t{title or f'user {row_id}'}\n".encode())
    return [path, metadata]
