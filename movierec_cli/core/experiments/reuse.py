"""Runs on demand: those that exist are used again, missing ones are trained."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.store import Manifest, Run, load_manifest, load_run
from movierec_cli.core.runs.train_spec import TrainSpec, default_name

_SECONDS = {
    ("dnn", "default"): 5.0,
    ("dnn", "original"): 60.0,
    ("two-tower", "default"): 10.0,
    ("two-tower", "original"): 50.0,
}
"""Measured training times on MovieLens 100K with two cores."""

_MEASURED_RATINGS = 100_000


def expected_seconds(spec: TrainSpec, dataset: Dataset) -> float:
    """Return about how many seconds a training takes; a rough guide, proportional to the data."""
    return _SECONDS[spec.model, spec.preset] * len(dataset.ratings) / _MEASURED_RATINGS


def missing_trainings(specs: Iterable[TrainSpec], dataset: Dataset, runs: Path) -> list[TrainSpec]:
    """Return those of ``specs`` for which there is no finished run of this data."""
    return [spec for spec in specs if not _is_trained(spec, dataset, runs)]


def ensure_run(dataset: Dataset, spec: TrainSpec, runs: Path, progress: Progress) -> Run:
    """Load the run of the default name if it answers ``spec``, else train and keep it.

    ``progress`` counts one unit an epoch, up to `epoch_units` in all.

    Raises
    ------
    MovierecError
        As in `train_and_save`.
    """
    units = epoch_units(spec)
    if _is_trained(spec, dataset, runs):
        try:
            run = load_run(default_name(spec, dataset.name), runs)
        except (DataError, IntegrityError):
            pass
        else:
            progress.advance(units)
            return run
    from movierec_cli.core.experiments.resume import Resume, train_and_save  # noqa: PLC0415
    from movierec_cli.core.training.loop import Epoch  # noqa: PLC0415 - loads torch

    title = f"{spec.model} {spec.preset}"
    finished = 0

    def on_epoch(epoch: Epoch) -> None:
        nonlocal finished
        if finished < units:
            progress.advance(1)
            finished += 1
        progress.describe(f"Training {title}: epoch {epoch.number} of {units}")

    run = train_and_save(dataset, spec, runs, on_epoch, Resume.IF_IT_FITS)
    progress.advance(units - finished)
    return run


def epoch_units(spec: TrainSpec) -> int:
    """Return the most epochs that a training has, those of a sampling phase included."""
    preset = PRESETS[spec.model][spec.preset]
    return preset.training.epochs + getattr(preset.config, "sampling_epochs", 0)


def _is_trained(spec: TrainSpec, dataset: Dataset, runs: Path) -> bool:
    """Check the manifest of the run of the default name against ``spec`` and the data."""
    try:
        manifest, _ = load_manifest(default_name(spec, dataset.name), runs)
    except (DataError, IntegrityError):
        return False
    return _answers(manifest, spec) and manifest.dataset["checksum"] == dataset.checksum()


def _answers(manifest: Manifest, spec: TrainSpec) -> bool:
    preset = spec.resolve()
    seed = spec.split_seed if spec.holdout == "users" else None
    return (
        dict(manifest.config) == _as_json(asdict(preset.config))
        and dict(manifest.training) == _as_json(asdict(preset.training))
        and dict(manifest.split) == {"holdout": spec.holdout, "split_seed": seed}
    )


def _as_json(value: object) -> object:
    """Return a value as it comes back from JSON: tuples become lists."""
    return json.loads(json.dumps(value))
