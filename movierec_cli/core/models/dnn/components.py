"""Components of the joint embedding space: made comparable, then concatenated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from movierec_cli.core.data.dataset import FloatArray

WITH_HISTORY: Final = 0
"""Gate of a component whose weight grows with the length of the history."""
COLD_START: Final = 1
"""Gate of a component whose weight falls with the length of the history."""

COMPONENT_ARRAYS: Final = ("film_vectors", "history_vectors", "demographic_vectors", "constant")
"""The arrays of a component, as in a `Dnn`."""

_SMALLEST_VARIANCE = 1e-7  # of a direction, relative to the largest
_NO_VARIANCE = 1e-30  # stands for the variance of equal film vectors


@dataclass(frozen=True, eq=False)
class Component:
    """One linear model from what is known of a user to scores; d is its width, N films.

    A user vector is the sum of the history vectors of the user's films, of the demographic
    features times their vectors, and of the constant. Its dot products with the film vectors are
    the scores.
    """

    film_vectors: FloatArray  # [N, d]
    history_vectors: FloatArray  # [N, d]
    demographic_vectors: FloatArray  # [K, d]
    constant: FloatArray  # [d]
    weight: float  # in the score, 0 or more
    gate: int  # `WITH_HISTORY` or `COLD_START`

    def arrays(self) -> dict[str, FloatArray]:
        """Return its `COMPONENT_ARRAYS`."""
        return {name: getattr(self, name) for name in COMPONENT_ARRAYS}


def whiten(component: Component) -> Component:
    """Transform a component so that a user vector of length 1 gives scores of variance 1.

    Differences between the scores of a user stay the same: film vectors are centered and whitened,
    and the user's side is multiplied with the inverse.
    """
    # F'F / (N - 1) = R diag(v) R' for centered film vectors F [N, d];
    # F -> F R diag(v)^-1/2, and on the user's side u -> u R diag(v)^1/2
    films = component.film_vectors
    centered = films - films.mean(axis=0, dtype=np.float64).astype(np.float32)
    covariance = (centered.T @ centered).astype(np.float64) / max(len(centered) - 1, 1)
    variance, rotation = np.linalg.eigh(covariance)
    smallest = max(variance.max() * _SMALLEST_VARIANCE, _NO_VARIANCE)
    deviation = np.sqrt(np.maximum(variance, smallest))
    inverse = (rotation * deviation).astype(np.float32)
    return replace(
        component,
        film_vectors=centered @ (rotation / deviation).astype(np.float32),
        history_vectors=component.history_vectors @ inverse,
        demographic_vectors=component.demographic_vectors @ inverse,
        constant=component.constant @ inverse,
    )


def scale_films(component: Component, scales: FloatArray) -> Component:
    """Multiply the vector of each film with its of ``scales`` [N]."""
    return replace(component, film_vectors=component.film_vectors * scales[:, None])


def concatenate(components: Sequence[Component]) -> dict[str, FloatArray]:
    """Return the arrays of a `Dnn` that scores with all components."""
    arrays = {
        name: np.hstack([getattr(component, name) for component in components])
        for name in COMPONENT_ARRAYS
    }
    sizes = [len(component.constant) for component in components]
    return {
        **arrays,
        "component_sizes": np.array(sizes, np.float32),
        "component_weights": np.array([c.weight for c in components], np.float32),
        "component_gates": np.array([c.gate for c in components], np.float32),
    }
