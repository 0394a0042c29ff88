"""Curves of a training, from the epochs of a manifest, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from movierec_cli.core.evaluation.metrics import METRICS

_PARTS = ("train", "validation")
_TITLES = {"loss": "total loss", "sweeps": "sampling sweeps"}


@dataclass(frozen=True)
class Series:
    """One figure of the ``train`` or ``validation`` part, in the epochs that have it, ascending."""

    part: str
    epochs: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """One figure of a training, by its name in the epochs, with a series for each part."""

    name: str
    series: tuple[Series, ...]

    @property
    def title(self) -> str:
        """The name in words."""
        if self.name in METRICS:
            return METRICS[self.name].long_label.removesuffix("@{k}")
        return _TITLES.get(self.name, self.name.replace("_", " "))

    @property
    def best(self) -> str:
        """The best value: ``lowest`` (losses too) or ``highest``, or '' if none is better."""
        if self.name == "sweeps":
            return ""
        higher = self.name in METRICS and METRICS[self.name].higher_is_better
        return "highest" if higher else "lowest"

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of all series."""
        values = [value for series in self.series for value in series.values]
        return min(values), max(values)


def panels(epochs: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Return a panel for each figure of the epochs of a manifest, in their order."""
    names = dict.fromkeys(name for part in _PARTS for epoch in epochs for name in epoch[part])
    found = (
        Panel(name, tuple(series for part in _PARTS if (series := _series(epochs, part, name))))
        for name in names
    )
    return [panel for panel in found if panel.series]


def kept_epoch(epochs: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the number of the epoch whose weights were kept; ``None`` if there is no epoch."""
    kept = (int(epoch["number"]) for epoch in reversed(epochs) if epoch["is_kept"])
    return next(kept, None)


def _series(epochs: Sequence[Mapping[str, Any]], part: str, name: str) -> Series | None:
    points = [
        (int(epoch["number"]), float(epoch[part][name]))
        for epoch in epochs
        if epoch[part].get(name) is not None
    ]
    if not points:
        return None
    numbers, values = zip(*points, strict=True)
    return Series(part, numbers, values)
