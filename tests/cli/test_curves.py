"""Curves of a training, drawn with characters."""

from typing import Any

import pytest

from movierec_cli.cli.curves import draw_curves


def epochs(*losses: float, **validation: list[float]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "train": {"loss": loss},
            "validation": {name: values[number - 1] for name, values in validation.items()},
        }
        for number, loss in enumerate(losses, start=1)
    ]


def test_training_and_validation_stand_side_by_side_on_one_scale() -> None:
    lines = draw_curves(epochs(4.0, 2.0, 1.0, loss=[3.0, 2.0, 2.5]), kept=2)
    title, top, *_, bottom, axis, ends = lines
    assert "total loss, training" in title
    assert title.endswith("total loss, validation")
    assert top.count("4 │") == 2
    assert bottom.count("1 │") == 2
    assert axis.count("▲") == 2
    assert "4 → 1 (best: 3)" in ends
    assert "3 → 2.5 (best: 2)" in ends


def test_a_falling_curve_falls() -> None:
    lines = draw_curves(epochs(4.0, 3.0, 2.0, 1.0), kept=1)
    rows = [line.partition("│")[2] for line in lines if "│" in line]
    starts = [len(row) - len(row.lstrip("\u2800")) for row in rows]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert len(rows[-1]) == 28


@pytest.mark.parametrize(("width", "longest"), [(80, 80), (60, 38)])
def test_curves_fit_the_width(width: int, longest: int) -> None:
    losses = [123456.7 / n for n in range(1, 150)]
    many = epochs(*losses, ndcg=[0.1 * n for n in range(149)], map=[0.0] * 149)
    lines = draw_curves(many, kept=149, width=width)
    assert max(map(len, lines)) <= longest
    assert "(best: 149)" in "".join(lines)


def test_a_constant_a_single_epoch_and_no_epoch_can_be_drawn() -> None:
    assert "2 → 2" in draw_curves(epochs(2.0, 2.0), kept=1)[-1]
    assert "2 → 2" in draw_curves(epochs(2.0), kept=1)[-1]
    assert draw_curves([], kept=1) == []
