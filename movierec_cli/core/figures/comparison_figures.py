"""Figure of models side by side, with the differences that are within chance."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from movierec_cli.core.errors import DataError
from movierec_cli.core.evaluation.metrics import METRICS, Metric
from movierec_cli.core.evaluation.significance import LEVEL
from movierec_cli.core.figures.drawing import BLUE, ORANGE, style, titled_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_METRICS = ("ndcg", "rmse")
_LOOKS: dict[str, dict[str, Any]] = {
    "best": {"color": ORANGE, "marker": "D"},
    "within chance of the best": {"color": BLUE, "marker": "o"},
    "worse": {"color": "gray", "marker": "o", "fillstyle": "none"},
}
_PANEL_WIDTH, _ROW_HEIGHT = 6.0, 0.27  # inches


class Compared(Protocol):
    """The results of a model in a scenario, as `movierec_cli.core.experiments.results.Result`."""

    @property
    def name(self) -> str:
        """The model."""

    @property
    def scenario(self) -> str:
        """The scenario."""

    @property
    def users(self) -> int | None:
        """The number of users; ``None`` for published figures, which are not drawn."""

    @property
    def metrics(self) -> Mapping[str, float | None]:
        """The value of each metric."""

    @property
    def deviations(self) -> Mapping[str, float | None] | None:
        """The standard deviation of each metric over splits."""

    @property
    def p_values(self) -> Mapping[str, float | None]:
        """The p-value of the difference from the best model, which has none itself."""


@style()
def comparison(results: Sequence[Compared], source: str, k: int) -> "Figure":
    """Draw the ranking and the rating error of all models, in a row for each scenario.

    Raises
    ------
    DataError
        If no model was measured.
    """
    measured = [result for result in results if result.users is not None]
    panels = [
        (scenario, METRICS[name])
        for scenario in dict.fromkeys(result.scenario for result in measured)
        for name in _METRICS
    ]
    if not panels:
        raise DataError("No model was measured, so there is nothing to draw.")
    most = max(sum(of.scenario == scenario for of in measured) for scenario, _ in panels)
    rows = len(panels) // len(_METRICS)
    size = (_PANEL_WIDTH * len(_METRICS), (_ROW_HEIGHT * most + 1.0) * rows + 0.6)
    figure, axes = titled_figure("Models side by side", source, size, rows, len(_METRICS))
    for ax, (scenario, metric) in zip(axes, panels, strict=True):
        of_scenario = [result for result in measured if result.scenario == scenario]
        _draw_panel(ax, of_scenario, metric)
        ax.set_title(f"{scenario}: {metric.label(k)}")
        ax.set_xlabel("higher is better" if metric.higher_is_better else "lower is better")
    for label, look in _LOOKS.items():
        axes[0].plot([], [], linestyle="", label=label, **look)
    figure.legend(loc="outside upper right", ncols=len(_LOOKS), fontsize=8)
    return figure


def _draw_panel(ax: "Axes", results: Sequence[Compared], metric: Metric) -> None:
    """Draw a point for each model, the best at the top, and its deviation over splits."""
    found = [(value, of) for of in results if (value := of.metrics[metric.name]) is not None]
    found.sort(key=lambda pair: pair[0], reverse=not metric.higher_is_better)
    for row, (value, result) in enumerate(found):
        deviation = (result.deviations or {}).get(metric.name)
        look = _LOOKS[_standing(result.p_values[metric.name])]
        ax.errorbar(value, row, xerr=deviation, capsize=2, markersize=6, linestyle="", **look)
        ax.annotate(
            f"{value:.3f}", (value, row), (7, 3), textcoords="offset points", size=8, va="bottom"
        )
    ax.set_yticks(range(len(found)), [result.name for _, result in found])
    ax.margins(x=0.12, y=0.08)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")


def _standing(p_value: float | None) -> str:
    if p_value is None:
        return "best"
    return "within chance of the best" if p_value > LEVEL else "worse"
