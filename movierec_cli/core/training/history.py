"""The figures of a training as curves, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PARTS = ("train", "validation")
_WORDS = {
    "loss": "total loss",
    "ndcg": "NDCG",
    "map": "MAP",
    "mse": "MSE",
    "rmse": "RMSE",
    "mae": "MAE",
    "sweeps": "sampling sweeps",
}
_HIGHER_IS_BETTER = frozenset({"accuracy", "precision", "recall", "map", "ndcg", "hit_rate"})


@dataclass(frozen=True)
class Series:
    """One figure in the epochs that have it.

    Attributes
    ----------
    part
        ``train`` or ``validation``.
    epochs, values
        The number of each epoch, ascending, and the figure after it.
    """

    part: str
    epochs: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """One figure of a training: in training, on the validation part, or in both.

    Attributes
    ----------
    name
        As in the records of the epochs.
    series
        One or two.
    """

    name: str
    series: tuple[Series, ...]

    @property
    def title(self) -> str:
        """The name in words."""
        return _WORDS.get(self.name, self.name.replace("_", " "))

    @property
    def best(self) -> str:
        """Whether the ``lowest`` or the ``highest`` value is best, or '' if none is."""
        if self.name == "sweeps":
            return ""
        return "highest" if self.name in _HIGHER_IS_BETTER else "lowest"

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of all series."""
        values = [value for series in self.series for value in series.values]
        return min(values), max(values)


def panels(epochs: Sequence[Mapping[str, Any]]) -> list[Panel]:
    """Return a panel for each figure, in the order in which training told them.

    Parameters
    ----------
    epochs
        As in `movierec_cli.core.runs.store.Manifest`.
    """
    names = dict.fromkeys(name for part in _PARTS for epoch in epochs for name in epoch[part])
    return [
        Panel(name, tuple(series for part in _PARTS if (series := _series(epochs, part, name))))
        for name in names
    ]


def kept_epoch(epochs: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the number of the epoch whose weights were kept; ``None`` if there is no epoch."""
    kept = [int(epoch["number"]) for epoch in epochs if epoch["is_kept"]]
    return kept[-1] if kept else None


def _series(epochs: Sequence[Mapping[str, Any]], part: str, name: str) -> Series | None:
    told = [(int(epoch["number"]), float(epoch[part][name])) for epoch in epochs
            if name in epoch[part]]  # fmt: skip
    if not told:
        return None
    numbers, values = zip(*told, strict=True)
    return Series(part, numbers, values)
