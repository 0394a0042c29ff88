"""A training from its specification to a measured run."""

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import cast

import numpy as np
import torch

from movierec_cli import __version__
from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.scenarios import Scenario, Validation
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import SolvingTrainer, build_trainer
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.parallel.group import group
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.checkpoint import Checkpoint
from movierec_cli.core.runs.manifest import EpochRecord, Manifest, Provenance, ScenarioRecord
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import PROCESSES, TrainSpec
from movierec_cli.core.runs.weights import is_sound
from movierec_cli.core.training.loop import (
    Epoch,
    OnEpoch,
    TrainingState,
    diverged,
    n_threads,
    run_training,
)
from movierec_cli.core.training.options import resolve_device

_SOLVED = "solved"  # the part of a checkpoint with what was solved before the first epoch


def provenance_of(spec: TrainSpec, dataset: Dataset) -> Provenance:
    """Return what a training depends on, without the ``inputs`` that the trainer knows.

    Raises
    ------
    UsageError
        If there is no such model, preset, device or name, or a value is out of range.
    """
    versions = {
        "movierec": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": str(torch.__version__),
    }
    provenance = replace(spec, device=resolve_device(spec.device)).provenance(dataset, versions)
    processes = group().size
    if processes == 1:
        return provenance
    return replace(provenance, inputs={**provenance.inputs, PROCESSES: str(processes)})


def train_run(
    dataset: Dataset,
    spec: TrainSpec,
    on_epoch: OnEpoch,
    on_checkpoint: Callable[[Checkpoint], None] = lambda _: None,
    resume_from: Checkpoint | None = None,
    progress: Progress = SILENT,
) -> Run:
    """Train a model on the training part of a split and measure it on the test part.

    ``keep`` of the training options chooses the epoch, by the validation part if at all; the test
    ratings only measure the finished model. On a CPU the same specification gives the same
    weights, bit for bit.

    Parameters
    ----------
    on_epoch
        Called after each epoch.
    on_checkpoint
        Called before ``on_epoch``, with everything that continues the training from there.
    resume_from
        A checkpoint of an interrupted training of this specification.
    progress
        Receives the descriptions of the phases without epochs.

    Raises
    ------
    UsageError
        If there is no such model, preset, holdout, device or name, or a value is out of range.
    DataError
        If training diverges, or ``resume_from`` was trained with other inputs.
    """
    started = time.perf_counter()
    provenance = provenance_of(spec, dataset)
    group().require_same(repr(provenance), "data or versions")
    preset = replace(spec, device=str(provenance.training["device"])).resolve()
    options = preset.training
    rule = Validation(options.validation, options.validation_share, options.seed)
    split = make_split(dataset, spec.holdout, spec.split_seed, rule, spec.cut)
    threads = n_threads(len(dataset.ratings)) if group().size == 1 else 1
    with reproducible(options.seed, threads):
        state = None if resume_from is None else _state(resume_from)
        found = {} if state is None else _solved(state)
        trainer, inputs = build_trainer(split, preset, progress, spec.text_model, found)
        provenance = replace(provenance, inputs={**provenance.inputs, **inputs})
        solved = trainer.solved if isinstance(trainer, SolvingTrainer) else {}
        if resume_from is not None:
            resume_from.require_same(provenance)
        elif solved:
            on_checkpoint(_checkpoint(provenance, TrainingState((), {}), solved))
        progress.describe(f"Training {spec.model} {spec.preset}")
        epochs = run_training(
            trainer,
            options,
            on_epoch,
            lambda state: on_checkpoint(_checkpoint(provenance, state, solved)),
            state if state and state.epochs else None,
        )
        weights = trainer.export()
    if not all(map(is_sound, weights.values())):
        raise diverged("its weights are beyond all bounds")
    progress.describe("Measuring on held-out users")
    model = SCORERS[spec.model][spec.preset](weights)
    kept = next(epoch for epoch in reversed(epochs) if epoch.is_kept)
    earlier = sum(epoch["seconds"] for epoch in resume_from.epochs) if resume_from else 0.0
    manifest = Manifest(
        **vars(provenance),
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        seconds=earlier + time.perf_counter() - started,
        epochs=_records(epochs),
        kept_epoch=kept.number,
        monitor=trainer.monitor.name,
        metrics=dict(kept.validation),
        evaluation=tuple(_measured(model, scenario, progress) for scenario in split.scenarios),
        film_ids=tuple(dataset.films.ids.tolist()),
    )
    return Run(manifest, weights)


@contextmanager
def reproducible(seed: int, threads: int = 1) -> Iterator[None]:
    """Fix the random numbers and threads of torch; restore those of the caller at the end.

    Numbers that overflow and equations that have no solution are signs of a diverged training.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng(), np.errstate(over="ignore", invalid="ignore"):
            torch.manual_seed(seed)
            yield
    except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
        raise diverged("a system of equations has no solution any more") from error
    finally:
        torch.set_num_threads(before)


def _measured(model: Model, scenario: Scenario, progress: Progress) -> ScenarioRecord:
    found = evaluate(model, scenario, progress=progress)
    return ScenarioRecord(
        scenario=found.scenario,
        k=found.k,
        users=found.users,
        left_out=found.left_out,
        metrics=found.metrics,
    )


def _records(epochs: Iterable[Epoch]) -> tuple[EpochRecord, ...]:
    return tuple(cast(EpochRecord, asdict(epoch)) for epoch in epochs)


def _checkpoint(
    provenance: Provenance, state: TrainingState, solved: Mapping[str, FloatArray]
) -> Checkpoint:
    arrays = {
        f"{part}.{name}": tensor.detach().cpu().numpy()
        for part, tensors in state.tensors.items()
        for name, tensor in tensors.items()
    }
    arrays |= {f"{_SOLVED}.{name}": array for name, array in solved.items()}
    return Checkpoint(provenance, _records(state.epochs), arrays)


def _solved(state: TrainingState) -> dict[str, FloatArray]:
    return {name: tensor.numpy() for name, tensor in state.tensors.get(_SOLVED, {}).items()}


def _state(checkpoint: Checkpoint) -> TrainingState:
    epochs = tuple(Epoch(**record) for record in checkpoint.epochs)  # type: ignore[arg-type]
    tensors: dict[str, dict[str, torch.Tensor]] = {}
    for path, array in checkpoint.arrays.items():
        part, _, name = path.partition(".")
        tensors.setdefault(part, {})[name] = torch.from_numpy(array.copy())
    return TrainingState(epochs, tensors)
