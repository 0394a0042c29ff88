"""The progress of the closed-form components, by the time that their steps take."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.operators import LinearMap
from movierec_cli.core.progress import Countdown, Progress

PRODUCTS = (9, 3)
"""Products of a fit with the sum of the solutions; and where all scores are computed."""

_SOLUTIONS = 3  # of a fit


@dataclass(frozen=True, eq=False)
class Steps:
    """The progress of one fit; its durations are processor seconds, by experience."""

    countdown: Countdown
    solution: float
    product: float

    @classmethod
    def of(cls, counts: NDArray[Any], n_exact: int, products: int, progress: Progress) -> "Steps":
        """Begin a fit to histories of these lengths [n_users], exact for ``n_exact`` films.

        ``products`` are the products with the sum of the solutions.
        """
        lengths = counts.astype(np.float64)
        solution = 5e-9 * float((lengths**2).sum()) + n_exact**3 / 9e10
        product = 4e-7 * float(lengths.sum())
        total = _SOLUTIONS * solution + products * product
        return cls(
            Countdown(progress, "Solving the item-item components", total), solution, product
        )

    def solved(self) -> None:
        """Count a solution as done."""
        self.countdown.advance(self.solution)

    def counting(self, linear_map: LinearMap) -> LinearMap:
        """Return a map that counts its products as done."""

        def counted(product: Callable[[Floats], Floats], vectors: Floats) -> Floats:
            found = product(vectors)
            self.countdown.advance(self.product)
            return found

        return LinearMap(
            partial(counted, linear_map.matmul), partial(counted, linear_map.transposed_matmul)
        )
