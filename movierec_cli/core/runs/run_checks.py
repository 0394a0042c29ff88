"""Whether what is on disk is a run: its manifest, and weights that fit each other and the films."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

import numpy as np

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.registry import Scorer
from movierec_cli.core.runs.json_shapes import (
    Check,
    each,
    figures,
    finite,
    flag,
    group,
    settings,
    text,
    texts,
    whole,
)

LARGEST_WEIGHT = 1e9
"""No training that went well comes near it; sums of products of larger ones overflow."""


def _split(value: Any) -> bool:
    """Tell whether it is a holdout, with a seed where users were drawn and only there."""
    if not group(holdout=text)(value):
        return False
    drawn = value["holdout"] == "users"
    seed = value.get("split_seed", "")
    return whole(0, 2**32 - 1)(seed) if drawn else seed is None


def _evaluation(value: Any) -> bool:
    """Tell whether it is a list of results that have the same metrics."""
    result = group(scenario=text, k=whole(1), users=whole(0), left_out=whole(0), metrics=figures)
    return each(result)(value) and len({tuple(part["metrics"]) for part in value}) <= 1


def _ascending_ids(value: Any) -> bool:
    return each(whole(1))(value) and all(a < b for a, b in pairwise(value)) and bool(value)


def _file_name(value: Any) -> bool:
    return text(value) and "\0" not in value and PurePath(value).name == value != ""


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "name": text,
        "model": text,
        "preset": text,
        "created": text,
        "dataset": group(
            name=text, checksum=text, users=whole(1), films=whole(1), ratings=whole(0)
        ),
        "split": _split,
        "config": settings,
        "training": settings,
        "inputs": texts,
        "versions": texts,
        "epochs": each(
            group(number=whole(1), train=figures, validation=figures, is_kept=flag, seconds=finite)
        ),
        "kept_epoch": whole(1),
        "metrics": figures,
        "evaluation": _evaluation,
        "seconds": finite,
        "film_ids": _ascending_ids,
        "weights": group(file=_file_name, sha256=text),
    }
)


def check_manifest(content: Mapping[str, Any]) -> None:
    """Check that ``manifest.json`` holds what the commands rely on.

    Raises
    ------
    ValueError
        With the name of the first field that is missing or wrong.
    """
    for name, check in _CHECKS.items():
        if name not in content or not check(content[name]):
            raise ValueError(repr(name))


def is_sound(array: FloatArray) -> bool:
    """Tell whether every number is a weight that can be computed with; NaN is none."""
    return bool(np.all(np.abs(array) <= LARGEST_WEIGHT))


def check_weights(scorer: Scorer, weights: Mapping[str, FloatArray], n_films: int) -> None:
    """Check that ``weights`` are those of such a model of ``n_films`` films.

    Raises
    ------
    ValueError
        Saying what is wrong with which array.
    """
    for name, array in weights.items():
        if array.dtype != np.float32:
            raise ValueError(f"{name} holds {array.dtype} instead of float32")
        if not is_sound(array):
            raise ValueError(f"{name} holds what is no weight")
    needed = _Needed(weights)
    for name, shape in scorer.shapes(needed, n_films).items():
        if needed[name].shape != shape:
            raise ValueError(f"{name} has the shape {weights[name].shape} instead of {shape}")
    scorer.check(weights)


class _Needed(dict[str, FloatArray]):
    """Weights of which each that is asked for has to be there."""

    def __missing__(self, name: str) -> FloatArray:
        raise ValueError(f"it lacks {name}")
