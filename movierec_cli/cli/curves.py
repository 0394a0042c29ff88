"""Curves drawn with characters: readable in 80 columns, without color, and in a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from movierec_cli.core.runs.history import Panel, Series, kept_epoch, panels

_HEIGHT = 4  # lines of a plot
_LABELS = 8  # columns for the figures beside it
_INNER = 28  # columns of the plot itself, so that two and a gap fit 80
_GAP = "   "
_WIDTH = _LABELS + 2 + _INNER

_BRAILLE_FIRST = 0x2800
_BRAILLE_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column]


@dataclass(frozen=True)
class _Ink:
    """What plots are drawn with: ``dots`` [across, down] points to a character."""

    dots: tuple[int, int]
    axis: str
    corner: str
    line: str
    kept: str
    arrow: str


_FINE = _Ink((2, 4), "│", "└", "─", "▲", "→")
_PLAIN = _Ink((1, 1), "|", "+", "-", "^", "->")


def draw_curves(epochs: Sequence[Mapping[str, Any]], fine: bool, width: int = 80) -> list[str]:
    """Draw each figure of a training over its epochs, two plots to a line where they fit.

    Training and validation of the same figure stand side by side on one scale, or one below the
    other.

    Parameters
    ----------
    epochs
        As in `movierec_cli.core.runs.store.Manifest`.
    fine
        Whether braille characters can be shown; otherwise it is all ASCII.
    width
        The characters that a line may have.

    Returns
    -------
    Lines of at most 80 characters, or of at most 38 where ``width`` is smaller than that.
    """
    if not epochs:
        return []
    ink = _FINE if fine else _PLAIN
    last = max(int(epoch["number"]) for epoch in epochs)
    kept = kept_epoch(epochs)
    lines: list[str] = []
    rows = list(_rows(panels(epochs)))
    if width < 2 * _WIDTH + len(_GAP):
        rows = [[plot] for row in rows for plot in row]
    for row in rows:
        plots = [_plot(panel, series, last, kept, ink) for panel, series in row]
        lines += [_GAP.join(parts).rstrip() for parts in zip(*plots, strict=True)]
        lines.append("")
    return lines[:-1]


def _rows(found: Sequence[Panel]) -> Iterator[list[tuple[Panel, Series]]]:
    """Put two plots to a line: the two parts of one figure, or two figures of one part."""
    alone: list[tuple[Panel, Series]] = []
    for panel in found:
        if len(panel.series) > 1:
            yield [(panel, series) for series in panel.series]
        else:
            alone.append((panel, panel.series[0]))
    yield from (alone[at : at + 2] for at in range(0, len(alone), 2))


def _plot(panel: Panel, series: Series, last: int, kept: int | None, ink: _Ink) -> list[str]:
    low, high = panel.span
    top, bottom = _label(high), _label(low)
    labels = [top, *[""] * (_HEIGHT - 2), bottom if low < high else ""]
    canvas = _canvas(series, last, (low, high), ink)
    return [
        _fitted(f"{'':{_LABELS}}  {panel.title}, {_PART_NAMES[series.part]}"),
        *(
            _fitted(f"{label:>{_LABELS}} {ink.axis}{line}")
            for label, line in zip(labels, canvas, strict=True)
        ),
        _fitted(f"{'':{_LABELS}} {ink.corner}{_axis(last, kept, ink)}"),
        _fitted(f"{'':{_LABELS}}  {_ends(panel, series, ink)}"),
    ]


_PART_NAMES = {"train": "training", "validation": "validation"}


def _fitted(line: str) -> str:
    return f"{line[:_WIDTH]:<{_WIDTH}}"


def _label(value: float) -> str:
    """Write a figure in at most `_LABELS` characters, with four digits that tell something."""
    if value == round(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    if 0.001 <= abs(value) < 10:
        return f"{value:.4f}"
    return f"{value:.2f}" if 10 <= abs(value) < 1e4 else f"{value:.2e}"


def _ends(panel: Panel, series: Series, ink: _Ink) -> str:
    """Tell the first and the last value, and the best where it is neither."""
    values = series.values
    if len(values) == 1:
        return _label(values[0])
    text = f"{_label(values[0])} {ink.arrow} {_label(values[-1])}"
    if not panel.best:
        return text
    best = min(values) if panel.best == "lowest" else max(values)
    at = series.epochs[values.index(best)]
    return text if best == values[-1] else f"{text} (best: {at})"


def _axis(last: int, kept: int | None, ink: _Ink) -> str:
    """Draw the epochs: the first and the last number, and a mark at the one that was kept."""
    axis = [ink.line] * _INNER
    axis[0] = "1"
    end = _INNER - len(str(last))
    if last > 1:
        axis[end:] = str(last)
    if kept is not None:  # beside the numbers, never over them
        axis[min(max(_place(kept, last, _INNER), 1), end - 1)] = ink.kept
    return "".join(axis)


def _place(epoch: int, last: int, width: int) -> int:
    return round((epoch - 1) / max(last - 1, 1) * (width - 1))


def _canvas(series: Series, last: int, span: tuple[float, float], ink: _Ink) -> list[str]:
    across, down = ink.dots
    width, height = _INNER * across, _HEIGHT * down
    low, high = span
    scale = (height - 1) / (high - low) if high > low else 0.0
    points = [
        (_place(epoch, last, width), round((high - value) * scale))
        for epoch, value in zip(series.epochs, series.values, strict=True)
    ]
    dots = set(points)
    for start, end in pairwise(points):
        dots.update(_between(start, end))
    return [
        "".join(_character(dots, column, row, ink) for column in range(_INNER)).rstrip()
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


def _character(dots: set[tuple[int, int]], column: int, row: int, ink: _Ink) -> str:
    if ink is _PLAIN:
        return "*" if (column, row) in dots else " "
    mask = sum(
        bit
        for down, bits in enumerate(_BRAILLE_DOTS)
        for across, bit in enumerate(bits)
        if (2 * column + across, 4 * row + down) in dots
    )
    return chr(_BRAILLE_FIRST + mask) if mask else " "
