"""Vector search, top k and diversification, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories

PAD = -1
"""The film row in the places of a list that no ranked film fills."""


def exclude(scores: FloatArray, histories: Histories) -> FloatArray:
    """Return a copy of ``scores`` [n_users, n_films] with ``-inf`` for each user's known films."""
    masked = scores.copy()
    masked[histories.user_rows, histories.film_rows] = -np.inf
    return masked


def top_k(scores: FloatArray, k: int) -> NDArray[np.int64]:
    """Return the rows of the films with the highest scores [n_users, n_films], best first.

    Films of equal score keep the order of the catalog. Films that score ``-inf`` are not ranked;
    `PAD` fills the remaining of the ``k`` places.
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
    """Return the positions of ``n`` candidates chosen by maximal marginal relevance, in order.

    Each choice maximizes ``(1 - diversity) * score - diversity * similarity``: scores
    [n_candidates] are scaled to 0..1, and the similarity is the largest cosine of ``vectors``
    [n_candidates, d] with a film chosen before. ``diversity`` is 0..1. Carbonell and Goldstein
    (1998), The use of MMR, diversity-based reranking for reordering documents and producing
    summaries.
    """
    span = max(float(np.ptp(scores)), 1e-12)
    relevance = (scores - scores.min()) / span
    directions = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    similarity = np.zeros(len(scores))
    chosen: list[int] = []
    for _ in range(min(n, len(scores))):
        value = (1 - diversity) * relevance - diversity * similarity
        value[chosen] = -np.inf
        best = int(np.argmax(value))
        chosen.append(best)
        similarity = np.maximum(similarity, directions @ directions[best])
    return np.array(chosen, np.int64)
