"""Figure of the next film: hits of models by the time since the rating before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from movierec_cli.core.errors import DataError
from movierec_cli.core.evaluation.groups import GroupResult
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.figures.drawing import BLUE, ORANGE, style, titled_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = {"sequence": ORANGE, "ease": BLUE, "sequence-shuffled": "silver"}
"""The models that are drawn: the ordered one, the best one without an order, the control."""

_WIDTH = 0.27  # of a bar


class Grouped(Protocol):
    """The result of a model, as `movierec_cli.core.experiments.results.Result`."""

    @property
    def model(self) -> str:
        """The name of the model."""

    @property
    def groups(self) -> Sequence[GroupResult]:
        """The metrics by group of users."""


@style()
def gaps(results: Sequence[Grouped], source: str, k: int) -> "Figure":
    """Draw the hit rate of the sequence model, of EASE and of the control in each band of gaps.

    The results are those of the scenario ``next``.

    Raises
    ------
    DataError
        If no user was measured.
    """
    title = "What next? Hits by the time since the rating before"
    figure, (ax,) = titled_figure(title, source, (7.5, 4.0), 1, 1)
    by_name = {result.model: result for result in results}
    drawn = [by_name[name] for name in _LOOKS if name in by_name]
    bands = [[group for group in result.groups if group.attribute == "gap"] for result in drawn]
    if not drawn or not bands[0]:
        raise DataError("No user was measured, so there is nothing to draw.")
    places = np.arange(len(bands[0]))
    for at, (result, groups) in enumerate(zip(drawn, bands, strict=True)):
        heights = [group.metrics["hit_rate"] or 0.0 for group in groups]
        bars = ax.bar(
            places + (at - 1) * _WIDTH, heights, _WIDTH, label=result.model,
            color=_LOOKS[result.model],
        )  # fmt: skip
        ax.bar_label(bars, fmt="{:.2f}", size=8, padding=2)
    ax.set_xticks(places, [f"{group.group}\n({group.users:,} users)" for group in bands[0]])
    ax.set_ylabel(METRICS["hit_rate"].label(k))
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="y")
    ax.legend()
    return figure
