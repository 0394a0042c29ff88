"""Linear maps known by their products: EASE, ridge regression, sums of them.

Notation: a sparse matrix A [n, p], its penalized inverse P = (A'A + r I)^-1 [p, p], and dense
matrices V of k columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import sparse

from movierec_cli.core.models.inverses import GramInverse, Inverse
from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.shared_rows import SharedRows
from movierec_cli.core.parallel.group import ALONE, Group

_FEW_ROWS = 1_000  # whose scores are all computed, to find their principal directions
_OVERSAMPLING, _ITERATIONS = 20, 3  # of the search for those of more rows


@dataclass(frozen=True, eq=False)
class LinearMap:
    """A matrix M [p, q], held as the functions that multiply by it."""

    matmul: Callable[[Floats], Floats]  # V [q, k] to MV [p, k]
    transposed_matmul: Callable[[Floats], Floats]  # V [p, k] to M'V [q, k]


def ease_map(inverse: Inverse | GramInverse, n_inputs: int) -> LinearMap:
    """Return the linear item-item model EASE, with rows of 0 below, [n_inputs, p].

    It is the ridge regression of A on itself in which no column predicts itself. Steck (2019),
    Embarrassingly shallow autoencoders for sparse data, https://doi.org/10.1145/3308558.3313710.
    """
    # W_ij = -P_ij / P_jj for i != j and W_jj = 0. With d = diag(r P) and M = A'A P = I - r P,
    # whose diagonal is 1 - d: W = (M - diag(1 - d)) diag(d)^-1
    diagonal = inverse.diagonal[:, None]
    size = len(diagonal)

    def without_own(vectors: Floats) -> Floats:
        return np.asarray(inverse.smooth(vectors) - (1 - diagonal) * vectors)

    return LinearMap(
        lambda vectors: np.pad(without_own(vectors / diagonal), ((0, n_inputs - size), (0, 0))),
        lambda vectors: without_own(vectors[:size]) / diagonal,
    )


def ease_scores(inverse: Inverse, histories: sparse.csr_array) -> Floats:
    """Return the scores of EASE for a few histories, the rows times `ease_map`, [b, p]."""
    own = histories.multiply(1 - inverse.diagonal)
    return np.asarray((inverse.smooth_rows(histories) - own) / inverse.diagonal)


def ridge_map(inverse: Inverse, targets: sparse.csr_array | SharedRows) -> LinearMap:
    """Return the ridge regression W = P A'Y [p, q] from A to sparse targets Y [n, q]."""
    return LinearMap(
        lambda vectors: inverse.solve(targets @ vectors),
        lambda vectors: targets.T @ inverse.predict(vectors),
    )


def weighted_sum(terms: Sequence[tuple[float, LinearMap]], row_weights: Floats) -> LinearMap:
    """Return the sum of maps [p, q] times their factors, with rows times ``row_weights`` [p, 1]."""

    def matmul(vectors: Floats) -> Floats:
        products = (factor * term.matmul(vectors) for factor, term in terms)
        return row_weights * reduce(np.add, products)

    def transposed_matmul(vectors: Floats) -> Floats:
        weighted = row_weights * vectors
        return reduce(np.add, (f * term.transposed_matmul(weighted) for f, term in terms))

    return LinearMap(matmul, transposed_matmul)


def principal_directions(
    scores: LinearMap, shape: tuple[int, int], rank: int, seed: int, group: Group = ALONE
) -> Floats:
    """Return the directions in which ``scores`` of a ``shape`` [n, q] vary most between the rows.

    The processes of a ``group`` share the rows. The directions are orthonormal columns
    [q, min(rank, q)], the strongest first; no more than n where rows are few.
    """
    n_rows, width = shape
    if has_few_scores(n_rows, group):
        return _exact_directions(scores, n_rows, rank)
    return _searched_directions(scores, width, rank, seed, group)


def has_few_scores(n_rows: int, group: Group) -> bool:
    """Return whether all scores are computed to find principal directions: three products."""
    return group.size == 1 and n_rows <= _FEW_ROWS


def _exact_directions(scores: LinearMap, n_rows: int, rank: int) -> Floats:
    """Return the principal directions of few rows."""
    # V from M'U, with the eigenvectors U of MM' [n_rows, n_rows] for the scores M
    rows = scores.transposed_matmul(np.eye(n_rows, dtype=np.float32))  # M'
    _, vectors = np.linalg.eigh((rows.T @ rows).astype(np.float64))  # the strongest last
    strongest = vectors[:, ::-1][:, :rank].astype(np.float32)
    return np.asarray(np.linalg.qr(rows @ strongest).Q)


def _searched_directions(
    scores: LinearMap, width: int, rank: int, seed: int, group: Group
) -> Floats:
    """Return principal directions by randomized subspace iteration; the last are less exact.

    Halko, Martinsson and Tropp (2011), Finding structure with randomness, algorithm 4.4,
    https://doi.org/10.1137/090771806.
    """
    # eigenvectors of M'M [width, width] for the scores M, by products with M and M' only
    shape = (width, min(rank + _OVERSAMPLING, width))
    basis: Floats = np.random.default_rng(seed).standard_normal(shape, np.float32)
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(scores.transposed_matmul(scores.matmul(basis))).Q
    projected = scores.matmul(basis)
    _, rotation = np.linalg.eigh(group.sum(projected.T @ projected))  # the strongest last
    return np.asarray(basis @ rotation[:, ::-1][:, :rank])
