"""Curves of a training, drawn with braille characters in 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from movierec_cli.core.runs.history import Panel, Series, panels

_HEIGHT = 4  # lines of a plot
_LABELS = 8  # columns for the figures beside it
_INNER = 28  # columns of the plot itself, so that two and a gap fit 80
_GAP = "   "
_WIDTH = _LABELS + 2 + _INNER

# A braille character has two by four dots, each a bit of its code point.
_BRAILLE_FIRST = 0x2800
_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column]
_ACROSS, _DOWN = 2, 4

_PART_NAMES = {"train": "training", "validation": "validation"}


def draw_curves(epochs: Sequence[Mapping[str, Any]], kept: int, width: int = 80) -> list[str]:
    """Draw each figure of a training over its epochs, two plots to a line where they fit.

    Training and validation of the same figure stand side by side on one scale, or one below the
    other.

    Parameters
    ----------
    epochs, kept
        ``epochs`` and ``kept_epoch`` of a `movierec_cli.core.runs.manifest.Manifest`.
    width
        The characters of a line at most.

    Returns
    -------
    Lines of at most 80 characters, or of at most 38 where ``width`` is smaller than that.
    """
    last = max((int(epoch["number"]) for epoch in epochs), default=0)
    rows = list(_rows(panels(epochs)))
    if width < 2 * _WIDTH + len(_GAP):
        rows = [[plot] for row in rows for plot in row]
    lines: list[str] = []
    for row in rows:
        plots = [_plot(panel, series, last, kept) for panel, series in row]
        lines += ["", *(_GAP.join(parts).rstrip() for parts in zip(*plots, strict=True))]
    return lines[1:]


def _rows(found: Sequence[Panel]) -> Iterator[list[tuple[Panel, Series]]]:
    """Put two plots to a line: the two parts of one figure, or two figures of one part."""
    alone: list[tuple[Panel, Series]] = []
    for panel in found:
        if len(panel.series) > 1:
            yield [(panel, series) for series in panel.series]
        else:
            alone.append((panel, panel.series[0]))
    yield from (alone[at : at + 2] for at in range(0, len(alone), 2))


def _plot(panel: Panel, series: Series, last: int, kept: int) -> list[str]:
    low, high = panel.span
    labels = [_label(high), *[""] * (_HEIGHT - 2), _label(low) if low < high else ""]
    lines = [
        f"{'':{_LABELS}}  {panel.title}, {_PART_NAMES[series.part]}",
        *(
            f"{label:>{_LABELS}} │{line}"
            for label, line in zip(labels, _canvas(series, last, low, high), strict=True)
        ),
        f"{'':{_LABELS}} └{_axis(last, kept)}",
        f"{'':{_LABELS}}  {_ends(panel, series)}",
    ]
    return [f"{line[:_WIDTH]:<{_WIDTH}}" for line in lines]


def _label(value: float) -> str:
    """Write a figure in at most `_LABELS` characters, with about four significant digits."""
    if value == round(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    if 0.001 <= abs(value) < 10:
        return f"{value:.4f}"
    return f"{value:.2f}" if 10 <= abs(value) < 1e4 else f"{value:.2e}"


def _ends(panel: Panel, series: Series) -> str:
    """Return the first and the last value, and the epoch of the best where it is neither."""
    values = series.values
    if len(values) == 1:
        return _label(values[0])
    text = f"{_label(values[0])} → {_label(values[-1])}"
    if not panel.best:
        return text
    best = min(values) if panel.best == "lowest" else max(values)
    at = series.epochs[values.index(best)]
    return text if best == values[-1] else f"{text} (best: {at})"


def _axis(last: int, kept: int) -> str:
    """Draw the axis of epochs: the first and the last number, and a mark at the kept one."""
    axis = ["─"] * _INNER
    axis[0] = "1"
    end = _INNER - len(str(last))
    if last > 1:
        axis[end:] = str(last)
    axis[min(max(_place(kept, last, _INNER), 1), end - 1)] = "▲"  # beside the numbers
    return "".join(axis)


def _place(epoch: int, last: int, width: int) -> int:
    return round((epoch - 1) / max(last - 1, 1) * (width - 1))


def _canvas(series: Series, last: int, low: float, high: float) -> list[str]:
    """Draw the lines from epoch to epoch, on a scale from ``low`` to ``high``."""
    height = _HEIGHT * _DOWN
    scale = (height - 1) / (high - low) if high > low else 0.0
    points = [
        (_place(epoch, last, _INNER * _ACROSS), round((high - value) * scale))
        for epoch, value in zip(series.epochs, series.values, strict=True)
    ]
    dots = set(points)
    for start, end in pairwise(points):
        dots.update(_between(start, end))
    return [
        "".join(_character(dots, column, row) for column in range(_INNER)).rstrip()
        for row in range(_HEIGHT)
    ]


def _between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the dots of a straight line."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        yield (
            round(start[0] + (end[0] - start[0]) * step / steps),
            round(start[1] + (end[1] - start[1]) * step / steps),
        )


def _character(dots: set[tuple[int, int]], column: int, row: int) -> str:
    mask = sum(
        bit
        for down, bits in enumerate(_BRAILLE_BITS)
        for across, bit in enumerate(bits)
        if (_ACROSS * column + across, _DOWN * row + down) in dots
    )
    return chr(_BRAILLE_FIRST + mask) if mask else " "
