"""Gram matrices of sparse matrices, and dense symmetric matrices made from them.

Notation: sparse matrices A [n, p] and B [n, q], a dense matrix V [q, k].
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import numpy as np
from scipy import linalg, sparse

from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.shared_rows import THREADS, SharedRows, in_threads

ROWS = 2**18
"""Rows of a sparse matrix that are multiplied at once with a dense one."""

_BLOCK = 512  # columns of a Gram matrix computed at once
_ENTRIES = 2**22  # of a sparse matrix that a Gram matrix is summed over at once


def lower_gram(matrix: sparse.sparray) -> Floats:
    """Return A'A of a sparse A [n, p]: its lower triangle, in an array [p, p] by columns."""
    gram = np.zeros((matrix.shape[1], matrix.shape[1]), matrix.dtype, order="F")
    add_lower_gram(gram, matrix)
    return gram


def add_lower_gram(gram: Floats, matrix: sparse.sparray) -> None:
    """Add A'A of a sparse A [n, p] to the lower triangle of ``gram`` [p, p]."""
    of_rows = matrix.tocsr()
    n_blocks = -(-of_rows.nnz // _ENTRIES) or 1
    for rows in row_blocks(of_rows, -(-of_rows.shape[0] // n_blocks)):
        columns = rows.tocsc()

        def add(start: int, columns: sparse.csc_array = columns) -> None:
            block = columns[:, start : start + _BLOCK]
            products = columns[:, start:].T @ block
            gram[start:, start : start + _BLOCK] += products.toarray()

        with ThreadPoolExecutor(THREADS) as executor:
            for _ in executor.map(add, range(0, len(gram), _BLOCK)):
                pass


def gram_product(left: SharedRows, right: SharedRows, vectors: Floats) -> Floats:
    """Return A'BV for A [n, p] and B [n, q], [q, k] -> [p, k], by blocks of rows."""

    def product(part: Floats) -> Floats:
        pairs = zip(row_blocks(left.own, ROWS), row_blocks(right.own, ROWS), strict=True)
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


def mirrored(lower: Floats) -> Floats:
    """Return the symmetric matrix [p, p] of a lower triangle, in place."""
    for start in range(0, len(lower), _BLOCK):
        end = start + _BLOCK
        block = lower[start:end, start:end]
        block[:] = np.tril(block) + np.tril(block, -1).T
        lower[start:end, end:] = lower[end:, start:end].T
    return lower.T  # its rows lie together
