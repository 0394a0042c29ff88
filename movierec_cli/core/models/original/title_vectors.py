"""Vectors for film titles: 384 of the 403 film inputs of the original dnn."""

import zlib
from collections.abc import Iterable

import numpy as np

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.data.titles import folded, without_year

DIMENSION = 384
SENTENCE_MODEL = "all-MiniLM-L12-v2"
HASHED = "hashed character n-grams"

_NGRAM_SIZES = (3, 4, 5)


def title_vectors(titles: Iterable[str]) -> tuple[FloatArray, str]:
    """Return a vector for each title, [n_films, 384], and the name of their source.

    The source is the sentence model of the ``[text]`` extra. Without the extra, or without access
    to the weights of that model, it is hashed character n-grams of the same width.
    """
    plain = [without_year(title) for title in titles]
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        encoder = SentenceTransformer(SENTENCE_MODEL)
    except (ImportError, OSError, ValueError):
        return hashed_ngrams(plain), HASHED
    return np.asarray(encoder.encode(plain), dtype=np.float32), SENTENCE_MODEL


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
