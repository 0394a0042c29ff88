"""The style of all figures, bars, and saving; matplotlib is imported only to draw."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")

BLUE, ORANGE, GREEN = "#0072b2", "#e69f00", "#009e73"
"""Colors for every color vision (Okabe and Ito, 2008)."""

_INK, _FAINT = "#333333", "#dddddd"
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so every machine draws the same
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.axisbelow": True,
    "text.color": _INK,
    "text.parse_math": False,  # names in the data may have dollar signs
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _FAINT,
    "figure.constrained_layout.w_pad": 0.12,  # inches
    "figure.constrained_layout.h_pad": 0.1,
    "svg.hashsalt": "movierec",  # the same ids in an SVG each time
}
_DPI = 150
_MOST_TICKS = 5  # along an axis of numbers; more touch in a narrow panel
_MOST_LABELS = 20  # along the horizontal axis
_MOST_CHARACTERS = 36  # of such labels side by side; more are turned


@contextmanager
def style() -> Iterator[None]:
    """Draw and save in the style of all figures, not in the settings of the user."""
    import matplotlib  # noqa: PLC0415

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def require_plotting(path: Path) -> None:
    """Check that a figure can be written to ``path``.

    Raises
    ------
    UsageError
        If the suffix is neither .png nor .svg, or matplotlib is not installed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"A figure is a .png or an .svg file, not {path.name!r}.",
            f"Name it {path.stem or 'figure'}.png or {path.stem or 'figure'}.svg.",
        )
    try:
        import matplotlib  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError(
            "Drawing a figure needs matplotlib, which is not installed.",
            "Install it with: pip install 'movierec[plot]'",
        ) from error


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG or SVG, by the suffix of ``path``.

    The same figure gives the same bytes: without date and random ids.

    Raises
    ------
    UsageError
        From `require_plotting`.
    DataError
        If the file cannot be written.
    """
    require_plotting(path)
    with atomic_write(path) as file:
        file.write(rendered(figure, path.suffix.lower()[1:]))


def rendered(figure: "Figure", kind: str) -> bytes:
    """Return a figure as ``png`` or ``svg``."""
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    file = io.BytesIO()
    with style():  # some parts are only made when it is drawn
        figure.savefig(file, format=kind, dpi=_DPI, metadata=metadata)
    return file.getvalue()


def titled_figure(
    title: str, source: str, size: tuple[float, float], rows: int = 1, columns: int = 1
) -> "tuple[Figure, list[Axes]]":
    """Make a figure of a ``size`` in inches that names the data set, and its axes row by row."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(f"{title} ({source})", x=0.01, ha="left", weight="bold", size=14)
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def draw_rows(ax: "Axes", names: Sequence[str], values: pd.Series, form: str, color: str) -> None:
    """Draw horizontal bars with their names and values, the first at the bottom."""
    bars = ax.barh(range(len(values)), values.fillna(0), color=color)
    ax.bar_label(bars, [form.format(value) for value in values.fillna(0)], padding=3, size=8)
    ax.set_yticks(range(len(values)), names)
    ax.margins(x=0.15, y=0.01)
    _write_ticks(ax.xaxis, values)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")


def draw_columns(ax: "Axes", names: Sequence[object], values: pd.Series, color: str) -> None:
    """Draw vertical bars with their names, and with their values where there is room."""
    bars = ax.bar(range(len(values)), values, color=color)
    step = max(-(-len(values) // _MOST_LABELS), 1)
    labels = [str(name) for name in names][::step]
    ax.set_xticks(range(0, len(values), step), labels)
    if sum(map(len, labels)) > _MOST_CHARACTERS:
        ax.set_xticks(ax.get_xticks(), labels, rotation=45, ha="right", rotation_mode="anchor")
    if step == 1:
        ax.bar_label(bars, [f"{value:,.0f}" for value in values], padding=2, size=8)
    ax.margins(x=0.02, y=0.08)
    _write_ticks(ax.yaxis, values)
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="y")


def _write_ticks(axis: "Axis", values: pd.Series) -> None:
    """Write the ticks of an axis: whole numbers for counts."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    is_count = values.dtype.kind in "iu"
    axis.set_major_locator(
        MaxNLocator(nbins=_MOST_TICKS, steps=[1, 2, 2.5, 5, 10], integer=is_count, min_n_ticks=1)
    )
    axis.set_major_formatter("{x:,.0f}" if is_count else "{x:,.10g}")
