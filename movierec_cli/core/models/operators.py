"""Matrices known by their products: inverses of penalized Gram matrices, EASE, ridge regression.

No dense matrix is larger than `MOST_ROWS` or `HEAD` squared. Processes may share the rows.
Notation: a sparse matrix A [n, p], its penalized inverse P = (A'A + r I)^-1 [p, p], and dense
matrices V of k columns.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.linalg import blas, lapack

from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.shared_rows import THREADS, SharedRows, in_threads
from movierec_cli.core.parallel.group import ALONE, Group

MOST_ROWS = 4_000
"""Most rows for which an inverse is computed in the space of the rows; 128 MB in float64."""
HEAD = 12_900
"""Most columns that an inverse is exact for; 0.67 GB in float32, and three inverses are held."""

_BLOCK = 1_024  # columns of a Gram matrix computed at once
_ENTRIES = 2**24  # of a sparse matrix that a Gram matrix is summed over at once
_ROWS = 2**18  # of a sparse matrix multiplied at once with a dense one
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
        self._inverse = lapack.spotri(factor, lower=True, overwrite_c=True)[0]  # lower triangle
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
            for head in row_blocks(self._head.own, _ROWS)
        ]
        unexplained: Floats = 1 - np.concatenate(leverages)
        return self._tail.squared().T @ unexplained

    def _solve_head(self, vectors: Floats) -> Floats:
        """Return P_HH V, [H, k] -> [H, k]."""
        return in_threads(
            lambda part: np.asarray(blas.ssymm(1.0, self._inverse, part, lower=True)),
            vectors,
            self._inverse.size,
        )

    def _matmul(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Return PV of the head and of the tail, [p, k] -> [H, k] and [T, k]."""
        # Y_T = S^-1 (V_T - A_T'A_H P_HH V_H);  Y_H = P_HH (V_H - A_H'A_T Y_T)
        of_head, of_tail = (vectors[columns] for columns in self._columns)
        if self._tail.nnz:
            explained = gram_product(self._tail, self._head, self._solve_head(of_head))
            of_tail = (of_tail - explained) / self._schur[:, None]
            of_head = of_head - gram_product(self._head, self._tail, of_tail)
        else:
            of_tail = of_tail / self._penalty
        return self._solve_head(of_head), of_tail

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


def most_frequent(counts: NDArray[np.int64], head: int) -> NDArray[np.bool_]:
    """Return true for the ``head`` columns with the largest of the ``counts`` [p], [p]."""
    is_frequent = np.zeros(len(counts), np.bool_)
    is_frequent[np.argsort(-counts, kind="stable")[:head]] = True
    return is_frequent


def lower_gram(matrix: sparse.sparray) -> Floats:
    """Return A'A of a sparse A [n, p]: its lower triangle, in an array [p, p] by columns."""
    size = matrix.shape[1]
    gram = np.zeros((size, size), matrix.dtype, order="F")
    of_rows = matrix.tocsr()
    n_blocks = -(-of_rows.nnz // _ENTRIES) or 1
    for rows in row_blocks(of_rows, -(-of_rows.shape[0] // n_blocks)):
        columns = rows.tocsc()

        def add(start: int, columns: sparse.csc_array = columns) -> None:
            block = columns[:, start : start + _BLOCK]
            products = columns[:, start:].T @ block
            gram[start:, start : start + _BLOCK] += products.toarray()

        with ThreadPoolExecutor(THREADS) as executor:
            for _ in executor.map(add, range(0, size, _BLOCK)):
                pass
    return gram


def gram_product(left: SharedRows, right: SharedRows, vectors: Floats) -> Floats:
    """Return A'BV for A [n, p] and B [n, q], [q, k] -> [p, k], by blocks of rows."""

    def product(part: Floats) -> Floats:
        pairs = zip(row_blocks(left.own, _ROWS), row_blocks(right.own, _ROWS), strict=True)
        return reduce(np.add, (of_left.T @ (of_right @ part) for of_left, of_right in pairs))

    return left.group.sum(in_threads(product, vectors, left.own.nnz + right.own.nnz))


def row_blocks(matrix: sparse.csr_array, size: int) -> Iterator[sparse.csr_array]:
    """Yield the rows of a matrix [n, p] in blocks of ``size`` rows."""
    for start in range(0, matrix.shape[0], size):
        yield matrix[start : start + size]


def column_blocks(matrix: sparse.sparray) -> Iterator[sparse.csc_array]:
    """Yield the columns of a matrix [n, p] in blocks."""
    columns = matrix.tocsc()
    for start in range(0, columns.shape[1], _BLOCK):
        yield columns[:, start : start + _BLOCK]


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
    scores: LinearMap, width: int, rank: int, seed: int, group: Group = ALONE
) -> Floats:
    """Return the directions in which ``scores`` [n, width] vary most between the rows.

    The processes of a ``group`` share the rows. The directions are orthonormal columns
    [width, min(rank, width)], the strongest first.
    Randomized subspace iteration: Halko, Martinsson and Tropp (2011), Finding structure with
    randomness, algorithm 4.4, https://doi.org/10.1137/090771806. The last few are less exact.
    """
    # eigenvectors of M'M [width, width] for the scores M, by products with M and M' only
    shape = (width, min(rank + _OVERSAMPLING, width))
    basis: Floats = np.random.default_rng(seed).standard_normal(shape, np.float32)
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(scores.transposed_matmul(scores.matmul(basis))).Q
    projected = scores.matmul(basis)
    _, rotation = np.linalg.eigh(group.sum(projected.T @ projected))  # the strongest last
    return np.asarray(basis @ rotation[:, ::-1][:, :rank])
