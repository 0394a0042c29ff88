"""The training loop keeps the best epoch, stops when it should and says when it goes wrong."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.training.loop import Epoch, Monitor, run_epochs
from movierec_cli.core.training.options import TrainingOptions


class Line(nn.Module):
    """y = w x, to be taught y = 2 x."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(1))


class LineTask:
    """Teaches a line; its validation figures are read from a list, or computed."""

    def __init__(
        self,
        monitor: Monitor | None = None,
        figures: Sequence[float] = (),
        scale: float = 1.0,
    ) -> None:
        self.module = Line()
        self.monitor = monitor or Monitor("loss", "lowest")
        self.figures = list(figures)
        self.scale = scale
        self.events: list[str] = []
        self.weights: list[float] = []
        self.drawn: list[int] = []

    def parameter_groups(self) -> list[dict[str, Any]]:
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        return 2

    def batches(self, generator: torch.Generator) -> Iterator[Tensor]:
        order = torch.randperm(4, generator=generator)
        self.drawn += order.tolist()
        yield from torch.split(order + 1.0, 2)

    def losses(self, batch: Tensor) -> dict[str, Tensor]:
        assert self.module.training
        self.events.append("step")
        error = ((self.module.w * batch - 2 * batch) ** 2).mean()
        return {"loss": error * self.scale, "half": error / 2}

    def validate(self) -> dict[str, float]:
        assert not self.module.training
        assert not torch.is_grad_enabled()
        self.events.append("validate")
        self.weights.append(float(self.module.w.detach()))
        figure = self.figures.pop(0) if self.figures else abs(self.weights[-1] - 2)
        return {self.monitor.name: figure}


def options(**changed: float) -> TrainingOptions:
    values = {"epochs": 4, "learning_rate": 0.1, "batch_size": 2, "patience": 10} | changed
    return TrainingOptions(**values)  # type: ignore[arg-type]


def test_training_comes_nearer_to_the_truth() -> None:
    trainer = LineTask()
    history = run_epochs(trainer, options(epochs=30), lambda _: None)
    assert float(trainer.module.w.detach()) == pytest.approx(2.0, abs=0.1)
    assert history.epochs[-1].train["loss"] < 0.05 * history.epochs[0].train["loss"]


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    trainer = LineTask(figures=[5.0, 1.0, 3.0, 2.0])
    history = run_epochs(trainer, options(), lambda _: None)
    assert len(set(trainer.weights)) == 4
    assert float(trainer.module.w.detach()) == trainer.weights[1]
    assert [epoch.is_kept for epoch in history.epochs] == [True, True, False, False]
    assert history.kept.number == 2
    assert not trainer.module.training


def test_the_highest_figure_can_be_the_best() -> None:
    trainer = LineTask(Monitor("accuracy", "highest"), figures=[0.5, 0.4, 0.7, 0.7])
    history = run_epochs(trainer, options(), lambda _: None)
    assert [epoch.is_kept for epoch in history.epochs] == [True, False, True, False]
    assert float(trainer.module.w.detach()) == trainer.weights[2]


@pytest.mark.parametrize(
    ("best", "value", "over", "expected"),
    [
        ("lowest", 1.0, None, True),
        ("lowest", 1.0, 2.0, True),
        ("lowest", 2.0, 1.0, False),
        ("lowest", 1.0, 1.0, False),
        ("highest", 1.0, None, True),
        ("highest", 2.0, 1.0, True),
        ("highest", 1.0, 2.0, False),
        ("highest", 1.0, 1.0, False),
    ],
)
def test_only_what_is_better_is_an_improvement(
    best: str, value: float, over: float | None, expected: bool
) -> None:
    assert Monitor("x", best).improves(value, over) is expected  # type: ignore[arg-type]


def test_training_stops_when_patience_is_over() -> None:
    trainer = LineTask(figures=[3.0, 1.0, 2.0, 2.0, 0.0])
    history = run_epochs(trainer, options(epochs=9, patience=2), lambda _: None)
    assert [epoch.number for epoch in history.epochs] == [1, 2, 3, 4]
    assert history.kept.number == 2


def test_an_improvement_gives_new_patience() -> None:
    trainer = LineTask(figures=[3.0, 4.0, 2.0, 4.0, 1.0, 4.0])
    history = run_epochs(trainer, options(epochs=6, patience=2), lambda _: None)
    assert len(history.epochs) == 6


def test_each_epoch_is_told_when_it_ends() -> None:
    trainer = LineTask(figures=[3.0, 1.0])
    told: list[Epoch] = []

    def tell(epoch: Epoch) -> None:
        trainer.events.append(f"told {epoch.number}")
        told.append(epoch)

    history = run_epochs(trainer, options(epochs=2), tell)
    assert trainer.events == ["step", "step", "validate", "told 1", "step", "step", "validate",
                           "told 2"]  # fmt: skip
    assert tuple(told) == history.epochs
    assert told[0].validation == {"loss": 3.0}
    assert set(told[0].train) == {"loss", "half"}
    assert told[0].train["half"] == pytest.approx(told[0].train["loss"] / 2)
    assert told[0].seconds > 0
    assert told[0].as_dict()["number"] == 1


def test_the_seed_of_the_options_gives_the_order() -> None:
    drawn = []
    for seed in (0, 0, 1):
        trainer = LineTask()
        run_epochs(trainer, options(seed=seed), lambda _: None)
        drawn.append(trainer.drawn)
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("scale", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_training(scale: float) -> None:
    told: list[Epoch] = []
    with pytest.raises(DataError, match="Training diverged") as caught:
        run_epochs(LineTask(scale=scale), options(), told.append)
    assert "--learning-rate" in caught.value.hint
    assert told == []


def test_a_validation_figure_that_is_no_number_never_counts_as_the_best() -> None:
    trainer = LineTask(figures=[math.nan, 1.0, 2.0])
    history = run_epochs(trainer, options(epochs=3), lambda _: None)
    assert history.kept.number == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("learning_rate", 0.0),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("batch_size", -1),
        ("patience", 0),
        ("weight_decay", -0.1),
        ("seed", -1),
    ],
)
def test_options_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name.replace("_", " ")):
        options(**{name: value})


def test_keep_last_trains_to_the_end_and_keeps_the_last_epoch() -> None:
    trainer = LineTask(figures=[1.0, 2.0, 3.0, 4.0])
    history = run_epochs(trainer, options(epochs=4, patience=2, keep="last"), lambda _: None)
    assert (len(history.epochs), history.kept.number) == (4, 4)


@pytest.mark.parametrize("size", [2**31, 10**30])
def test_a_batch_that_no_machine_holds_is_refused(size: int) -> None:
    with pytest.raises(UsageError, match=r"batch size must be below 2\^31"):
        options(batch_size=size)
