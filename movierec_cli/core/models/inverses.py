"""Inverses of penalized Gram matrices, known by their products.

No dense matrix is larger than `MOST_ROWS` or ``head`` squared. Processes may share the rows.
Notation: a sparse matrix A [n, p], its penalized inverse P = (A'A + r I)^-1 [p, p], and dense
matrices V of k columns.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.linalg import lapack

from movierec_cli.core.models.gram import (
    ROWS,
    cholesky,
    column_blocks,
    gram_product,
    lower_gram,
    mirrored,
    row_blocks,
)
from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.shared_rows import SharedRows, in_threads

MOST_ROWS = 4_000
"""Most rows for which an inverse is computed in the space of the rows; 128 MB in float64."""
HEAD = 12_900
"""Columns that an inverse is exact for by default; 0.67 GB in float32, and three are held."""

_PROBES = 64  # random vectors that estimate a diagonal


class Inverse(Protocol):
    """A penalized inverse P [p, p] of A [n, p], in products that keep their digits in float32."""

    diagonal: Floats  # [p], of r P: between 0 and 1

    def solve(self, targets: Floats) -> Floats:
        """Return P A'V, the ridge regression from A to the targets, [n, k] -> [p, k]."""

    def predict(self, vectors: Floats) -> Floats:
        """Return A P V, [p, k] -> [n, k]."""

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V, [p, k] -> [p, k]."""

    def smooth_rows(self, rows: sparse.csr_array) -> Floats:
        """Return B A'A P for a few sparse rows B, [b, p] -> [b, p]."""


def penalized_inverse(
    matrix: sparse.csr_array | SharedRows, penalty: float, head: int, seed: int
) -> Inverse:
    """Return P = (A'A + penalty I)^-1 of a sparse A [n, p].

    It is exact if there are up to `MOST_ROWS` rows and more columns, or up to ``head`` columns.
    Otherwise it is exact among the ``head`` columns with the most entries, and approximate for the
    others; the ``seed`` samples the vectors that estimate diagonals.
    """
    rows = matrix if isinstance(matrix, SharedRows) else SharedRows.of(matrix)
    if rows.group.size == 1 and has_few_rows(*rows.shape):
        return _RowSpaceInverse(rows.own, penalty)
    return _HeadInverse(rows, penalty, head, seed)


def has_few_rows(n_rows: int, n_columns: int) -> bool:
    """Return whether an inverse is one in the space of the rows, which one process computes."""
    return n_rows < n_columns and n_rows <= MOST_ROWS


class _RowSpaceInverse:
    """An inverse in the space of the rows, for fewer rows than columns."""

    def __init__(self, matrix: sparse.csr_array, penalty: float) -> None:
        # P A' = A'K^-1, with K = AA' + r I [n, n]
        self._matrix = matrix
        factor = cholesky(lower_gram(matrix.T.astype(np.float64)), penalty)
        inverse = mirrored(lapack.dpotri(factor, lower=True, overwrite_c=True)[0])
        self._inverse = inverse.astype(np.float32)  # K^-1
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

    def smooth_rows(self, rows: sparse.csr_array) -> Floats:
        """Return B A'A P, [b, p] -> [b, p]."""
        return np.asarray((rows @ self._matrix.T @ self._inverse) @ self._matrix)


