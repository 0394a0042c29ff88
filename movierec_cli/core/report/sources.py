"""The sources of a report: the data, its split, and the runs that were trained on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import DEFAULT_DATASET
from movierec_cli.core.data.scenarios import LAST_HOLDOUT
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED, Split, make_split
from movierec_cli.core.errors import MovierecError, PlaceError
from movierec_cli.core.experiments.reuse import ensure_run, epoch_units
from movierec_cli.core.models.presets import MODELS_OF_USERS, PRESETS, usual_holdout
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.store import Run, list_runs, load_run
from movierec_cli.core.runs.train_spec import TrainSpec, default_name, train_command

HOLDOUT = "users"
"""A report covers runs of this holdout and the usual split seed, as the original report does."""

Kind = tuple[str, str]
"""Model and preset."""

KINDS: tuple[Kind, ...] = tuple(
    (model, preset) for model in MODELS_OF_USERS for preset in PRESETS[model]
)


@dataclass(frozen=True, eq=False)
class Sources:
    """The data, the split that the runs were trained on, and at most one run of each kind.

    The run of the sequence model, if there is one, was trained on all but the last ratings.
    """

    dataset: Dataset
    split: Split
    runs: Mapping[Kind, Run]
    sequence: Run | None = None

    @property
    def missing(self) -> list[Kind]:
        """The models and presets without a run."""
        return [kind for kind in KINDS if kind not in self.runs]

    @property
    def is_original(self) -> bool:
        """True for the data of the original report, to which its statements apply."""
        return self.dataset.name == DEFAULT_DATASET

    def command(self, kind: Kind) -> str:
        """Return the command that trains a model and preset on this data."""
        return train_command(TrainSpec(*kind), self.dataset.name)


def find_sources(dataset: Dataset, folder: Path) -> Sources:
    """Find the runs under ``folder`` that were trained on this data and the usual split.

    Of several of one model and preset, the one of the usual name is taken, else the newest.
    """
    runs: dict[Kind, Run] = {}
    for holdout in (HOLDOUT, LAST_HOLDOUT):
        fitting = _fitting(dataset, folder, holdout)
        for run in sorted(fitting, key=lambda run: _precedence(run, dataset)):
            if usual_holdout(run.manifest.model) == holdout:
                runs[run.manifest.model, run.manifest.preset] = run
    ordered = {kind: runs[kind] for kind in KINDS if kind in runs}
    split = make_split(dataset, HOLDOUT)
    return Sources(dataset, split, ordered, runs.get(("sequence", "default")))


def train_missing(sources: Sources, folder: Path, progress: Progress) -> Sources:
    """Train and keep a run of each missing model and preset, and return the sources with them.

    Parameters
    ----------
    progress
        Counts a unit for each epoch.
    """
    specs = [TrainSpec(*kind) for kind in sources.missing]
    progress.start("Training", sum(map(epoch_units, specs)))
    try:
        for spec in specs:
            progress.describe(f"Training {spec.model} {spec.preset}")
            ensure_run(sources.dataset, spec, folder, progress)
    finally:
        progress.finish()
    return find_sources(sources.dataset, folder)


def _fitting(dataset: Dataset, folder: Path, holdout: str) -> Iterator[Run]:
    """Yield the runs of this data and split, but none that is damaged or too new.

    A run that cannot be read is an error, since it may be one of them.
    """
    checksum = dataset.checksum()
    wanted = {"holdout": holdout, "split_seed": DEFAULT_SPLIT_SEED, "cut": None}
    for name in list_runs(folder):
        try:
            run = load_run(name, folder)
        except PlaceError:
            raise
        except MovierecError:
            continue
        manifest = run.manifest
        if manifest.dataset["checksum"] == checksum and dict(manifest.split) == wanted:
            yield run


def _precedence(run: Run, dataset: Dataset) -> tuple[bool, str]:
    manifest = run.manifest
    usual_spec = TrainSpec(manifest.model, manifest.preset, usual_holdout(manifest.model))
    usual = default_name(usual_spec, dataset.name)
    return manifest.name == usual, manifest.created
