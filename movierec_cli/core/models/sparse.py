"""Products of a constant sparse matrix with dense ones, with gradients, in torch.

Notation: k columns of a dense matrix, nnz stored entries.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A constant matrix in compressed sparse rows (CSR)."""

    indptr: Tensor  # [n_rows + 1] int32; the entries of row i are indptr[i]:indptr[i + 1]
    columns: Tensor  # [nnz] int32, the column of each entry
    shape: tuple[int, int]
    values: Tensor | None = None  # [nnz], ones without
    order: Tensor | None = None
    """[nnz], the position of each entry in ``values``; ``None`` for the order of the rows."""

    @classmethod
    def from_rows(
        cls, indptr: NDArray[Any], columns: NDArray[Any], n_columns: int, device: str
    ) -> "SparseMatrix":
        """Build a matrix of ones from the starts of its rows [n_rows + 1] and its columns [nnz]."""

        def tensor(array: NDArray[Any]) -> Tensor:
            return torch.as_tensor(np.asarray(array, np.int32), device=device)

        return cls(tensor(indptr), tensor(columns), (len(indptr) - 1, n_columns))

    def with_values(self, values: Tensor) -> "SparseMatrix":
        """Return a matrix with the same places and other ``values`` [nnz]."""
        same, flipped = replace(self, values=values), replace(self.transpose, values=values)
        same.__dict__["transpose"] = flipped
        flipped.__dict__["transpose"] = replace(same)  # not itself: a cycle would keep the values
        return same

    @property
    def row_sums(self) -> Tensor:
        """The sum of the values of each row, [n_rows]."""
        if self.values is None:
            return self.indptr.diff()
        return self.spmm(torch.ones(self.shape[1], 1, device=self.indptr.device))[:, 0]

    @cached_property
    def transpose(self) -> "SparseMatrix":
        """The transposed matrix; its values are in the same order."""
        order = torch.arange(len(self.columns)) if self.order is None else self.order.cpu()
        places = (self.columns.cpu().numpy(), self.indptr.cpu().numpy())
        flipped = sparse.csr_array((order.numpy(), *places), shape=self.shape).tocsc()
        rows, indptr, order = (
            torch.as_tensor(array, device=self.indptr.device)
            for array in (flipped.indices, flipped.indptr, flipped.data)
        )
        return SparseMatrix(indptr, rows, self.shape[::-1], self.values, order)

    def rows(self, start: int, end: int) -> "SparseMatrix":
        """Return the rows from ``start`` to before ``end``; values keep their order."""
        indptr = self.indptr[start : end + 1]
        first, last = int(indptr[0]), int(indptr[-1])
        order = (
            torch.arange(first, last, device=indptr.device)
            if self.order is None
            else self.order[first:last]
        )
        shape = (len(indptr) - 1, self.shape[1])
        return SparseMatrix(indptr - first, self.columns[first:last], shape, self.values, order)

    def spmm(self, dense: Tensor, values: Tensor | None = None) -> Tensor:
        """Multiply by a dense matrix, [n_columns, ...] -> [n_rows, ...].

        Other ``values`` [nnz] may take the place of those of the matrix. There are gradients for
        the dense matrix only.
        """
        used = self.values if values is None else values
        flat = dense.flatten(1)
        product: Tensor = _Spmm.apply(self, used, flat)  # type: ignore[no-untyped-call]
        return product.view(len(product), *dense.shape[1:])


def with_rows(table: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Return a table [n, k] itself and its ``rows`` [m], each of them once, [m, k].

    The gradient of both is one matrix [n, k]. torch by itself forms one for the rows, full of
    zeros, and adds it to that of the table.
    """
    taken: tuple[Tensor, Tensor] = _WithRows.apply(table, rows)  # type: ignore[no-untyped-call]
    return taken


def _multiply(matrix: SparseMatrix, values: Tensor | None, dense: Tensor) -> Tensor:
    """Return the product with a dense matrix, [n_columns, k] -> [n_rows, k]."""
    if values is not None and matrix.order is not None:
        values = values[matrix.order]
    return functional.embedding_bag(
        matrix.columns,
        dense,
        matrix.indptr,
        mode="sum",
        per_sample_weights=values,
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


class _WithRows(torch.autograd.Function):
    """A table and some of its rows."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        ctx.rows = rows
        return table.view_as(table), table.index_select(0, rows)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        of_table, of_rows = gradients
        return of_table.contiguous().index_add_(0, ctx.rows, of_rows), None
