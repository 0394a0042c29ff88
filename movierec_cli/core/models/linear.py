"""Solvers of linear models, shared by the baselines and the models.

Each is one closed form or a few Newton steps over sums of the size of the inputs; the samples may
come in blocks. Notation: n samples, inputs X [n, p], targets Y [n, m], weights W [p, m].
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray

Floats = NDArray[np.floating[Any]]

_NEWTON_STEPS = 8


def ridge(gram: Floats, rhs: Floats, penalty: float | Floats) -> Floats:
    """Return the W [p, m] that minimizes ||XW - Y||^2 + sum_i penalty_i ||W_i||^2.

    From the sums X'X [p, p] and X'Y [p, m] over the samples. There is one penalty for all inputs,
    or one for each, [p].
    """
    # W = (X'X + diag(penalty))^-1 X'Y
    return np.linalg.solve(_penalized(gram, penalty), rhs)


def logistic(logit: Floats) -> Floats:
    """Return 1 / (1 + exp(-logit))."""
    # below -80 the result is as good as 0, and the exponential would overflow
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(logit, -80.0))))


def logistic_regression(features: Floats, labels: NDArray[np.bool_]) -> FloatArray:
    """Minimize the binary cross-entropy plus half the squared slopes by Newton's method.

    From features [n, p] and labels [n] to the slopes and the constant, which is not penalized,
    [p + 1].
    """
    design = np.hstack([features, np.ones((len(features), 1))]).astype(np.float64)
    penalty = np.ones(design.shape[1])
    penalty[-1] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        probability = logistic(design @ weights)
        gradient = design.T @ (probability - labels) + penalty * weights
        hessian = (design * (probability * (1 - probability))[:, None]).T @ design
        # the small addition keeps the constant solvable where all probabilities are 0 or 1
        weights -= np.linalg.solve(_penalized(hessian, penalty + 1e-6), gradient)
    return weights.astype(np.float32)


def _penalized(gram: Floats, penalty: float | Floats) -> Floats:
    penalized = gram.copy()
    penalized[np.diag_indices_from(gram)] += penalty
    return penalized
