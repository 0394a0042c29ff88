"""Curves of a training, drawn with braille characters in 80 columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from movierec_cli.core.runs.history import Panel, Series, panels

_HEIGHT = 4  # lines of a plot
_LABELS = 8  # columns for the figures beside it
_INNER = 28  # columns of the plot itself, so that two and a gap fit 80
_GAP = "   "
_WIDTH = _LABELS + 2 + _INNER

# A braille character has two by four dots, each a bit of its code point.
_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column]
_BLANK = "\u2800"

_PART_NAMES = {"train": "training", "validation": "validation"}


def draw_curves(epochs: Sequence[Mapping[str, Any]], kept: int, width: int = 80) -> list[str]:
    """Draw each figure of a training over its epochs, two plots to a line where they fit.

    Training and validation of the same figure have one scale.

    ``epochs`` and ``kept`` are those of a `movierec_cli.core.runs.manifest.Manifest`. The lines
    have at most 80 characters, or at most 38 where ``width`` is smaller than 80.
    """
    last = max((int(epoch["number"]) for epoch in epochs), default=0)
    plots = [
        _plot(panel, series, last, kept) for panel in panels(epochs) for series in panel.series
    ]
    across = 2 if width >= 2 * _WIDTH + len(_GAP) else 1
    lines: list[str] = []
    for at in range(0, len(plots), across):
        lines += ["", *map(_GAP.join, zip(*plots[at : at + across], strict=True))]
    return [line.rstrip() for line in lines[1:]]


def _plot(panel: Panel, series: Series, last: int, kept: int) -> list[str]:
    low, high = panel.span
    axis = ["─"] * _INNER
    axis[round((kept - 1) / max(last - 1, 1) * (_INNER - 1))] = "▲"
    lines = [
        f"{'':{_LABELS}}  {panel.title}, {_PART_NAMES[series.part]}",
        *(f"{'':{_LABELS}} │{line}" for line in _canvas(series, last, low, high)),
        f"{'':{_LABELS}} └{''.join(axis)}",
        f"{'':{_LABELS}}  {_ends(panel, series)}",
    ]
    for at, value in ((1, high), (_HEIGHT, low)):
        lines[at] = f"{_label(value):>{_LABELS}}{lines[at][_LABELS:]}"
    return [f"{line[:_WIDTH]:<{_WIDTH}}" for line in lines]


def _label(value: float) -> str:
    """Write a figure in at most `_LABELS` characters."""
    return f"{value:.4g}"


def _ends(panel: Panel, series: Series) -> str:
    """Return the first and the last value, and the epoch of the best."""
    text = f"{_label(series.values[0])} → {_label(series.values[-1])}"
    if not panel.best:
        return text
    best = min(series.values) if panel.best == "lowest" else max(series.values)
    return f"{text} (best: {series.epochs[series.values.index(best)]})"


def _canvas(series: Series, last: int, low: float, high: float) -> list[str]:
    """Draw the line from epoch to epoch on a scale from ``low`` to ``high``."""
    import numpy as np

    columns = 1 + (last - 1) * np.linspace(0, 1, 2 * _INNER)  # an epoch for each column of dots
    values = np.interp(columns, series.epochs, series.values, left=np.nan, right=np.nan)
    depths = (high - values) / max(high - low, 1e-12) * (4 * _HEIGHT - 1)  # in dots from the top
    drawn = np.flatnonzero(np.isfinite(depths)).tolist()  # the epochs that have the figure
    dots = np.round(depths[drawn]).astype(int).tolist()
    cells = np.zeros((_HEIGHT, _INNER), np.int64)
    for at, before, dot in zip(drawn, dots[:1] + dots, dots, strict=False):
        for row in range(min(before, dot), max(before, dot) + 1):
            cells[row // 4, at // 2] |= _BRAILLE_BITS[row % 4][at % 2]
    return ["".join(chr(ord(_BLANK) + cell) for cell in line) for line in cells.tolist()]
