"""Who rated what, as a sparse matrix of ones that networks can sum over.

Notation: M members, k columns of values, nnz entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

_BLOCK = 1024  # columns held densely at once


@dataclass(frozen=True, eq=False)
class Rows:
    """One direction of the matrix: the entries of row i are ``others[starts[i]:starts[i + 1]]``.

    ``order`` [nnz] has the position of each entry among the places of the matrix.
    """

    starts: Tensor
    others: Tensor
    order: Tensor

    @classmethod
    def build(cls, rows: Tensor, others: Tensor, n_rows: int, order: Tensor) -> "Rows":
        """Build it from entries that are ordered by row."""
        counts = torch.bincount(rows, minlength=n_rows)
        return cls(torch.cat([counts.new_zeros(1), counts.cumsum(0)]), others, order)

    def sum(self, values: Tensor, entries: Tensor) -> Tensor:
        """Sum ``values`` [n_others, k], each times its entry, over each row, [n_rows, k]."""
        return functional.embedding_bag(
            self.others,
            values,
            self.starts,
            mode="sum",
            per_sample_weights=entries[self.order],
            include_last_offset=True,
        )


@dataclass(frozen=True, eq=False)
class Incidence:
    """A sparse [n_rows, n_columns] matrix of ones, in both directions.

    Its places may hold other entries than ones where a method takes them.

    Attributes
    ----------
    rows, columns
        [nnz], the places of the ones.
    by_row, by_column
        The same in compressed form.
    """

    rows: Tensor
    columns: Tensor
    by_row: Rows
    by_column: Rows

    @classmethod
    def build(cls, rows: Tensor, columns: Tensor, shape: tuple[int, int]) -> "Incidence":
        """Build it from the places of the ones, each place once, ordered by row."""
        order = torch.argsort(columns, stable=True)
        return cls(
            rows,
            columns,
            Rows.build(rows, columns, shape[0], torch.arange(len(rows), device=rows.device)),
            Rows.build(columns[order], rows[order], shape[1], order),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.by_row.starts) - 1, len(self.by_column.starts) - 1

    @property
    def counts(self) -> Tensor:
        """The number of ones in each row, [n_rows]."""
        return self.by_row.starts.diff()

    def flip(self) -> "Incidence":
        """Return the transpose; its places are no longer ordered by row."""
        return Incidence(self.columns, self.rows, self.by_column, self.by_row)

    def pool(self, values: Tensor, entries: Tensor | None = None) -> Tensor:
        """Sum ``values`` over the ones of each row: [M, n_columns, k] -> [M, n_rows, k].

        ``entries`` [nnz], in the order of the places, stand in for the ones.
        """
        members, count, width = values.shape
        if entries is None:
            entries = torch.ones(len(self.rows), device=values.device)
        flat = values.transpose(0, 1).reshape(count, members * width)
        pooled: Tensor = _Pool.apply(  # type: ignore[no-untyped-call]
            self.by_row, self.by_column, entries, flat
        )
        return pooled.view(-1, members, width).transpose(0, 1)

    def dense_columns(self) -> Iterator[Tensor]:
        """Yield the matrix densely in blocks of columns, [n_rows, at most 1024]."""
        n_rows, n_columns = self.shape
        for start in range(0, n_columns, _BLOCK):
            stop = min(start + _BLOCK, n_columns)
            inside = (self.columns >= start) & (self.columns < stop)
            block = torch.zeros(n_rows, stop - start, device=self.rows.device)
            block[self.rows[inside], self.columns[inside] - start] = 1.0
            yield block


class _Pool(torch.autograd.Function):
    """A constant sparse matrix times a dense one; backwards it is the other direction."""

    @staticmethod
    def forward(ctx: Any, by_row: Rows, by_column: Rows, entries: Tensor, values: Tensor) -> Tensor:
        ctx.by_column, ctx.entries = by_column, entries
        return by_row.sum(values, entries)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, None, None, Tensor]:
        return None, None, None, ctx.by_column.sum(gradients[0].contiguous(), ctx.entries)
