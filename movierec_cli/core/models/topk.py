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
    top = np.full((n_users, k), PAD, dtype=np.int64)
    places = min(k, n_films)
    # the candidates reach the score at place k; without ties they are k, in the catalog's order
    least = np.partition(scores, n_films - places, axis=1)[:, n_films - places, None]
    users, films = np.nonzero((scores >= least) & (scores > -np.inf))
    order = np.lexsort((-scores[users, films], users))
    counts = np.bincount(users, minlength=n_users)
    rank = np.arange(len(users)) - np.repeat(np.cumsum(counts) - counts, counts)
    listed = rank < k
    top[users[listed], rank[listed]] = films[order][listed]
    return top


def list_gain(scores: FloatArray, targets: Histories, length: int) -> float:
    """Return the sum of 1 / log2(rank + 1) over the targets among the best ``length`` films.

    ``scores`` are [n_users, n_films] and ``targets`` of the same users; films of equal score have
    any order. It is a fast figure to choose weights by, not a metric.
    """
    is_target = np.zeros(scores.shape, np.bool_)
    is_target[targets.user_rows, targets.film_rows] = True
    length = min(length, scores.shape[1])
    best = np.argpartition(-scores, length - 1, axis=1)[:, :length]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
    hits = np.take_along_axis(is_target, np.take_along_axis(best, order, axis=1), axis=1)
    return float((hits / np.log2(np.arange(length) + 2)).sum())


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
