"""The range in which a hyper-parameter is searched."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """The bounds of a hyper-parameter, both included.

    ``log`` searches the logarithm; ``whole`` searches whole numbers.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False


SearchSpace = Mapping[str, Range]
"""Dotted path in a preset, such as ``config.network.weight`` or ``training.epochs`` -> range."""
