"""Trainings that keep their run on disk and continue after an interruption."""

import time
from dataclasses import replace
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, DivergedError, InterruptionError, UsageError
from movierec_cli.core.experiments.train import provenance_of, train_run
from movierec_cli.core.files import exclusive
from movierec_cli.core.parallel.group import group
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.checkpoint import (
    Checkpoint,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
    unfinished_training,
)
from movierec_cli.core.runs.manifest import Provenance
from movierec_cli.core.runs.store import Run, list_runs, save_run
from movierec_cli.core.runs.train_spec import PROCESSES, TrainSpec, retraining, train_command
from movierec_cli.core.training.loop import OnEpoch

SAVING_SHARE = 0.05
"""Share of the time of a training that may go into checkpoints."""


def train_and_save(
    dataset: Dataset,
    spec: TrainSpec,
    runs: Path,
    on_epoch: OnEpoch,
    resume: bool = False,
    progress: Progress = SILENT,
) -> Run:
    """Train a run and keep it under ``runs``.

    After an epoch a checkpoint replaces the one before, unless this would take more than a
    twentieth of the time; it is removed once the run is saved. A run of the same name stays as it
    was until then. On a CPU a training that continued gives the same weights, bit for bit, as one
    without an interruption.

    Parameters
    ----------
    on_epoch, progress
        As in `train_run`.
    resume
        Continue the unfinished training of the same name.

    Raises
    ------
    InterruptionError
        On Ctrl-C, with the command that continues.
    UsageError
        As in `train_run`, or if the unfinished training is another one.
    DataError
        As in `train_run`; if another process is training a run of this name; if there is no
        unfinished training, or something that it depends on has changed.
    IntegrityError
        If the unfinished training is damaged.
    """
    provenance = provenance_of(spec, dataset)
    folder = runs / provenance.name
    busy = DataError(
        f"Another process is training the run {provenance.name!r} right now.",
        "Wait for it, or give this run a name of its own with --name.",
    )
    processes = group()
    with processes.held_by_first(exclusive(folder, busy)):
        try:
            resume_from = _checkpoint_to_resume(folder, provenance) if resume else None
            keeper = _Keeper(folder)
            run = train_run(dataset, spec, on_epoch, keeper.keep, resume_from, progress)
            processes.on_first(lambda: save_run(run, runs))
            processes.on_first(lambda: remove_checkpoint(folder))
        except DivergedError:
            processes.on_first(lambda: remove_checkpoint(folder))  # it would diverge again
            raise
        except KeyboardInterrupt as interruption:
            command = train_command(spec, dataset.name, processes.size)
            raise _interrupted(folder, command, interruption) from interruption
    return run


class _Keeper:
    """Saves the checkpoints of a training, as far as that takes a small share of its time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = time.monotonic()
        self._spent, self._saved = 0.0, 0  # seconds, and bytes of arrays

    def keep(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint on disk, unless that would take too much of the time so far."""
        size = sum(array.nbytes for array in checkpoint.arrays.values())
        before = time.monotonic()
        expected = self._spent * size / self._saved if self._saved else 0.0
        if self._saved and self._spent + expected > SAVING_SHARE * (before - self._started):
            return
        group().on_first(lambda: save_checkpoint(checkpoint, self._folder))
        self._spent += time.monotonic() - before
        self._saved += size


def _checkpoint_to_resume(folder: Path, provenance: Provenance) -> Checkpoint:
    checkpoint = load_checkpoint(folder)
    if checkpoint is None:
        name, finished = folder.name, folder.name in list_runs(folder.parent)
        raise DataError(
            f"There is no unfinished training {name!r}.",
            f"It is finished. Use it: movierec evaluate {name}"
            if finished
            else "Leave out --resume.",
        )
    earlier, now = (of.inputs.get(PROCESSES, "1") for of in (checkpoint.provenance, provenance))
    if earlier != now:
        raise UsageError(
            f"The unfinished training {folder.name!r} runs in {earlier} processes, not in {now}.",
            f"Continue it with: {retraining(checkpoint.provenance)} --resume",
        )
    # the sources of the inputs are known, and compared, once the trainer is built
    checkpoint.require_same(replace(provenance, inputs=checkpoint.provenance.inputs))
    return checkpoint


def _interrupted(folder: Path, command: str, cause: KeyboardInterrupt) -> InterruptionError:
    """Return the error of an interruption, with the number of epochs that are on disk."""
    training = unfinished_training(folder)
    if training is None:
        return InterruptionError(
            f"{str(cause) or 'Interrupted'} before the first epoch was finished; nothing is kept.",
            f"Start it again with: {command}",
        )
    return InterruptionError(
        f"{str(cause) or 'Interrupted'}. {training}", f"Continue it with: {training.command}"
    )
