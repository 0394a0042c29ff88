"""Vector search, top k and diversification, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories

PAD = -1
"""The film row in the places of a list that no ranked film fills."""

_GROUP = 32  # films of which the best score is compared first


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
    top = np.full((len(scores), k), PAD, dtype=np.int64)
    for row, of_user in zip(top, scores, strict=True):
        best = _best(of_user, k)
        row[: len(best)] = best
    return top


def _best(scores: FloatArray, k: int) -> NDArray[np.int64]:
    """Return the positions of the ``k`` highest scores [n_films] above ``-inf``, best first."""
    found = np.arange(len(scores))
    n_groups = len(scores) // _GROUP
    if n_groups > k:
        # k films reach the k-th of the groups' best scores: those below are not selected from
        highest = scores[: n_groups * _GROUP].reshape(_GROUP, n_groups).max(axis=0)
        found = np.flatnonzero(scores >= np.partition(highest, n_groups - k)[n_groups - k])
    values = scores[found]
    if len(found) > k:
        least = np.partition(values, len(values) - k)[len(values) - k]
        above = np.flatnonzero(values > least)
        tied = np.flatnonzero(values == least)[: k - len(above)]
        selected = np.concatenate([above, tied])
        found, values = found[selected], values[selected]
    order = np.argsort(-values, kind="stable")
    return found[order[values[order] > -np.inf]]


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
