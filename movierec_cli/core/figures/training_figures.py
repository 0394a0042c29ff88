"""Figures of the losses and metrics of a training."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from movierec_cli.core.errors import DataError
from movierec_cli.core.figures.drawing import BLUE, ORANGE, style, titled_figure
from movierec_cli.core.runs.history import Panel, kept_epoch, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS: dict[str, dict[str, Any]] = {
    "train": {"color": BLUE, "marker": "o", "label": "training"},
    "validation": {"color": ORANGE, "marker": "s", "linestyle": "--", "label": "validation"},
}
_COLUMNS = 2
_PANEL = (4.8, 2.9)  # inches


@style()
def training(epochs: Sequence[Mapping[str, Any]], run: str, source: str) -> "Figure":
    """Draw each figure of a training over the epochs, the kept epoch marked.

    Parameters
    ----------
    epochs
        As in `movierec_cli.core.runs.manifest.Manifest`.
    run, source
        The names of the run and of the data in the figure.

    Raises
    ------
    DataError
        If there is no epoch.
    """
    found = panels(epochs)
    if not found:
        raise DataError(f"The run {run!r} has no epoch, so there is no curve to draw.")
    columns = min(_COLUMNS, len(found))
    rows = -(-len(found) // columns)
    size = (_PANEL[0] * columns, _PANEL[1] * rows + 0.4)
    figure, axes = titled_figure(f"Training of {run}", source, size, rows, columns)
    kept = kept_epoch(epochs)
    last = max(int(epoch["number"]) for epoch in epochs)
    for ax, panel in zip(axes, found, strict=False):
        _draw_panel(ax, panel, kept, last)
    for ax in axes[len(found) :]:
        ax.remove()
    return figure


def _draw_panel(ax: "Axes", panel: Panel, kept: int | None, last: int) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    for series in panel.series:
        ax.plot(series.epochs, series.values, markersize=4, **_LOOKS[series.part])
    if kept is not None:
        ax.axvline(kept, color="gray", linestyle=":", zorder=0, label=f"kept: epoch {kept}")
    title = panel.title[:1].upper() + panel.title[1:]
    ax.set(title=title, xlabel="epoch", ylabel=panel.title, xlim=(0.5, last + 0.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.legend(loc="best", fontsize=8)
    ax.grid(True)
