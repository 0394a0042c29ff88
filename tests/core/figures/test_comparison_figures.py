"""The figure of models side by side shows each model once, with its standing."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from movierec_cli.core.errors import DataError

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")

from movierec_cli.core import figures  # noqa: E402


@dataclass(frozen=True)
class Row:
    name: str
    metrics: dict[str, float | None]
    p_values: dict[str, float | None]
    scenario: str = "fold-in"
    users: int | None = 99
    deviations: dict[str, float | None] | None = field(default=None)


def row(name: str, ndcg: float, p: float | None, **other: Any) -> Row:
    return Row(name, {"ndcg": ndcg, "rmse": None}, {"ndcg": p, "rmse": None}, **other)


ROWS = [row("bias", 0.1, 0.01), row("dnn default", 0.5, None), row("ease", 0.4, 0.3)]


def test_models_are_ordered_by_value_and_marked_by_their_standing() -> None:
    published = row("dnn published", 0.9, None, users=None)
    figure = figures.comparison([*ROWS, published], "made-up data", 10)
    ranking, rating = figure.axes
    assert ranking.get_title(loc="left") == "fold-in: NDCG@10"
    assert [label.get_text() for label in ranking.get_yticklabels()] == [
        "bias",
        "ease",
        "dnn default",
    ]
    assert [text.get_text() for text in ranking.texts] == ["0.100", "0.400", "0.500"]
    drawn = [line for line in ranking.lines if len(line.get_xdata())]
    markers = {float(line.get_xdata()[0]): line.get_marker() for line in drawn}
    assert markers[0.5] == "D"
    fills = {float(line.get_xdata()[0]): line.get_fillstyle() for line in drawn}
    assert (fills[0.1], fills[0.4]) == ("none", "full")  # worse, and within chance
    assert [label.get_text() for label in rating.get_yticklabels()] == []


def test_an_error_is_best_at_the_top_where_it_is_low() -> None:
    rows = [
        Row(name, {"ndcg": 0.1, "rmse": rmse}, {"ndcg": 1.0, "rmse": p}, scenario=scenario)
        for scenario in ("cold-start", "fold-in")
        for name, rmse, p in (("bias", 0.9, None), ("film-mean", 1.0, 0.2))
    ]
    figure = figures.comparison(rows, "made-up data", 10)
    assert len(figure.axes) == 4
    labels = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert labels == ["film-mean", "bias"]
    assert figure.axes[3].get_xlabel() == "lower is better"


def test_without_a_model_there_is_no_figure() -> None:
    with pytest.raises(DataError):
        figures.comparison([], "made-up data", 10)
