"""Matrices known by their products: inverses of penalized Gram matrices, EASE, ridge regression.

No dense matrix is larger than `MOST_ROWS` or `HEAD` squared.
Notation: a sparse matrix A [n, p], its penalized inverse P = (A'A + r I)^-1 [p, p], and dense
matrices V of k columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
from scipy import linalg, sparse
from scipy.linalg import blas, lapack

from movierec_cli.core.models.linear import Floats

MOST_ROWS = 4_000
"""Most rows for which an inverse is computed in the space of the rows; 128 MB in float64."""
HEAD = 12_900
"""Most columns that an inverse is exact for; 0.67 GB in float32, and three inverses are held."""

_BLOCK = 2_048  # columns of a Gram matrix computed at once
_PROBES = 64  # random vectors that estimate a diagonal
_OVERSAMPLING, _ITERATIONS = 20, 3  # of the search for principal directions


@dataclass(frozen=True, eq=False)
class LinearMap:
    """A matrix M [p, q], held as the functions that multiply by it."""

    matmul: Callable[[Floats], Floats]  # V [q, k] to MV [p, k]
    transposed_matmul: Callable[[Floats], Floats]  # V [p, k] to M'V [q, k]


class Inverse(Protocol):
    """A penalized inverse P [p, p] of A [n, p], in products that keep their digits in float32."""

    diagonal: Floats  # [p], of r P: between 0 and 1

    def solve(self, targets: Floats) -> Floats:
        """Return P A'V, the ridge regression from A to the targets, [n, k] -> [p, k]."""

    def predict(self, vectors: Floats) -> Floats:
        """Return A P V, [p, k] -> [n, k]."""

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V, [p, k] -> [p, k]."""


def penalized_inverse(matrix: sparse.csr_array, penalty: float, head: int, seed: int) -> Inverse:
    """Return P = (A'A + penalty I)^-1 of a sparse A [n, p].

    It is exact if there are up to `MOST_ROWS` rows and more columns, or up to ``head`` columns.
    Otherwise it is exact among the ``head`` columns with the most entries, and approximate for the
    others; the ``seed`` samples the vectors that estimate diagonals.
    """
    n_rows, n_columns = matrix.shape
    if n_rows < n_columns and n_rows <= MOST_ROWS:
        return _RowSpaceInverse(matrix, penalty)
    return _HeadInverse(matrix, penalty, head, seed)


class _RowSpaceInverse:
    """An inverse in the space of the rows, for fewer rows than columns."""

    def __init__(self, matrix: sparse.csr_array, penalty: float) -> None:
        # P A' = A'K^-1, with K = AA' + r I [n, n]
        self._matrix = matrix
        factor = cholesky(lower_gram(matrix.T.astype(np.float64)), penalty)
        lower = lapack.dpotri(factor, lower=True, overwrite_c=True)[0]
        self._inverse = (np.tril(lower) + np.tril(lower, -1).T).astype(np.float32)  # K^-1
        # r P = I - A'K^-1 A
        leverages = [
            block.T.multiply(block.T @ self._inverse).sum(axis=1) for block in column_blocks(matrix)
        ]
        self.diagonal: Floats = 1 - np.concatenate(leverages)

    def solve(self, targets: Floats) -> Floats:
        """Return P A'V, [n, k] -> [p, k]."""
        return np.asarray(self._matrix.T @ (self._inverse @ targets))

    def predict(self, vectors: Floats) -> Floats:
        """Return A P V, [p, k] -> [n, k]."""
        return np.asarray(self._inverse @ (self._matrix @ vectors))

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V, [p, k] -> [p, k]."""
        return self.solve(self._matrix @ vectors)


class _HeadInverse:
    """An inverse on the columns with the most entries, the head H; the others are the tail T.

    The Schur complement of the head, [T, T], is replaced by its diagonal. Without a tail the
    inverse is exact.
    """

    def __init__(self, matrix: sparse.csr_array, penalty: float, head: int, seed: int) -> None:
        # P_HH = (A_H'A_H + r I)^-1 [H, H], in place of its Cholesky factor L [H, H]
        self._matrix, self._penalty = matrix, penalty
        counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
        order = np.argsort(-counts, kind="stable")
        self._columns = order[:head], order[head:]
        self._head, self._tail = (matrix[:, columns] for columns in self._columns)
        factor = cholesky(lower_gram(self._head), penalty)
        generator = np.random.default_rng(seed)
        self._schur = penalty + self._unexplained(factor, generator)
        self._inverse = lapack.spotri(factor, lower=True, overwrite_c=True)[0]  # lower triangle
        self.diagonal: Floats = np.empty(len(order), np.float32)
        self.diagonal[self._columns[0]] = penalty * self._inverse.diagonal()
        self.diagonal[self._columns[1]] = penalty / self._schur

    def _unexplained(self, factor: Floats, generator: np.random.Generator) -> Floats:
        """Return the diagonal of A_T'(I - A_H P_HH A_H') A_T, [T].

        The entries of A_H P_HH A_H' between different rows are taken for 0.
        """
        # sum_u a_ut^2 (1 - l_u): the leverage l_u = |L^-1 a_u|^2 of row u of A_H is the mean of
        # (a_u' L'^-1 g)^2 over normal vectors g
        probes = generator.standard_normal((len(factor), _PROBES), np.float32)
        solved = linalg.solve_triangular(factor, probes, trans="T", lower=True)
        leverages = np.minimum(np.mean((self._head @ solved) ** 2, axis=1), 1)
        return np.asarray(self._tail.power(2).T @ (1 - leverages))

    def _solve_head(self, vectors: Floats) -> Floats:
        """Return P_HH V, [H, k] -> [H, k]."""
        return np.asarray(blas.ssymm(1.0, self._inverse, vectors, lower=True))

    def _matmul(self, vectors: Floats) -> Floats:
        """Return PV, [p, k] -> [p, k]."""
        # Y_T = S^-1 (V_T - A_T'A_H P_HH V_H);  Y_H = P_HH (V_H - A_H'A_T Y_T)
        of_head, of_tail = (vectors[columns] for columns in self._columns)
        if len(of_tail):
            explained = self._tail.T @ (self._head @ self._solve_head(of_head))
            of_tail = (of_tail - explained) / self._schur[:, None]
            of_head = of_head - self._head.T @ (self._tail @ of_tail)
        product = np.empty_like(vectors)
        product[self._columns[0]] = self._solve_head(of_head)
        product[self._columns[1]] = of_tail
        return product

    def solve(self, targets: Floats) -> Floats:
        """Return P A'V, [n, k] -> [p, k]."""
        return self._matmul(self._matrix.T @ targets)

    def predict(self, vectors: Floats) -> Floats:
        """Return A P V, [p, k] -> [n, k]."""
        return np.asarray(self._matrix @ self._matmul(vectors))

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V = V - r P V, [p, k] -> [p, k]."""
        return np.asarray(vectors - self._penalty * self._matmul(vectors))


def lower_gram(matrix: sparse.sparray) -> Floats:
    """Return A'A of a sparse A [n, p]: its lower triangle, in an array [p, p] by columns."""
    columns = matrix.tocsc()
    size = columns.shape[1]
    gram = np.zeros((size, size), columns.dtype, order="F")
    for start, block in zip(range(0, size, _BLOCK), column_blocks(columns), strict=True):
        products = columns[:, start:].T @ block
        gram[start:, start : start + block.shape[1]] = products.toarray()
    return gram


