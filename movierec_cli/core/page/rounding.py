"""Vectors of films rounded to whole numbers, each beside a multiple of an earlier film's vector.

    x_i = factor_i x_j + a_i * scale_i * step        a_i [d] whole numbers, j < i, step [d]

Film j is the most similar one before film i. Films that the same few users rated have nearly the
same direction, so that the rest has few bits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

OCTAVE = 4  # exponents of a scale between a number and its double
FACTOR_STEPS = 16  # between a factor of 0 and of 1
_LARGEST = 2.0**20  # whole number; a larger one gets a larger step
_BEFORE = 4096  # films, at least, among which the similar one is sought
_BLOCK = 1024

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RoundedVectors:
    """Vectors of N films along d axes.

    Attributes
    ----------
    numbers
        The whole numbers a, [N, d].
    references, factors
        The film j, and the factor in units of 1 / `FACTOR_STEPS`, [N].
    exponents
        The scales as exponents of 2^(1/4), [N].
    steps
        [d].
    """

    numbers: Ints
    references: Ints
    factors: Ints
    exponents: Ints
    steps: Floats

    def unpacked(self) -> Floats:
        """Return the vectors as the page computes them, [N, d]."""
        vectors = self.numbers * _scales(self.exponents)[:, None] * self.steps
        for row, (reference, factor) in enumerate(zip(self.references, self.factors, strict=True)):
            vectors[row] += factor / FACTOR_STEPS * vectors[reference]
        return vectors


def rounded(vectors: Floats, steps: Floats, coarseness: Floats) -> RoundedVectors:
    """Round vectors [N, d] to ``steps`` [d] times the ``coarseness`` of each film [N]."""
    largest = np.abs(vectors / steps).max(axis=1, initial=0)
    exponents = np.rint(OCTAVE * np.log2(np.maximum(coarseness, largest / _LARGEST)))
    deviation = np.maximum(vectors.std(axis=0), 1e-12)
    references = _most_similar_before(vectors / deviation)
    numbers, factors = np.zeros(vectors.shape, np.int32), np.zeros(len(vectors), np.int32)
    known = np.zeros_like(vectors)  # as the page computes them
    for row, scale in enumerate(_scales(exponents)):
        other = known[references[row]]
        weighted = other / deviation**2
        factor = (weighted @ vectors[row]) / max(float(weighted @ other), 1e-12)
        factors[row] = np.rint(FACTOR_STEPS * factor)
        predicted = factors[row] / FACTOR_STEPS * other
        numbers[row] = np.rint((vectors[row] - predicted) / (scale * steps))
        known[row] = predicted + numbers[row] * scale * steps
    return RoundedVectors(numbers, references, factors, exponents.astype(np.int32), steps)


def _most_similar_before(vectors: Floats) -> Ints:
    """Return an earlier row for each row of vectors [N, d], that of the largest cosine, [N]."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    found = np.zeros(len(unit), np.int32)
    for start in range(0, len(unit), _BLOCK):
        first = max(start - _BEFORE, 0)
        rows = np.arange(start, min(start + _BLOCK, len(unit)))
        cosines = unit[rows] @ unit[first : rows[-1] + 1].T
        cosines[np.arange(first, rows[-1] + 1) >= rows[:, None]] = -1.0
        found[rows] = first + cosines.argmax(axis=1)
    return found


def _scales(exponents: NDArray[Any]) -> Floats:
    return np.asarray(2.0 ** (np.asarray(exponents, np.float64) / OCTAVE))
