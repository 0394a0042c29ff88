"""The training loop: the kept epoch, the end of a training, its seed and its second phase."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from movierec_cli.core.errors import DataError
from movierec_cli.core.training.loop import (
    Epoch,
    Monitor,
    TrainingState,
    run_epochs,
    run_training,
)
from movierec_cli.core.training.options import TrainingOptions


class Line(nn.Module):
    """y = w x, trained towards y = 2 x."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(1))


class LineTrainer:
    """Trains a line; its validation figures come from a list, or are computed."""

    def __init__(
        self, monitor: Monitor | None = None, figures: Sequence[float] = (), scale: float = 1.0
    ) -> None:
        self.module = Line()
        self.monitor = monitor or Monitor("loss", "lowest")
        self.figures = list(figures)
        self.scale = scale
        self.events: list[str] = []
        self.weights: list[float] = []
        self.order: list[int] = []

    def parameter_groups(self) -> list[dict[str, Any]]:
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        return 2

    def batches(self, generator: torch.Generator) -> Iterator[Tensor]:
        order = torch.randperm(4, generator=generator)
        self.order += order.tolist()
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


class SamplingLineTrainer(LineTrainer):
    """Adds a random number to the weight in each of three sampling epochs."""

    sampled = 0

    def sample(self, number: int, resume_from: Mapping[str, Tensor]) -> Iterator[Epoch]:
        self.sampled = int(resume_from["sampled"]) if resume_from else 0
        while self.sampled < 3:
            self.sampled += 1
            self.module.w.data += torch.rand(1)
            yield Epoch(number, {"sweeps": float(self.sampled)}, {"loss": 1.0}, True, 0.0)
            number += 1

    def sampling_state(self) -> dict[str, Tensor]:
        return {"sampled": torch.tensor(self.sampled)}


def options(**changed: Any) -> TrainingOptions:
    values = {"epochs": 4, "learning_rate": 0.1, "batch_size": 2, "patience": 10} | changed
    return TrainingOptions(**values)


def ignore(_: object) -> None:
    pass


def weight(trainer: LineTrainer) -> float:
    return float(trainer.module.w.detach())


def test_training_approaches_the_solution() -> None:
    trainer = LineTrainer()
    epochs = run_epochs(trainer, options(epochs=30), ignore)
    assert weight(trainer) == pytest.approx(2.0, abs=0.1)
    assert epochs[-1].train["loss"] < 0.05 * epochs[0].train["loss"]


LOWEST, HIGHEST = Monitor("loss", "lowest"), Monitor("accuracy", "highest")


@pytest.mark.parametrize(
    ("monitor", "figures", "changed", "is_kept"),
    [
        (LOWEST, [5.0, 1.0, 3.0, 2.0], {}, [True, True, False, False]),
        (LOWEST, [1.0, 1.0], {"epochs": 2}, [True, False]),  # no improvement
        (HIGHEST, [0.5, 0.4, 0.7, 0.7], {}, [True, False, True, False]),
        (LOWEST, [math.nan, 1.0, 2.0], {"epochs": 3}, [False, True, False]),
        (LOWEST, [3.0, 1.0, 2.0, 2.0, 0.0], {"epochs": 9, "patience": 2}, [1, 1, 0, 0]),
        (LOWEST, [3.0, 4.0, 2.0, 4.0, 1.0], {"epochs": 5, "patience": 2}, [1, 0, 1, 0, 1]),
        (LOWEST, [1.0, 2.0, 3.0, 4.0], {"keep": "last", "patience": 2}, [True] * 4),
    ],
)
def test_the_weights_of_the_kept_epoch_stay(
    monitor: Monitor, figures: list[float], changed: dict[str, Any], is_kept: list[bool]
) -> None:
    trainer = LineTrainer(monitor, figures)
    epochs = run_epochs(trainer, options(**changed), ignore)
    assert [epoch.is_kept for epoch in epochs] == is_kept
    assert len(set(trainer.weights)) == len(is_kept)
    kept = max(place for place, is_best in enumerate(is_kept) if is_best)
    assert weight(trainer) == trainer.weights[kept]
    assert not trainer.module.training


def test_each_epoch_is_reported_when_it_ends() -> None:
    trainer = LineTrainer(figures=[3.0, 1.0])
    reported: list[Epoch] = []

    def report(epoch: Epoch) -> None:
        trainer.events.append(f"epoch {epoch.number}")
        reported.append(epoch)

    assert run_epochs(trainer, options(epochs=2), report) == tuple(reported)
    steps = ["step", "step", "validate"]
    assert trainer.events == [*steps, "epoch 1", *steps, "epoch 2"]
    assert reported[0].validation == {"loss": 3.0}
    assert reported[0].train["half"] == pytest.approx(reported[0].train["loss"] / 2)


def test_the_seed_of_the_options_gives_the_order() -> None:
    orders = []
    for seed in (0, 0, 1):
        trainer = LineTrainer()
        run_epochs(trainer, options(seed=seed), ignore)
        orders.append(trainer.order)
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize(
    ("scale", "figures"), [(math.nan, []), (math.inf, []), (1.0, [math.nan] * 4)]
)
def test_figures_that_are_not_finite_end_the_training(scale: float, figures: list[float]) -> None:
    with pytest.raises(DataError, match="Training diverged") as caught:
        run_epochs(LineTrainer(figures=figures, scale=scale), options(), ignore)
    assert "--learning-rate" in caught.value.hint


@pytest.mark.parametrize("interrupted_after", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("keep", ["last", "best"])
def test_a_resumed_training_ends_like_one_without_interruption(
    interrupted_after: int, keep: str
) -> None:
    figures = [3.0, 1.0, 2.0, 2.0]  # then three epochs of sampling

    def interrupt(epoch: Epoch) -> None:
        if epoch.number == interrupted_after:
            raise KeyboardInterrupt

    def trained(interrupt: Any, resume_from: TrainingState | None = None) -> LineTrainer:
        done = len(resume_from.epochs) if resume_from else 0
        trainer = SamplingLineTrainer(figures=figures[done:])
        if resume_from is None:
            torch.manual_seed(0)
        run_training(trainer, options(keep=keep), interrupt, states.append, resume_from)
        return trainer

    states: list[TrainingState] = []
    whole = trained(ignore)
    epochs = [epoch.number for epoch in states[-1].epochs]
    assert epochs == [1, 2, 3, 4, 5, 6, 7]
    states.clear()
    with pytest.raises(KeyboardInterrupt):
        trained(interrupt)
    torch.manual_seed(9)
    resumed = trained(ignore, states[-1])
    assert weight(resumed) == weight(whole)
    assert [epoch.number for epoch in states[-1].epochs] == epochs
