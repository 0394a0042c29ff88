"""Runs on demand: existing runs are used again, missing ones are trained."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, PlaceError
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.store import Run, load_manifest, load_run
from movierec_cli.core.runs.train_spec import TrainSpec

_SECONDS = {
    ("dnn", "default"): (1.8, 0.7),
    ("dnn", "original"): (60.0, 0.0),
    ("two-tower", "default"): (4.0, 1.5),
    ("two-tower", "original"): (50.0, 0.0),
    ("sequence", "default"): (28.0, 14.5),
    ("sequence", "unordered"): (28.0, 14.5),
}
"""Seconds for 100,000 ratings and for 1,000 users and films, with two cores.

From trainings on MovieLens 100K, Latest Small and the first half of 1M.
"""


def expected_seconds(spec: TrainSpec, dataset: Dataset) -> float:
    """Return the approximate duration of a training."""
    of_ratings, of_rows = _SECONDS[spec.model, spec.preset]
    n_rows = len(dataset.users) + len(dataset.films)
    return of_ratings * len(dataset.ratings) / 100_000 + of_rows * n_rows / 1_000


def epoch_units(spec: TrainSpec) -> int:
    """Return the maximum number of epochs of a training, its sampling phase included."""
    preset = spec.resolve()
    return preset.training.epochs + getattr(preset.config, "sampling_epochs", 0)


def missing_trainings(specs: Iterable[TrainSpec], dataset: Dataset, runs: Path) -> list[TrainSpec]:
    """Return those of ``specs`` for which there is no finished run of this data."""
    return [spec for spec in specs if not _is_trained(spec, dataset, runs)]


def ensure_run(dataset: Dataset, spec: TrainSpec, runs: Path, progress: Progress) -> Run:
    """Load the run of ``spec``, or train and keep it; errors are those of `train_and_save`.

    ``progress`` counts one unit an epoch, up to `epoch_units` in all.
    """
    units = epoch_units(spec)
    if _is_trained(spec, dataset, runs):
        with suppress(IntegrityError):  # damaged weights are trained again
            run = load_run(spec.provenance(dataset, {}).name, runs)
            progress.advance(units)
            return run
    from movierec_cli.core.experiments.resume import train_and_save  # noqa: PLC0415
    from movierec_cli.core.training.loop import Epoch  # noqa: PLC0415 - loads torch

    finished = []

    def on_epoch(epoch: Epoch) -> None:
        finished.append(epoch)
        progress.advance(1)
        title = f"Training {spec.model} {spec.preset}"
        progress.describe(f"{title}: epoch {epoch.number} of {units}")

    run = train_and_save(dataset, spec, runs, on_epoch, False, progress)
    progress.advance(units - len(finished))  # training stopped early
    return run


def _is_trained(spec: TrainSpec, dataset: Dataset, runs: Path) -> bool:
    """Return true if a run has the provenance of ``spec``, whichever versions trained it.

    Raises
    ------
    PlaceError
        If there is a run of this name that cannot be read: it may be the one.
    """
    wanted = spec.provenance(dataset, {})
    try:
        manifest, _ = load_manifest(wanted.name, runs)
    except PlaceError:
        raise
    except (DataError, IntegrityError):
        return False
    fields = ("model", "preset", "dataset", "split", "config", "training")
    return all(getattr(manifest, name) == getattr(wanted, name) for name in fields)
