"""The curves of a training: their panels, and the kept epoch."""

from typing import Any

import pytest

from movierec_cli.core.runs.history import Series, kept_epoch, panels

EPOCHS: list[dict[str, Any]] = [
    {"number": 1, "train": {"loss": 3.0, "cosine_loss": 2.0}, "validation": {"loss": 2.5},
     "is_kept": True},
    {"number": 2, "train": {"loss": 2.0, "cosine_loss": 1.5}, "validation": {"loss": 2.0},
     "is_kept": True},
    {"number": 3, "train": {"loss": 1.0, "cosine_loss": 1.0}, "validation": {"loss": 2.2},
     "is_kept": False},
]  # fmt: skip
SAMPLED: list[dict[str, Any]] = [
    {"number": 1, "train": {"loss": 3.0}, "validation": {"rmse": 1.0}, "is_kept": True},
    {"number": 2, "train": {"sweeps": 20.0}, "validation": {"rmse": 0.9}, "is_kept": False},
    {"number": 3, "train": {"sweeps": 40.0}, "validation": {"rmse": 0.8}, "is_kept": True},
]


def test_what_both_parts_have_shares_a_panel() -> None:
    loss, cosine = panels(EPOCHS)
    assert (loss.name, loss.title, loss.best) == ("loss", "total loss", "lowest")
    assert loss.series == (
        Series("train", (1, 2, 3), (3.0, 2.0, 1.0)),
        Series("validation", (1, 2, 3), (2.5, 2.0, 2.2)),
    )
    assert loss.span == (1.0, 3.0)
    assert [series.part for series in cosine.series] == ["train"]


def test_a_figure_of_some_epochs_is_drawn_where_it_is() -> None:
    found = {panel.name: panel for panel in panels(SAMPLED)}
    assert list(found) == ["loss", "sweeps", "rmse"]
    assert found["loss"].series == (Series("train", (1,), (3.0,)),)
    assert found["sweeps"].series == (Series("train", (2, 3), (20.0, 40.0)),)
    assert [panel.best for panel in found.values()] == ["lowest", "", "lowest"]
    assert found["rmse"].series[0].epochs == (1, 2, 3)


@pytest.mark.parametrize(("epochs", "kept"), [(EPOCHS, 2), (SAMPLED, 3), ([], None)])
def test_the_kept_epoch_is_the_last_of_those_kept(
    epochs: list[dict[str, Any]], kept: int | None
) -> None:
    assert kept_epoch(epochs) == kept
    assert bool(panels(epochs)) == bool(epochs)
