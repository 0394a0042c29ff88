"""The scale of ratings, and its conversion into stars."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import HIGHEST_RATING, FloatArray
from movierec_cli.core.errors import DataError, UsageError

_SPAN = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(?:-|to|\.\.)\s*([+-]?\d+(?:\.\d+)?)\s*")
_USUAL = ((5.0, 0.5), (10.0, 0.5), (100.0, 1.0))  # highest rating and finest step of usual scales
_FEWEST_VALUES = 3  # different ratings, of which the highest is the scale's: else it is no proof
_FEW = 0.01  # share of the ratings that are taken for wrong if the others fit a scale


@dataclass(frozen=True)
class Scale:
    """The lowest and the highest rating that a user can give."""

    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not self.lowest < self.highest or not np.isfinite([self.lowest, self.highest]).all():
            raise UsageError(
                f"{self.lowest:g}-{self.highest:g} is no scale.", "For example: --scale 0-10"
            )

    def __str__(self) -> str:
        return f"{self.lowest:g} to {self.highest:g}"

    def to_stars(self, values: NDArray[np.floating]) -> FloatArray:
        """Return ratings in stars: in proportion to the highest, which is 5 stars.

        The lowest rating of a scale with negative ratings is 0 stars.
        """
        # The stars are 5 (value - zero) / (highest - zero).
        zero = min(self.lowest, 0.0)
        stars = HIGHEST_RATING * (values - zero) / (self.highest - zero)
        return np.asarray(stars, np.float32)


def parse_scale(text: str) -> Scale:
    """Read a scale such as ``0-10``; raise a `UsageError` if it is none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no scale.", "For example: --scale 0-10")
    return Scale(float(match[1]), float(match[2]))


def guess_scale(values: NDArray[np.float64]) -> Scale:
    """Return the scale of ratings where it is certain.

    It is if the highest rating is 5, 10 or 100, there are several different ratings, and all lie
    on whole or half points.

    Raises
    ------
    DataError
        If it is not certain.
    """
    scale = _certain_scale(values)
    if scale is None:
        raise DataError(
            f"The scale of the ratings is not certain: they go from {values.min():g} to "
            f"{values.max():g}.",
            "Say it: --scale LOWEST-HIGHEST, for example --scale 0-10",
        )
    return scale


def likely_scale(values: NDArray[np.float64]) -> Scale | None:
    """Return the scale of nearly all ratings where it is certain; the others may be wrong."""
    for highest, step in _USUAL:
        fitting = values[(values >= 0) & (values <= highest) & (values % step == 0)]
        n_others = len(values) - len(fitting)
        if len(fitting) and n_others <= max(1, _FEW * len(values)):
            return _certain_scale(fitting)
    return None


def _certain_scale(values: NDArray[np.float64]) -> Scale | None:
    different = np.unique(values)
    for highest, step in _USUAL:
        is_grid = np.all(different % step == 0) and different[0] >= 0
        if different[-1] == highest and is_grid and len(different) >= _FEWEST_VALUES:
            first = 0.0 if different[0] == 0 else 1.0 if np.all(different % 1 == 0) else step
            return Scale(first, highest)
    return None
