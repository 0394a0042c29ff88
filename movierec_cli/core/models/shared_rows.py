"""A sparse matrix whose rows are shared between processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from movierec_cli.core.models.linear import Floats
from movierec_cli.core.parallel.group import ALONE, Group

THREADS = 2
"""Threads of a product, the same number on every machine."""
_FEW_OPERATIONS = 2**24  # that take some ten milliseconds


@dataclass(frozen=True, eq=False)
class SharedRows:
    """A sparse matrix A [n, p], of which each process of a group holds some rows.

    A product AV is one of the rows of this process; a product A'V is the sum over all rows.
    """

    own: sparse.csr_array  # [n of this process, p]
    n_rows: int  # n of all processes
    group: Group

    @classmethod
    def of(cls, own: sparse.csr_array, group: Group = ALONE) -> "SharedRows":
        """Return the matrix of the rows of all processes, of which this one holds ``own``."""
        return cls(own, int(group.sum(np.array([own.shape[0]]))[0]), group)

    @property
    def shape(self) -> tuple[int, int]:
        """Return n and p."""
        return self.n_rows, self.own.shape[1]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Return the number of entries of each column, [p]."""
        return self.group.sum(np.bincount(self.own.indices, minlength=self.shape[1]))

    @property
    def nnz(self) -> int:
        """Return the number of entries."""
        return int(self.counts.sum())

    @property
    def T(self) -> "_Transposed":  # noqa: N802 - as in numpy
        """Return the transposed matrix, [p, n]."""
        return _Transposed(self.own.T, self.group)

    def __matmul__(self, vectors: Floats) -> Floats:
        """Return the rows of this process of AV, [p, k] -> [own n, k]."""
        return multiply(self.own, vectors)

    def columns(self, columns: NDArray[np.int64]) -> "SharedRows":
        """Return some columns of the matrix."""
        return SharedRows(self.own[:, columns], self.n_rows, self.group)

    def squared(self) -> "SharedRows":
        """Return the matrix of the squared entries."""
        return SharedRows(self.own.power(2), self.n_rows, self.group)


@dataclass(frozen=True, eq=False)
class _Transposed:
    own: sparse.sparray  # [p, n of this process]
    group: Group

    def __matmul__(self, vectors: Floats) -> Floats:
        """Return A'V, from the rows of V of this process, [own n, k] -> [p, k]."""
        return self.group.sum(multiply(self.own, vectors))


def multiply(matrix: sparse.sparray, vectors: Floats) -> Floats:
    """Return AV for a sparse A [n, p], [p, k] -> [n, k], in two threads."""
    return in_threads(lambda part: np.asarray(matrix @ part), vectors, matrix.nnz)


def in_threads(
    product: Callable[[Floats], Floats], vectors: Floats, operations_of_column: int
) -> Floats:
    """Return the product with V [p, k], for a part of its columns in each thread.

    Few operations, and those with a vector [p], are done in one thread.
    """
    if vectors.ndim == 1 or operations_of_column * vectors.shape[1] < _FEW_OPERATIONS:
        return product(vectors)
    with ThreadPoolExecutor(THREADS) as executor:
        parts = np.array_split(vectors, THREADS, axis=1)
        return np.hstack(list(executor.map(product, parts)))
