"""Training a run that is kept, and going on with it after an interruption."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import (
    DataError,
    DivergedError,
    InterruptionError,
    MovierecError,
    UsageError,
)
from movierec_cli.core.experiments.train import described, run_name, train_run, versions
from movierec_cli.core.files import exclusive
from movierec_cli.core.runs.checkpoint import (
    Checkpoint,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
    unfinished_training,
)
from movierec_cli.core.runs.store import Run, list_runs, save_run
from movierec_cli.core.runs.train_spec import TrainSpec, train_command
from movierec_cli.core.training.loop import Epoch, OnEpoch, TrainingState


class Resume(Enum):
    """What to do with an unfinished training of the same name."""

    NEVER = "begin anew"
    IF_IT_FITS = "go on where it is the same training, else begin anew"
    ALWAYS = "go on, and fail where that is not possible"


def train_and_save(
    dataset: Dataset,
    request: TrainSpec,
    runs: Path,
    on_epoch: OnEpoch,
    resume: Resume = Resume.NEVER,
) -> Run:
    """Train a run and keep it under ``runs``.

    After each epoch everything that it takes to go on is on disk; it is removed once the run is.
    Until then a run of the same name stays what it was. On a CPU a training that went on is the
    same, bit for bit, as one that was never interrupted.

    Raises
    ------
    InterruptionError
        On Ctrl-C; it says how to go on.
    UsageError
        If the request makes no sense, or asks to go on with another training.
    DataError
        As in `train_run`; if another process is training a run of this name; if there is nothing
        to go on with, or what it rests on has changed.
    IntegrityError
        If the unfinished training is damaged.
    """
    preset = request.resolve()
    name = run_name(request, dataset.name)
    folder = runs / name
    asked = Asked(
        as_json(asdict(replace(request, name=name))),
        as_json(
            {
                "versions": versions(),
                "dataset": described(dataset),
                "config": asdict(preset.config),
                "training": asdict(preset.training),
            }
        ),
    )

    def keep(state: TrainingState) -> None:
        records = tuple(epoch.as_dict() for epoch in state.epochs)
        arrays = {name: tensor.detach().cpu().numpy() for name, tensor in state.tensors.items()}
        command = f"{train_command(request, dataset.name)} --resume"
        basis = {**asked.basis, "inputs": dict(state.inputs)}
        save_checkpoint(Checkpoint(asked.request, basis, records, command, arrays), folder)

    busy = DataError(
        f"Another process is training the run {name!r} right now.",
        "Wait for it, or give this run a name of its own with --name.",
    )
    with exclusive(folder, busy):
        try:
            resume_from = _begun(folder, asked, resume)
            run = train_run(dataset, request, on_epoch, keep, resume_from)
            save_run(run, runs)
            remove_checkpoint(folder)
        except DivergedError:
            remove_checkpoint(folder)  # going on with it would end in the same way
            raise
        except KeyboardInterrupt as interruption:
            raise _interrupted(folder, train_command(request, dataset.name)) from interruption
    return run


@dataclass(frozen=True)
class Asked:
    """What was asked for and what it rests on, as a `Checkpoint` has them."""

    request: Mapping[str, Any]
    basis: Mapping[str, Any]


def _begun(folder: Path, asked: Asked, resume: Resume) -> TrainingState | None:
    """Return where to go on, ``None`` to begin anew."""
    if resume is Resume.NEVER:
        return None
    try:
        checkpoint = load_checkpoint(folder)
        if checkpoint is None:
            finished = folder.name in list_runs(folder.parent)
            raise DataError(
                f"There is no unfinished training {folder.name!r}.",
                f"It is finished. Use it: movierec evaluate {folder.name}"
                if finished
                else "Leave out --resume.",
            )
        _require_the_same(checkpoint, asked, folder.name)
    except MovierecError:
        if resume is Resume.ALWAYS:
            raise
        return None
    return TrainingState(
        tuple(Epoch(**record) for record in checkpoint.epochs),
        {name: torch.from_numpy(array.copy()) for name, array in checkpoint.arrays.items()},
        checkpoint.basis.get("inputs", {}),
    )


def _require_the_same(checkpoint: Checkpoint, asked: Asked, name: str) -> None:
    for key, value in asked.request.items():
        if checkpoint.request.get(key) != value:
            what = key.replace("_", " ")
            raise UsageError(
                f"The unfinished training {name!r} was started with another {what}: "
                f"{_shown(checkpoint.request.get(key))}, not {_shown(value)}.",
                f"Go on with: {checkpoint.command}",
            )
    for key, value in asked.basis.items():
        if checkpoint.basis.get(key) != value:
            raise DataError(
                f"The unfinished training {name!r} cannot go on: its {key} "
                "had other values when it was started.",
                f"Begin it again with: {checkpoint.command.removesuffix(' --resume')}",
            )


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        given = {key: item for key, item in value.items() if item is not None}
        return ", ".join(f"{key.replace('_', ' ')} {item}" for key, item in given.items()) or "none"
    return str(value)


def _interrupted(folder: Path, begin: str) -> InterruptionError:
    """Say what is kept; read from the disk, so that it is true."""
    kept = unfinished_training(folder)
    if kept is None:
        return InterruptionError(
            "Interrupted before the first epoch was finished; nothing is kept.",
            f"Begin again with: {begin}",
        )
    return InterruptionError(f"Interrupted. {kept}", f"Go on with: {kept.command}")


def as_json(value: Any) -> Any:
    """Return a value as it comes back from JSON: tuples become lists."""
    return json.loads(json.dumps(value))
