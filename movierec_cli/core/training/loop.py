"""The training loop: epochs of gradient steps, then the sampling phase of some trainers."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor, nn

from movierec_cli.core.errors import DivergedError
from movierec_cli.core.parallel.group import group
from movierec_cli.core.training.optimizer import AdamW
from movierec_cli.core.training.options import TrainingOptions

Batch = TypeVar("Batch")

TOTAL = "loss"
"""The name of the loss that is minimized; other losses of a step are parts of it."""

_MANY_RATINGS = 4_000_000


def n_threads(n_ratings: int) -> int:
    """Return the number of threads that training computes with, the same on every machine.

    Another number adds in another order, which gives other weights. A second one pays for many
    ratings; for few, it is busy with the closed-form components.
    """
    return 1 if n_ratings < _MANY_RATINGS else 2


@dataclass(frozen=True)
class Monitor:
    """A validation figure and its direction; chooses the epoch where ``keep`` is ``best``."""

    name: str
    best: Literal["lowest", "highest"]

    def improves(self, value: float, over: float | None) -> bool:
        """Return true if ``value`` is better than the best so far; NaN never is."""
        if over is None:
            return not math.isnan(value)
        return value < over if self.best == "lowest" else value > over


@dataclass(frozen=True)
class Epoch:
    """The figures of one pass over the training part.

    The number counts from 1. ``train`` and ``validation`` hold means of losses and other figures.
    Where ``is_kept``, the weights replace those kept so far: those of the last such epoch remain.
    """

    number: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    is_kept: bool
    seconds: float


class Trainer(Protocol, Generic[Batch]):
    """A network together with the data and the losses that it is trained with."""

    @property
    def module(self) -> nn.Module:
        """The network."""

    @property
    def monitor(self) -> Monitor:
        """The validation figure that ``keep="best"`` decides by."""

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return the parameters to optimize, as groups for the optimizer."""

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training batches of an epoch in a random order."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, scalars; `TOTAL` is the one to minimize.

        Of several processes, each has a part of the batch, and the loss is the sum over the parts.
        """

    def validate(self) -> dict[str, float]:
        """Measure the network on the validation part; includes the monitored figure."""


@runtime_checkable
class SamplingTrainer(Protocol):
    """A trainer with a second phase, without gradients, after the kept epoch is restored."""

    def sample(self, number: int, resume_from: Mapping[str, Tensor]) -> Iterator[Epoch]:
        """Sample, yielding epochs counted from ``number``.

        ``resume_from`` is a `sampling_state` to continue from; empty at the start.
        """

    def sampling_state(self) -> dict[str, Tensor]:
        """Return the state of the second phase after one of its epochs."""


@dataclass(frozen=True, eq=False)
class TrainingState:
    """The state of a training after an epoch: everything that the rest of it depends on.

    ``tensors`` are those of the training, not copies, by part and name: weights (``module``,
    ``kept``), ``optimizer``, the ``random`` generators, and ``sampling``.
    """

    epochs: tuple[Epoch, ...]
    tensors: Mapping[str, Mapping[str, Tensor]]


OnEpoch = Callable[[Epoch], None]
OnState = Callable[[TrainingState], None]


def run_training(
    trainer: Trainer[Any],
    options: TrainingOptions,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    resume_from: TrainingState | None = None,
) -> tuple[Epoch, ...]:
    """Train as `run_epochs`, with the sampling phase of a `SamplingTrainer`; return all epochs."""
    sampling: Mapping[str, Tensor] = {}
    if resume_from is not None and "sampling" in resume_from.tensors:
        epochs, sampling = resume_from.epochs, resume_from.tensors["sampling"]
        trainer.module.load_state_dict(resume_from.tensors["module"])
        torch.set_rng_state(resume_from.tensors["random"]["torch"])
    else:
        epochs = run_epochs(trainer, options, on_epoch, on_state, resume_from)
    if isinstance(trainer, SamplingTrainer):
        for epoch in trainer.sample(len(epochs) + 1, sampling):
            epochs = (*epochs, epoch)
            tensors = {
                "module": trainer.module.state_dict(),
                "sampling": trainer.sampling_state(),
                "random": {"torch": torch.get_rng_state()},
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
) -> tuple[Epoch, ...]:
    """Train ``trainer.module`` and leave it with the weights of the epoch that ``keep`` names.

    Parameters
    ----------
    on_epoch
        Called after each epoch.
    on_state
        Called before ``on_epoch``, with the state to continue from.
    resume_from
        The last state of an interrupted training of the same trainer. On a CPU the result is the
        same, bit for bit, as without the interruption.

    Raises
    ------
    DivergedError
        If the loss is no longer a finite number, or no epoch has a monitored figure.
    """
    optimizer = AdamW(trainer.parameter_groups(), options, options.epochs * trainer.n_batches())
    generator = torch.Generator().manual_seed(options.seed)
    epochs: list[Epoch] = []
    kept_weights: Mapping[str, Tensor] = {}
    if resume_from is not None:
        epochs, tensors = [*resume_from.epochs], resume_from.tensors
        trainer.module.load_state_dict(tensors["module"])
        kept_weights = tensors.get("kept", tensors["module"])
        optimizer.restore(tensors["optimizer"])
        generator.set_state(tensors["random"]["order"])
        torch.set_rng_state(tensors["random"]["torch"])
    kept = next((epoch for epoch in reversed(epochs) if epoch.is_kept), None)
    patience = options.patience if options.keep == "best" else options.epochs
    while len(epochs) < min(options.epochs, (kept.number if kept else 0) + patience):
        epoch = _train_epoch(trainer, optimizer, generator, options, len(epochs) + 1, kept)
        epochs.append(epoch)
        if epoch.is_kept:
            kept, kept_weights = epoch, copy.deepcopy(trainer.module.state_dict())
        tensors = {
            "module": trainer.module.state_dict(),
            "optimizer": optimizer.state(),
            "random": {"order": generator.get_state(), "torch": torch.get_rng_state()},
        }
        if not epoch.is_kept:
            tensors["kept"] = kept_weights
        on_state(TrainingState(tuple(epochs), tensors))
        on_epoch(epoch)
    if kept is None:
        raise diverged()
    trainer.module.load_state_dict(kept_weights)
    trainer.module.eval()
    return tuple(epochs)


def _train_epoch(
    trainer: Trainer[Any],
    optimizer: AdamW,
    generator: torch.Generator,
    options: TrainingOptions,
    number: int,
    kept: Epoch | None,
) -> Epoch:
    """Take one step for each batch and validate; ``kept`` is the epoch kept so far."""
    started, processes = time.perf_counter(), group()
    trainer.module.train()
    sums: dict[str, Tensor] = {}
    for batch in trainer.batches(generator):
        losses = trainer.losses(batch)
        optimizer.zero_grad()
        losses[TOTAL].backward()  # type: ignore[no-untyped-call]
        processes.sum_tensors(
            tensor.grad for tensor in trainer.module.parameters() if tensor.grad is not None
        )
        optimizer.step()
        for name, loss in losses.items():
            sums[name] = sums.get(name, 0) + loss.detach()
    processes.sum_tensors(sums.values())
    train = {name: float(total) / trainer.n_batches() for name, total in sums.items()}
    if not math.isfinite(train.get(TOTAL, math.nan)):
        raise diverged()
    trainer.module.eval()
    with torch.no_grad():
        validation = trainer.validate()
    monitor = trainer.monitor
    best = kept.validation[monitor.name] if kept else None
    is_kept = options.keep == "last" or monitor.improves(validation[monitor.name], best)
    return Epoch(number, train, validation, is_kept, time.perf_counter() - started)


def diverged(sign: str = "the loss is no longer a number") -> DivergedError:
    """Return the error of a training whose steps were too large, with the sign of it."""
    return DivergedError(
        f"Training diverged: {sign}.",
        "Train with a smaller step, for example: --learning-rate 0.0001",
    )
