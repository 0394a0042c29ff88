"""Random sparse matrices, and what dense algebra makes of them."""

import numpy as np
from scipy import sparse

from movierec_cli.core.models.linear import Floats

GENERATOR = np.random.default_rng(0)
LONG, WIDE = (300, 60), (60, 300)
"""Shapes that are inverted in the space of the columns, and in that of the rows."""


def random_matrix(shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix with a fifth of its entries; the first columns have the most."""
    share = np.linspace(0.38, 0.02, shape[1])
    values = GENERATOR.random(shape) * (GENERATOR.random(shape) < share)
    return sparse.csr_array(values.astype(np.float32))


def dense_inverse(matrix: sparse.csr_array, penalty: float) -> Floats:
    dense = matrix.toarray().astype(np.float64)
    return np.asarray(np.linalg.inv(dense.T @ dense + penalty * np.eye(matrix.shape[1])))


def vectors(size: int) -> Floats:
    return GENERATOR.standard_normal((size, 5)).astype(np.float32)


def error(found: Floats, expected: Floats) -> float:
    """Return the relative error in the Euclidean norm."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))
