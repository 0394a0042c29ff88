"""From a data set to a run: split, cut a validation part, train, describe."""

import platform
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch

from movierec_cli import __version__
from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.splits import Split, Validation, make_split
from movierec_cli.core.errors import DataError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.runs.names import check_name
from movierec_cli.core.runs.run_checks import is_sound
from movierec_cli.core.runs.store import Manifest, Run
from movierec_cli.core.runs.train_spec import TrainSpec, default_name, train_command
from movierec_cli.core.training.loop import (
    THREADS,
    Epoch,
    OnEpoch,
    OnState,
    TrainingState,
    diverged,
    run_training,
)


def run_name(request: TrainSpec, dataset: str) -> str:
    """Return what the run will be called.

    Raises
    ------
    UsageError
        If it cannot be called so.
    """
    return check_name(request.name or default_name(request, dataset), "run")


def versions() -> dict[str, str]:
    """Return the versions of everything that computes."""
    return {
        "movierec": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }


def train_run(
    dataset: Dataset,
    request: TrainSpec,
    on_epoch: OnEpoch,
    on_state: OnState = lambda _: None,
    resume_from: TrainingState | None = None,
) -> Run:
    """Train a model on the training part of a split.

    Of the last epochs the best on a part cut from the training part is kept; the held-out ratings
    are looked at only to measure the finished model. The same request on the same machine gives
    the same weights, bit for bit, on a CPU.

    Parameters
    ----------
    on_epoch, on_state, resume_from
        As in `run_epochs`.

    Raises
    ------
    UsageError
        If the request makes no sense.
    DivergedError
        If training diverges.
    DataError
        If ``resume_from`` was trained with other inputs.
    """
    started = time.perf_counter()
    preset = request.resolve()
    name = run_name(request, dataset.name)
    options = preset.training
    rule = Validation(options.validation, options.validation_share, request.seed)
    split = make_split(dataset, request.holdout, request.split_seed, rule)
    epochs, weights, inputs = _train(
        split,
        preset,
        request.seed,
        on_epoch,
        on_state,
        resume_from,
        train_command(request, dataset.name),
    )
    earlier = sum(epoch.seconds for epoch in resume_from.epochs) if resume_from else 0.0
    kept = [epoch for epoch in epochs if epoch.is_kept][-1]
    manifest = Manifest(
        name=name,
        model=request.model,
        preset=request.preset,
        created=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        dataset=described(dataset),
        split={"holdout": split.holdout, "split_seed": split.split_seed},
        config=asdict(preset.config),
        training=asdict(preset.training),
        inputs=inputs,
        versions=versions(),
        epochs=tuple(epoch.as_dict() for epoch in epochs),
        kept_epoch=kept.number,
        metrics=dict(kept.validation),
        evaluation=_measured(SCORERS[request.model][request.preset](weights), split),
        seconds=earlier + time.perf_counter() - started,
        film_ids=tuple(dataset.films.ids.tolist()),
    )
    return Run(manifest, weights)


def described(dataset: Dataset) -> dict[str, Any]:
    """Return what tells one data set from another."""
    return {
        "name": dataset.name,
        "checksum": dataset.checksum(),
        "users": len(dataset.users),
        "films": len(dataset.films),
        "ratings": len(dataset.ratings),
    }


def _train(
    split: Split,
    preset: Preset,
    seed: int,
    on_epoch: OnEpoch,
    on_state: OnState,
    resume_from: TrainingState | None,
    begin: str,
) -> tuple[tuple[Epoch, ...], dict[str, FloatArray], dict[str, str]]:
    """Return the epochs, the weights, and how the inputs were made; ``begin`` is the command."""
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        # numbers without end are told by `diverged`, not by warnings
        with torch.random.fork_rng(), np.errstate(over="ignore", invalid="ignore"):
            torch.manual_seed(seed)
            trainer, inputs = build_trainer(split, preset)
            if resume_from is not None and dict(resume_from.inputs) != inputs:
                raise DataError(
                    "The unfinished training cannot go on: its inputs were made in another way, "
                    f"{dict(resume_from.inputs)}, not {inputs}.",
                    f"Begin it again with: {begin}",
                )
            epochs = run_training(
                trainer,
                preset.training,
                on_epoch,
                lambda state: on_state(replace(state, inputs=inputs)),
                resume_from,
            )
            weights = trainer.export()
    except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
        raise diverged("a system of equations has no solution any more") from error
    finally:
        torch.set_num_threads(threads)
    if not all(map(is_sound, weights.values())):
        raise diverged("its weights are beyond all bounds")
    return epochs, weights, inputs


def _measured(model: Model, split: Split) -> tuple[dict[str, Any], ...]:
    """Measure the finished model on what the split held out."""
    results = []
    for scenario in split.scenarios:
        result = asdict(evaluate(model, scenario))
        del result["seconds"]
        results.append(result)
    return tuple(results)
