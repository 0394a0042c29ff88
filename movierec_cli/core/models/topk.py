"""Finding the best films among scores: vector search and top k, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories

PAD = -1
"""Stands in a list of film rows where fewer films than asked for could be ranked."""


def inner_products(user_vectors: FloatArray, film_vectors: FloatArray) -> FloatArray:
    """Return the dot product of every user with every film, [n_users, n_films].

    Parameters
    ----------
    user_vectors
        [n_users, d].
    film_vectors
        [n_films, d].
    """
    return np.asarray(user_vectors @ film_vectors.T, dtype=np.float32)


def exclude(scores: FloatArray, histories: Histories) -> FloatArray:
    """Return a copy of ``scores`` [n_users, n_films] in which no user's known films are ranked."""
    masked = scores.copy()
    masked[histories.user_rows, histories.film_rows] = -np.inf
    return masked


def top_k(scores: FloatArray, k: int) -> NDArray[np.int64]:
    """Return the rows of the ``k`` films with the highest scores, best first.

    Films of equal score are in the order of the catalog. Films that score ``-inf`` are not
    ranked; `PAD` fills the places that are left.

    Parameters
    ----------
    scores
        [n_users, n_films], not NaN.

    Returns
    -------
    [n_users, k] int64.
    """
    n_users, n_films = scores.shape
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    top = np.full((n_users, k), PAD, dtype=np.int64)
    ranked = np.isfinite(np.take_along_axis(scores, order, axis=1))
    top[:, : min(k, n_films)] = np.where(ranked, order, PAD)
    return top


def diversify(
    scores: FloatArray, vectors: FloatArray, n: int, diversity: float
) -> NDArray[np.int64]:
    """Choose ``n`` candidates by maximal marginal relevance.

    Each choice weighs the score against the likeness to what is chosen already:
    ``(1 - diversity) * score - diversity * max cosine``, scores scaled to 0..1. After Carbonell
    and Goldstein (1998), The use of MMR.

    Parameters
    ----------
    scores
        [n_candidates].
    vectors
        [n_candidates, d].
    diversity
        0..1.

    Returns
    -------
    [n] positions among the candidates, in the order of choice.
    """
    span = max(float(np.ptp(scores)), 1e-12)
    relevance = (scores - scores.min()) / span
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    likeness = np.zeros(len(scores))
    chosen: list[int] = []
    for _ in range(min(n, len(scores))):
        value = (1 - diversity) * relevance - diversity * likeness
        value[chosen] = -np.inf
        best = int(np.argmax(value))
        chosen.append(best)
        likeness = np.maximum(likeness, unit @ unit[best])
    return np.array(chosen, np.int64)
