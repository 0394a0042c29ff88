"""Sparse matrices of zeros and ones, and the design matrices of the towers built on them.

Notation: C chains, D bias and factors, k columns of a dense matrix, nnz stored entries.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A constant matrix of ones in compressed sparse rows (CSR)."""

    indptr: Tensor  # [n_rows + 1]; the entries of row i are indptr[i]:indptr[i + 1]
    columns: Tensor  # [nnz], the column of each entry
    order: Tensor  # [nnz], the position of each entry in the arrays given to `from_entries`
    shape: tuple[int, int]

    @classmethod
    def from_entries(cls, rows: Tensor, columns: Tensor, shape: tuple[int, int]) -> "SparseMatrix":
        """Build a matrix from the places of its ones, [nnz] each, distinct, in any order."""
        order = torch.argsort(rows, stable=True)
        counts = torch.bincount(rows, minlength=shape[0])
        indptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return cls(indptr, columns[order], order, shape)

    @property
    def counts(self) -> Tensor:
        """The number of ones in each row, [n_rows]."""
        return self.indptr.diff()

    @cached_property
    def transpose(self) -> "SparseMatrix":
        """The transposed matrix; its order refers to the same arrays."""
        rows = torch.arange(self.shape[0], device=self.indptr.device)
        flipped = SparseMatrix.from_entries(
            self.columns, rows.repeat_interleave(self.counts), self.shape[::-1]
        )
        return replace(flipped, order=self.order[flipped.order])

    def spmm(self, dense: Tensor, values: Tensor | None = None) -> Tensor:
        """Multiply by ``dense`` for each chain, [C, n_columns, k] -> [C, n_rows, k].

        ``values`` [nnz] take the place of the ones, in the order of the arrays given to
        `from_entries`. There are gradients for the dense matrix only.
        """
        chains, n_columns, width = dense.shape
        flat = dense.transpose(0, 1).reshape(n_columns, chains * width)
        product: Tensor = _Spmm.apply(self, values, flat)  # type: ignore[no-untyped-call]
        return product.view(-1, chains, width).transpose(0, 1)


def _multiply(matrix: SparseMatrix, values: Tensor | None, dense: Tensor) -> Tensor:
    """Return the product with a dense matrix, [n_columns, k] -> [n_rows, k]."""
    return functional.embedding_bag(
        matrix.columns,
        dense,
        matrix.indptr,
        mode="sum",
        per_sample_weights=None if values is None else values[matrix.order],
        include_last_offset=True,
    )


class _Spmm(torch.autograd.Function):
    """The product with a constant sparse matrix; its gradient is a product with the transpose."""

    @staticmethod
    def forward(ctx: Any, matrix: SparseMatrix, values: Tensor | None, dense: Tensor) -> Tensor:
        ctx.matrix, ctx.values = matrix, values
        return _multiply(matrix, values, dense)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, None, Tensor]:
        # the gradient that embedding_bag itself would take is several times slower
        return None, None, _multiply(ctx.matrix.transpose, ctx.values, gradients[0].contiguous())


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """The inputs of a tower, Z = [R / sqrt(counts + 1), side], [n, n_other + K]."""

    rated: SparseMatrix  # R [n, n_other], a one for each rating
    side: Tensor  # [n, K], features of the users or films, and of their numbers of ratings

    @property
    def _root(self) -> Tensor:
        return torch.sqrt(self.rated.counts + 1.0)[:, None]

    def matmul(self, weights: Tensor) -> Tensor:
        """Return Z @ weights, [C, n_other + K, D] -> [C, n, D]."""
        split = self.rated.shape[1]
        return self.rated.spmm(weights[:, :split]) / self._root + self.side @ weights[:, split:]

    def transposed_matmul(self, vectors: Tensor) -> Tensor:
        """Return Z' @ vectors, [C, n, D] -> [C, n_other + K, D]."""
        of_rated = self.rated.transpose.spmm(vectors / self._root)
        return torch.cat([of_rated, self.side.T @ vectors], dim=1)

    def row_gram(self, ridge: Tensor) -> Tensor:
        """Return Z P^-1 Z', [n, n], where P is the diagonal matrix of ``ridge`` [n_other + K]."""
        identity = torch.eye(len(self.side), device=ridge.device)[None]
        return self.matmul(self.transposed_matmul(identity) / ridge[:, None])[0]

    def column_gram(self, ridge: Tensor) -> Tensor:
        """Return P^-1/2 Z'Z P^-1/2, [n_other + K, n_other + K]."""
        root = ridge.sqrt()
        scaled = torch.diag(1 / root)[None]
        return self.transposed_matmul(self.matmul(scaled))[0] / root[:, None]
