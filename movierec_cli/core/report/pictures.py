"""Figures as SVG, one document for each panel, so that they flow on a narrow screen."""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.core.errors import UsageError
from movierec_cli.core.figures import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANEL = (5.2, 3.7)  # inches, the size at which a panel reads well on a phone
_MARGIN = 0.08  # inches around a panel
_COORDINATES = re.compile(r'\s(?:d|x|y)="[^"]*"')
_DECIMALS = re.compile(r"(\d\.\d\d)\d+")


def can_draw() -> bool:
    """Tell whether matplotlib is installed."""
    try:
        drawing.require_plotting(Path("figure.svg"))
    except UsageError:
        return False
    return True


def whole(figure: "Figure") -> tuple[str, ...]:
    """Return a figure as one SVG document, without the title that its caption repeats."""
    figure.suptitle("")
    return (_svg(figure),)


def panels(figure: "Figure", height: float = _PANEL[1]) -> tuple[str, ...]:
    """Return each panel of a figure as an SVG document of its own.

    Parameters
    ----------
    height
        Of a panel, in inches.
    """
    figure.suptitle("")
    grid = figure.axes[0].get_gridspec()
    assert grid is not None
    figure.set_size_inches(_PANEL[0] * grid.ncols, height * grid.nrows)
    for ax in figure.axes:
        ax.tick_params(labelleft=True)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # every panel stays where it is while others are hidden
    return tuple(_svg_of_panel(figure, position) for position in range(len(figure.axes)))


def _svg_of_panel(figure: "Figure", position: int) -> str:
    for at, ax in enumerate(figure.axes):
        ax.set_visible(at == position)
    box = figure.axes[position].get_tightbbox()
    assert box is not None
    inches = box.transformed(figure.dpi_scale_trans.inverted()).padded(_MARGIN)
    return _svg(figure, inches)


def _svg(figure: "Figure", box: object = None) -> str:
    buffer = io.BytesIO()
    with drawing.style():
        figure.savefig(
            buffer, format="svg", transparent=True, metadata={"Date": None}, bbox_inches=box
        )
    return _COORDINATES.sub(_rounded, buffer.getvalue().decode())


def _rounded(attribute: "re.Match[str]") -> str:
    """Write coordinates to a hundredth of a point, which nobody sees and halves the file."""
    return _DECIMALS.sub(r"\1", attribute[0])
