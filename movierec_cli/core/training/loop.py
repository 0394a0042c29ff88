"""The one training loop. What is trained is a `Task`; the loop knows nothing else about it."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor, nn

from movierec_cli.core.errors import DivergedError
from movierec_cli.core.training.optimizer import AdamW
from movierec_cli.core.training.options import TrainingOptions

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

    def refine(self, number: int, begun: Mapping[str, Tensor]) -> Iterator[Epoch]:
        """Work on, yielding epochs counted from ``number``.

        ``begun`` is a `refining_state` to go on from; empty to begin.
        """

    def refining_state(self) -> dict[str, Tensor]:
        """Return where the second phase is, after an epoch of it."""


OnEpoch = Callable[[Epoch], None]


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Where a training is after an epoch: all that the rest of it depends on.

    Attributes
    ----------
    epochs
        Those that are finished.
    tensors
        Weights, moments of the optimiser and states of the random generators, by name.
    inputs
        How the inputs were made, where that may differ, as in a manifest.
    """

    epochs: tuple[Epoch, ...]
    tensors: Mapping[str, Tensor]
    inputs: Mapping[str, str] = field(default_factory=dict)

    def part(self, name: str) -> dict[str, Tensor]:
        """Return the tensors whose names begin with ``name`` and a dot, without that."""
        start = f"{name}."
        return {
            key.removeprefix(start): tensor
            for key, tensor in self.tensors.items()
            if key.startswith(start)
        }


OnState = Callable[[TrainingState], None]


def run_training(
    task: Task[Any],
    options: TrainingOptions,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    begun: TrainingState | None = None,
) -> tuple[Epoch, ...]:
    """Train to the end, the second phase of a `RefiningTask` included; return all epochs.

    The arguments are those of `run_epochs`.
    """
    refining = {} if begun is None else begun.part("refining")
    if begun is not None and refining:
        epochs = begun.epochs
        task.module.load_state_dict(begun.part("module"))
        torch.set_rng_state(begun.tensors["random"])
    else:
        epochs = run_epochs(task, options, on_epoch, on_state, begun).epochs
    if isinstance(task, RefiningTask):
        for epoch in task.refine(len(epochs) + 1, refining):
            epochs = (*epochs, epoch)
            tensors = {
                **_named("module", task.module.state_dict()),
                **_named("refining", task.refining_state()),
                "random": torch.get_rng_state(),
            }
            on_state(TrainingState(epochs, tensors))
            on_epoch(epoch)
    return epochs


def run_epochs(
    task: Task[Any],
    options: TrainingOptions,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    begun: TrainingState | None = None,
) -> History:
    """Train ``task.module`` and leave it with the weights of the best epoch.

    Parameters
    ----------
    on_epoch
        Called after each epoch.
    on_state
        Called before that, with what it takes to go on from there. The tensors are those of the
        training, not copies.
    begun
        Where an interrupted training of the same task was. On a CPU the result is the same, bit
        for bit, as without the interruption.

    Raises
    ------
    DivergedError
        If the loss is no longer a finite number.
    """
    optimizer = AdamW(task.parameter_groups(), options, options.epochs * task.n_batches())
    generator = torch.Generator().manual_seed(options.seed)
    epochs: list[Epoch] = []
    best_state = copy.deepcopy(task.module.state_dict())
    if begun is not None:
        epochs += begun.epochs
        task.module.load_state_dict(begun.part("module"))
        best_state = begun.part("best") or copy.deepcopy(task.module.state_dict())
        optimizer.restore(begun.part("optimizer"))
        generator.set_state(begun.tensors["order"])
        torch.set_rng_state(begun.tensors["random"])
    best = next((epoch for epoch in reversed(epochs) if epoch.is_best), None)
    settling = int(options.settle * options.epochs)

    def goes_on() -> bool:
        since = max(best.number if best else 0, settling)
        return len(epochs) < min(options.epochs, since + options.patience)

    while goes_on():
        started = time.perf_counter()
        train = _train_epoch(task, optimizer, generator)
        task.module.eval()
        with torch.no_grad():
            validation = task.validate()
        number = len(epochs) + 1
        over = best.validation[task.monitor.name] if best else None
        is_best = number > settling and task.monitor.improves(validation[task.monitor.name], over)
        epoch = Epoch(number, train, validation, is_best, time.perf_counter() - started)
        epochs.append(epoch)
        if is_best:
            best, best_state = epoch, copy.deepcopy(task.module.state_dict())
        on_state(
            TrainingState(
                tuple(epochs),
                {
                    **_named("module", task.module.state_dict()),
                    **({} if best is None or is_best else _named("best", best_state)),
                    **_named("optimizer", optimizer.state()),
                    "order": generator.get_state(),
                    "random": torch.get_rng_state(),
                },
            )
        )
        on_epoch(epoch)
    if best is None:
        raise diverged()
    task.module.load_state_dict(best_state)
    task.module.eval()
    return History(task.monitor, tuple(epochs))


def _named(part: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": tensor for name, tensor in tensors.items()}


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


def diverged(sign: str = "the loss is no longer a number") -> DivergedError:
    """Say by what it shows that the steps were too large."""
    return DivergedError(
        f"Training diverged: {sign}.",
        "Train with a smaller step, for example: --learning-rate 0.0001",
    )