class _HeadInverse:
    """An inverse on the columns with the most entries, the head H; the others are the tail T.

    The Schur complement of the head, [T, T], is replaced by its diagonal. Without a tail the
    inverse is exact.
    """

    def __init__(self, matrix: SharedRows, penalty: float, head: int, seed: int) -> None:
        # P_HH = (A_H'A_H + r I)^-1 [H, H], in place of its Cholesky factor L [H, H]
        self._penalty = penalty
        n_columns = matrix.shape[1]
        all_columns = np.arange(n_columns)
        order = np.argsort(-matrix.counts, kind="stable") if head < n_columns else all_columns
        self._columns = order[:head], order[head:]
        self._head = matrix.columns(self._columns[0]) if head < n_columns else matrix
        self._tail = matrix.columns(self._columns[1])
        factor = cholesky(matrix.group.sum(lower_gram(self._head.own)), penalty)
        self._schur = penalty + self._unexplained(factor, np.random.default_rng(seed))
        self._inverse = mirrored(lapack.spotri(factor, lower=True, overwrite_c=True)[0])
        self.diagonal: Floats = np.empty(n_columns, np.float32)
        self.diagonal[self._columns[0]] = penalty * self._inverse.diagonal()
        self.diagonal[self._columns[1]] = penalty / self._schur

    def _unexplained(self, factor: Floats, generator: np.random.Generator) -> Floats:
        """Return the diagonal of A_T'(I - A_H P_HH A_H') A_T, [T].

        The entries of A_H P_HH A_H' between different rows are taken for 0.
        """
        if not self._tail.nnz:
            return np.zeros(self._tail.shape[1], np.float32)
        # sum_u a_ut^2 (1 - l_u): the leverage l_u = |L^-1 a_u|^2 of row u of A_H is the mean of
        # (a_u' L'^-1 g)^2 over normal vectors g
        probes = generator.standard_normal((len(factor), _PROBES), np.float32)
        solved = linalg.solve_triangular(factor, probes, trans="T", lower=True)
        leverages = [
            np.minimum(np.mean((head @ solved) ** 2, axis=1), 1)
            for head in row_blocks(self._head.own, ROWS)
        ]
        unexplained: Floats = 1 - np.concatenate(leverages)
        return self._tail.squared().T @ unexplained

    def _matmul(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Return PV of the head and of the tail, [p, k] -> [H, k] and [T, k]."""
        # Y_T = S^-1 (V_T - A_T'A_H P_HH V_H);  Y_H = P_HH (V_H - A_H'A_T Y_T)
        of_head, of_tail = (vectors[columns] for columns in self._columns)
        if self._tail.nnz:
            solved = symmetric_product(self._inverse, of_head)
            explained = gram_product(self._tail, self._head, solved)
            of_tail = (of_tail - explained) / self._schur[:, None]
            of_head = of_head - gram_product(self._head, self._tail, of_tail)
        else:
            of_tail = of_tail / self._penalty
        return symmetric_product(self._inverse, of_head), of_tail

    def _joined(self, of_head: Floats, of_tail: Floats) -> Floats:
        """Return the rows of the head and of the tail in the order of the columns of A, [p, k]."""
        joined = np.empty((len(self.diagonal), of_head.shape[1]), of_head.dtype)
        joined[self._columns[0]], joined[self._columns[1]] = of_head, of_tail
        return joined

    def solve(self, targets: Floats) -> Floats:
        """Return P A'V, [n, k] -> [p, k]."""
        products = self._joined(self._head.T @ targets, self._tail.T @ targets)
        return self._joined(*self._matmul(products))

    def predict(self, vectors: Floats) -> Floats:
        """Return A P V, [p, k] -> [n, k]."""
        of_head, of_tail = self._matmul(vectors)
        return np.asarray(self._head @ of_head + self._tail @ of_tail)

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V = V - r P V, [p, k] -> [p, k]."""
        return np.asarray(vectors - self._penalty * self._joined(*self._matmul(vectors)))

    def smooth_rows(self, rows: sparse.csr_array) -> Floats:
        """Return B A'A P = B - r B P, [b, p] -> [b, p]."""
        if self._tail.nnz:
            return self.smooth(rows.T.toarray()).T
        # columns without entries stay 0; the products are with the entries of B only
        smoothed, of_head = np.zeros(rows.shape, np.float32), rows[:, self._columns[0]]
        smoothed[:, self._columns[0]] = of_head - self._penalty * (of_head @ self._inverse)
        return smoothed


class GramInverse:
    """The inverse of a penalized Gram matrix, of some columns H; the others have no entries."""

    def __init__(
        self, gram: Floats, columns: NDArray[np.int64], n_columns: int, penalty: float
    ) -> None:
        """Invert the lower triangle of a Gram matrix [H, H], in place."""
        factor = cholesky(gram, penalty)
        self._inverse = mirrored(lapack.spotri(factor, lower=True, overwrite_c=True)[0])
        self._columns, self._penalty = columns, penalty
        self.diagonal: Floats = np.ones(n_columns, np.float32)
        self.diagonal[columns] = penalty * self._inverse.diagonal()

    def smooth(self, vectors: Floats) -> Floats:
        """Return A'A P V = V - r P V, [p, k] -> [p, k]."""
        smoothed, of_columns = np.zeros_like(vectors), vectors[self._columns]
        solved = symmetric_product(self._inverse, of_columns)
        smoothed[self._columns] = of_columns - self._penalty * solved
        return smoothed


def symmetric_product(matrix: Floats, vectors: Floats) -> Floats:
    """Return the product of dense matrices [p, p] and [p, k] in two threads."""
    return in_threads(lambda part: np.asarray(matrix @ part), vectors, matrix.size)


def most_frequent(counts: NDArray[np.int64], head: int) -> NDArray[np.bool_]:
    """Return true for the ``head`` columns with the largest of the ``counts`` [p], [p]."""
    is_frequent = np.zeros(len(counts), np.bool_)
    is_frequent[np.argsort(-counts, kind="stable")[:head]] = True
    return is_frequent
