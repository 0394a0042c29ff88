"""Vectors for film titles: 384 of the 403 film inputs of the original dnn."""

import os
import warnings
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.data.titles import folded, without_year
from movierec_cli.core.errors import DataError

DIMENSION = 384
SENTENCE_MODEL = "all-MiniLM-L12-v2"
HASHED = "hashed character n-grams"
VARIABLE = "MOVIEREC_TEXT_MODEL"
"""The environment variable that names the folder of a sentence model."""

_NGRAM_SIZES = (3, 4, 5)


def title_vectors(titles: Iterable[str], folder: Path | None = None) -> tuple[FloatArray, str]:
    """Return a vector for each title, [n_films, width], and the name of their source.

    The vectors are those of the sentence model in a folder: ``folder``, or else the one that
    `VARIABLE` names. Without both they are those of `SENTENCE_MODEL`, where the ``[text]`` extra
    and that model are on this machine, and otherwise hashed character n-grams of the same width.
    Nothing is downloaded.

    Raises
    ------
    DataError
        If a folder is named and holds no sentence model, or the extra is missing.
    """
    plain = tuple(without_year(title) for title in titles)
    named = folder or os.environ.get(VARIABLE)
    if named:
        path = Path(named).expanduser().absolute()
        return _of_folder(plain, path), str(path)
    try:
        return _encoded(plain, SENTENCE_MODEL), SENTENCE_MODEL
    except (ImportError, OSError, ValueError):
        return hashed_ngrams(plain), HASHED


def _of_folder(titles: tuple[str, ...], folder: Path) -> FloatArray:
    if not (folder / "modules.json").is_file():
        raise DataError(
            f"{folder} holds no sentence model: it has no modules.json.",
            f"Name the folder of one with --text-model FOLDER or {VARIABLE}.",
        )
    try:
        return _encoded(titles, str(folder))
    except ImportError as error:
        raise DataError(
            "Sentence models need sentence-transformers, which is not installed.",
            "Install it with: pip install 'movierec[text]'",
        ) from error
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"The sentence model in {folder} cannot be loaded: {reason}.") from error


@lru_cache(maxsize=2)
def _encoded(titles: tuple[str, ...], model: str) -> FloatArray:
    """Return the vectors of a sentence model on this machine, [n_titles, width]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries, about themselves
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra

        encoder = SentenceTransformer(
            model,
            device="cpu",
            local_files_only=True,
            model_kwargs={"use_safetensors": True},  # other weights are pickled
        )
        vectors = encoder.encode(list(titles), show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)


def hashed_ngrams(texts: Iterable[str]) -> FloatArray:
    """Return signed counts of hashed character n-grams, each row of length 1, [n, 384].

    The hash is the same in every process and on every machine. Source: Weinberger et al. (2009),
    Feature hashing for large scale multitask learning.
    """
    rows = []
    for text in texts:
        row = np.zeros(DIMENSION, dtype=np.float32)
        padded = f" {folded(text)} "
        for size in _NGRAM_SIZES:
            for start in range(len(padded) - size + 1):
                code = zlib.crc32(padded[start : start + size].encode())
                row[(code >> 1) % DIMENSION] += 1.0 if code & 1 else -1.0
        rows.append(row / max(float(np.linalg.norm(row)), 1e-9))
    return np.array(rows, dtype=np.float32).reshape(-1, DIMENSION)
