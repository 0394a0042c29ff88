"""The weights of a run: reading of their file, and checks of names, shapes and values."""

import hashlib
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import numpy as np
from safetensors.numpy import load as load_safetensors

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.registry import Scorer

LARGEST_WEIGHT = 1e9
"""Beyond every weight of a training that went well; products of larger weights overflow."""


def read_weights(path: Path, digest: str) -> Mapping[str, FloatArray]:
    """Read weights; raise a `ValueError` if they are not as they were written."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("its checksum differs")
    weights: dict[str, FloatArray] = load_safetensors(data)
    return weights


def check_weights(scorer: Scorer, weights: Mapping[str, FloatArray], n_films: int) -> None:
    """Check that ``weights`` are those of a model of ``n_films`` films.

    Raises
    ------
    ValueError
        With the name of the first array that is missing or wrong.
    """
    for name, array in weights.items():
        if array.dtype != np.float32:
            raise ValueError(f"{name} holds {array.dtype} instead of float32")
    sizes = {"films": n_films}
    for name, axes in scorer.SHAPES.items():
        if name not in weights:
            raise ValueError(f"{name} is missing")
        shape = weights[name].shape
        # the first array with an axis sets its size
        expected = tuple(
            sizes.setdefault(axis, max(size, 1)) if isinstance(axis, str) else axis
            for axis, size in zip_longest(axes, shape, fillvalue=0)
        )
        if shape != expected:
            raise ValueError(f"{name} has the shape {shape} instead of {expected}")
    scorer.check(weights)


def check_values(weights: Mapping[str, FloatArray]) -> None:
    """Raise a `ValueError` with the name of the first array whose values are not sound."""
    for name, array in weights.items():
        if not is_sound(array):
            raise ValueError(f"{name} holds a value that is no weight")


def is_sound(array: FloatArray) -> bool:
    """Return true if all values are finite and within `LARGEST_WEIGHT`."""
    return bool(np.all(np.abs(array) <= LARGEST_WEIGHT))
