"""The one training loop. What is trained is a `Task`; the loop knows nothing else about it."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor, nn

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.optimizer import AdamW
from movierec_cli.core.training_options import TrainingOptions

Batch = TypeVar("Batch")

TOTAL = "loss"
"""The name of the loss that is minimised; other losses of a step are parts of it."""

THREADS = 1
"""Threads that training computes with, whatever the machine has: with another number the sums
would be taken in another order and give other weights."""


@dataclass(frozen=True)
class Monitor:
    """The validation figure by which the best epoch is chosen."""

    name: str
    best: Literal["lowest", "highest"]

    def improves(self, value: float, over: float | None) -> bool:
        """Tell whether ``value`` is better than the best so far."""
        if math.isnan(value):
            return False
        if over is None:
            return True
        return value < over if self.best == "lowest" else value > over


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training part gave.

    Attributes
    ----------
    number
        Counted from 1.
    train, validation
        Means of losses and other figures.
    is_best
        Whether no earlier epoch was better.
    seconds
        How long it took.
    """

    number: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    is_best: bool
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class History:
    """All epochs of a training."""

    monitor: Monitor
    epochs: tuple[Epoch, ...] = field(default=())

    @property
    def best(self) -> Epoch:
        """The epoch whose weights were kept."""
        return [epoch for epoch in self.epochs if epoch.is_best][-1]


class Task(Protocol, Generic[Batch]):
    """A network together with the data and the losses that it is trained with."""

    @property
    def module(self) -> nn.Module:
        """The network."""

    @property
    def monitor(self) -> Monitor:
        """By which figure the best epoch is chosen."""

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return what is optimised, as groups for the optimiser."""

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training batches of an epoch in a random order."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, scalars; `TOTAL` is the one to minimise."""

    def validate(self) -> dict[str, float]:
        """Measure the network on the validation part; it includes the monitored figure."""


@runtime_checkable
class RefiningTask(Protocol):
    """A task that has a second phase, without gradients, after the best epoch is restored."""

    def refine(self, number: int) -> Iterator[Epoch]:
        """Work on, yielding epochs counted from ``number``."""


def resolve_device(name: str) -> str:
    """Turn ``auto`` into the best device here; check that any other is there.

    Raises
    ------
    UsageError
        If the device is unknown or not available.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return next(device for device, there in available.items() if there)
    if name not in available:
        raise UsageError(f"There is no device {name!r}.", "Choose one of: auto, cpu, cuda, mps")
    if not available[name]:
        raise UsageError(f"This machine or this build of torch has no {name}.", "Use: --device cpu")
    return name


def run_epochs(
    task: Task[Any], options: TrainingOptions, on_epoch: Callable[[Epoch], None]
) -> History:
    """Train ``task.module`` and leave it with the weights of the best epoch.

    Parameters
    ----------
    on_epoch
        Called after each epoch.

    Raises
    ------
    DataError
        If the loss is no longer a finite number.
    """
    optimizer = AdamW(task.parameter_groups(), options, options.epochs * task.n_batches())
    generator = torch.Generator().manual_seed(options.seed)
    epochs: list[Epoch] = []
    best_value: float | None = None
    best_state = copy.deepcopy(task.module.state_dict())
    best_number = 0
    settling = int(options.settle * options.epochs)
    for number in range(1, options.epochs + 1):
        started = time.perf_counter()
        train = _train_epoch(task, optimizer, generator)
        task.module.eval()
        with torch.no_grad():
            validation = task.validate()
        value = validation[task.monitor.name]
        settled = number > settling
        is_best = settled and task.monitor.improves(value, best_value)
        if is_best:
            best_value, best_number = value, number
            best_state = copy.deepcopy(task.module.state_dict())
        epochs.append(Epoch(number, train, validation, is_best, time.perf_counter() - started))
        on_epoch(epochs[-1])
        if number - max(best_number, settling) >= options.patience:
            break
    if best_number == 0:
        raise diverged()
    task.module.load_state_dict(best_state)
    task.module.eval()
    return History(task.monitor, tuple(epochs))


def _train_epoch(
    task: Task[Any],
    optimizer: AdamW,
    generator: torch.Generator,
) -> dict[str, float]:
    """Take one step for each batch; return the mean of each loss."""
    task.module.train()
    sums: dict[str, Tensor] = {}
    steps = 0
    for batch in task.batches(generator):
        losses = task.losses(batch)
        optimizer.zero_grad()
        losses[TOTAL].backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        steps += 1
        for name, loss in losses.items():
            sums[name] = sums.get(name, torch.zeros((), device=loss.device)) + loss.detach()
    means = {name: float(total) / max(steps, 1) for name, total in sums.items()}
    if not math.isfinite(means.get(TOTAL, math.nan)):
        raise diverged()
    return means


def diverged(sign: str = "the loss is no longer a number") -> DataError:
    """Say by what it shows that the steps were too large."""
    return DataError(
        f"Training diverged: {sign}.",
        "Train with a smaller step, for example: --learning-rate 0.0001",
    )
