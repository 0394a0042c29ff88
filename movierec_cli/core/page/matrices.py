"""Matrices of whole numbers as items of a text, with the spread of each row and column.

The number in row i and column k has about the deviation 2^((r_i + c_k) / 4 - 3). Numbers of one
class r_i + c_k share a table of probabilities, counted in all matrices. Of a class with large
numbers, the table has the upper bits; the lower ones are equally likely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.page.letters import MOST_LOWER_BITS, TABLE_BITS, Ints, Items

OCTAVE = 4  # classes between a deviation and its double
N_TABLES = 6 * OCTAVE  # of the classes with these numbers; larger ones share the last octave
MIDDLE = 64  # position of 0 in a table
_NARROWEST = 2.0**-3  # deviation of class 0
_ITERATIONS = 6


@dataclass(frozen=True, eq=False)
class SpreadMatrix:
    """Whole numbers [N, d] with the spreads of their rows [N] and columns [d]."""

    numbers: Ints
    rows: Ints
    columns: Ints

    @classmethod
    def of(cls, numbers: NDArray[np.integer[Any]]) -> "SpreadMatrix":
        """Fit the spreads; a row with an outlier gets one for which the tables have room."""
        square = (numbers / _NARROWEST) ** 2 + 0.25
        rows = np.ones(len(numbers))
        for _ in range(_ITERATIONS):
            columns = np.mean(square / rows[:, None], axis=0)
            rows = np.mean(square / columns, axis=1)
        of_columns = _exponents(columns)
        octaves = np.ceil(np.log2((np.abs(numbers) + 1) / MIDDLE))  # beyond the tables
        needed = np.where(octaves > 0, N_TABLES + OCTAVE * (octaves - 1), -np.inf) - of_columns
        of_rows = np.maximum(_exponents(rows), needed.max(axis=1)).astype(np.int32)
        return cls(numbers.astype(np.int32), of_rows, of_columns)

    @property
    def shifts(self) -> Ints:
        """The number of lower bits of each number, [N, d]."""
        octaves = self._classes // OCTAVE - (N_TABLES // OCTAVE - 1)
        return np.asarray(np.maximum(octaves, 0), np.int32)

    def symbols(self) -> tuple[Ints, Ints]:
        """Return the table and the position in it of each number, [N, d] both."""
        shifts = self.shifts
        return self._classes - OCTAVE * shifts, (self.numbers >> shifts) + MIDDLE

    @property
    def _classes(self) -> Ints:
        most = N_TABLES + OCTAVE * MOST_LOWER_BITS - 1
        return np.asarray(np.clip(self.rows[:, None] + self.columns, 0, most), np.int32)


def count_tables(matrices: Sequence[SpreadMatrix]) -> Ints:
    """Return the sizes of the positions in each table, which add up to 2^12, [n, 128]."""
    shape = N_TABLES, 2 * MIDDLE
    counts = np.zeros(shape, np.int64)
    for matrix in matrices:
        table, position = matrix.symbols()
        cells = np.ravel_multi_index((table.ravel(), position.ravel()), shape)
        counts += np.bincount(cells, minlength=counts.size).reshape(shape)
    total = 1 << TABLE_BITS
    sizes = np.maximum(
        counts * total // np.maximum(counts.sum(axis=1, keepdims=True), 1), counts > 0
    )
    sizes[np.arange(N_TABLES), sizes.argmax(axis=1)] += total - sizes.sum(axis=1)
    return np.asarray(sizes, np.int32)


def as_items(matrix: SpreadMatrix, sizes: Ints) -> Items:
    """Return the numbers row by row: of each the upper bits, then the lower ones if there are."""
    table, position = matrix.symbols()
    starts = (np.cumsum(sizes, axis=1) - sizes).astype(np.int32)
    shifts = matrix.shifts
    lower = matrix.numbers & ((1 << shifts) - 1)
    exists = np.stack([np.ones_like(shifts), shifts], axis=2) > 0
    pairs = (
        (starts[table, position], lower),
        (sizes[table, position], np.ones_like(shifts)),
        (np.full_like(shifts, TABLE_BITS), shifts),
    )
    return Items(*(np.stack(pair, axis=2)[exists] for pair in pairs))


def _exponents(squares: NDArray[np.float64]) -> Ints:
    return np.asarray(np.rint(OCTAVE / 2 * np.log2(squares)), np.int32)
