"""The one training loop. What is trained is a `Trainer`; the loop knows nothing else about it."""

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
"""The name of the loss that is minimized; other losses of a step are parts of it."""

THREADS = 1
"""Threads that training computes with, whatever the machine has: with another number the sums
would be taken in another order and give other weights."""


@dataclass(frozen=True)
class Monitor:
    """A validation figure and its direction; chooses the epoch where ``keep`` is ``best``."""

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
    is_kept
        Whether its weights replace those kept so far: the last epoch of which this is true is the
        one whose weights are kept.
    seconds
        Duration.
    """

    number: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    is_kept: bool
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
    def kept(self) -> Epoch:
        """The epoch whose weights were kept."""
        return [epoch for epoch in self.epochs if epoch.is_kept][-1]


class Trainer(Protocol, Generic[Batch]):
    """A network together with the data and the losses that it is trained with."""

    @property
    def module(self) -> nn.Module:
        """The network."""

    @property
    def monitor(self) -> Monitor:
        """The validation figure that ``keep="best"`` decides by."""

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return what is optimized, as groups for the optimizer."""

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training batches of an epoch in a random order."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, scalars; `TOTAL` is the one to minimize."""

    def validate(self) -> dict[str, float]:
        """Measure the network on the validation part; it includes the monitored figure."""


@runtime_checkable
class SamplingTrainer(Protocol):
    """A trainer that has a second phase, without gradients, after the kept epoch is restored."""

    def refine(self, number: int, resume_from: Mapping[str, Tensor]) -> Iterator[Epoch]:
        """Work on, yielding epochs counted from ``number``.

        ``resume_from`` is a `refining_state` to go on from; empty to begin.
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
        Weights, moments of the optimizer and states of the random generators, by name.
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
    trainer: Trainer[Any],
    options: TrainingOptions,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    resume_from: TrainingState | None = None,
) -> tuple[Epoch, ...]:
    """Train to the end, the second phase of a `SamplingTrainer` included; return all epochs.

    The arguments are those of `run_epochs`.
    """
    refining = {} if resume_from is None else resume_from.part("refining")
    if resume_from is not None and refining:
        epochs = resume_from.epochs
        trainer.module.load_state_dict(resume_from.part("module"))
        torch.set_rng_state(resume_from.tensors["random"])
    else:
        epochs = run_epochs(trainer, options, on_epoch, on_state, resume_from).epochs
    if isinstance(trainer, SamplingTrainer):
        for epoch in trainer.refine(len(epochs) + 1, refining):
            epochs = (*epochs, epoch)
            tensors = {
                **_named("module", trainer.module.state_dict()),
                **_named("refining", trainer.refining_state()),
                "random": torch.get_rng_state(),
            }
            on_state(TrainingState(epochs, tensors))
            on_epoch(epoch)
    return epochs


def run_epochs(
    trainer: Trainer[Any],
    options: TrainingOptions,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    resume_from: TrainingState | None = None,
) -> History:
    """Train ``trainer.module`` and leave it with the weights of the epoch that ``keep`` names.

    Parameters
    ----------
    on_epoch
        Called after each epoch.
    on_state
        Called before that, with what it takes to go on from there. The tensors are those of the
        training, not copies.
    resume_from
        Where an interrupted training of the same trainer was. On a CPU the result is the same, bit
        for bit, as without the interruption.

    Raises
    ------
    DivergedError
        If the loss is no longer a finite number.
    """
    optimizer = AdamW(trainer.parameter_groups(), options, options.epochs * trainer.n_batches())
    generator = torch.Generator().manual_seed(options.seed)
    epochs: list[Epoch] = []
    kept_state = _copied(trainer.module)
    if resume_from is not None:
        epochs += resume_from.epochs
        trainer.module.load_state_dict(resume_from.part("module"))
        kept_state = resume_from.part("kept") or _copied(trainer.module)
        optimizer.restore(resume_from.part("optimizer"))
        generator.set_state(resume_from.tensors["order"])
        torch.set_rng_state(resume_from.tensors["random"])
    kept = next((epoch for epoch in reversed(epochs) if epoch.is_kept), None)
    patience = options.patience if options.keep == "best" else options.epochs
    while len(epochs) < min(options.epochs, (kept.number if kept else 0) + patience):
        started = time.perf_counter()
        train = _train_epoch(trainer, optimizer, generator)
        trainer.module.eval()
        with torch.no_grad():
            validation = trainer.validate()
        over = kept.validation[trainer.monitor.name] if kept else None
        improves = trainer.monitor.improves(validation[trainer.monitor.name], over)
        is_kept = options.keep == "last" or improves
        seconds = time.perf_counter() - started
        epoch = Epoch(len(epochs) + 1, train, validation, is_kept, seconds)
        epochs.append(epoch)
        if is_kept:
            kept, kept_state = epoch, _copied(trainer.module)
        on_state(
            TrainingState(
                tuple(epochs),
                {
                    **_named("module", trainer.module.state_dict()),
                    **({} if kept is None or is_kept else _named("kept", kept_state)),
                    **_named("optimizer", optimizer.state()),
                    "order": generator.get_state(),
                    "random": torch.get_rng_state(),
                },
            )
        )
        on_epoch(epoch)
    if kept is None:
        raise diverged()
    trainer.module.load_state_dict(kept_state)
    trainer.module.eval()
    return History(trainer.monitor, tuple(epochs))


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return copy.deepcopy(module.state_dict())


def _named(part: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": tensor for name, tensor in tensors.items()}


def _train_epoch(
    trainer: Trainer[Any],
    optimizer: AdamW,
    generator: torch.Generator,
) -> dict[str, float]:
    """Take one step for each batch; return the mean of each loss."""
    trainer.module.train()
    sums: dict[str, Tensor] = {}
    steps = 0
    for batch in trainer.batches(generator):
        losses = trainer.losses(batch)
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