def column_blocks(matrix: sparse.sparray) -> list[sparse.csc_array]:
    """Return the columns of a matrix [n, p] in blocks."""
    columns = matrix.tocsc()
    return [columns[:, start : start + _BLOCK] for start in range(0, columns.shape[1], _BLOCK)]


def cholesky(gram: Floats, penalty: float) -> Floats:
    """Return the Cholesky factor of a Gram matrix [p, p] plus a penalty, in place."""
    gram[np.diag_indices_from(gram)] += penalty
    factor: Floats = linalg.cholesky(gram, lower=True, overwrite_a=True, check_finite=False)
    return factor


def ease_map(inverse: Inverse, n_inputs: int) -> LinearMap:
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


def ridge_map(inverse: Inverse, targets: sparse.csr_array) -> LinearMap:
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


def principal_directions(scores: LinearMap, width: int, rank: int, seed: int) -> Floats:
    """Return the directions in which ``scores`` [n, width] vary most between the rows.

    They are orthonormal columns [width, min(rank, width)], the strongest first.
    Randomized subspace iteration: Halko, Martinsson and Tropp (2011), Finding structure with
    randomness, algorithm 4.4, https://doi.org/10.1137/090771806. The last few are less exact.
    """
    # eigenvectors of M'M [width, width] for the scores M, by products with M and M' only
    shape = (width, min(rank + _OVERSAMPLING, width))
    basis: Floats = np.random.default_rng(seed).standard_normal(shape, np.float32)
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(scores.transposed_matmul(scores.matmul(basis))).Q
    projected = scores.matmul(basis)
    _, rotation = np.linalg.eigh(projected.T @ projected)  # the strongest last
    return np.asarray(basis @ rotation[:, ::-1][:, :rank])
