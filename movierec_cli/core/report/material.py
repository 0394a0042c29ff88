"""What a report is made from: the data, its split, and the runs that are there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED, Split, make_split
from movierec_cli.core.errors import MovierecError
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.runs.store import Run, list_runs, load_run
from movierec_cli.core.runs.train_spec import TrainSpec, default_name, train_command

HOLDOUT = "users"
"""A report is about runs of this holdout and the usual split seed, as the original is."""

Kind = tuple[str, str]
"""Model and preset."""

KINDS: tuple[Kind, ...] = tuple((model, preset) for model, of in PRESETS.items() for preset in of)


@dataclass(frozen=True, eq=False)
class Material:
    """What a report is made from.

    Attributes
    ----------
    dataset
        The data.
    split
        The one that the runs were trained on.
    runs
        At most one for each model and preset.
    draw
        Whether figures can be drawn.
    """

    dataset: Dataset
    split: Split
    runs: Mapping[Kind, Run]
    draw: bool

    @property
    def missing(self) -> list[Kind]:
        """The models and presets without a run."""
        return [kind for kind in KINDS if kind not in self.runs]


def gather(dataset: Dataset, folder: Path, draw: bool) -> Material:
    """Find the runs under ``folder`` that were trained on this data and the usual split.

    Of several of one model and preset, the one of the usual name is taken, else the newest.
    """
    split = make_split(dataset, HOLDOUT)
    runs: dict[Kind, Run] = {}
    for run in sorted(_fitting(dataset, folder), key=lambda run: _precedence(run, dataset)):
        runs[run.manifest.model, run.manifest.preset] = run
    return Material(dataset, split, {kind: runs[kind] for kind in KINDS if kind in runs}, draw)


def train_missing(dataset: Dataset, folder: Path, on_step: Callable[[str], None]) -> None:
    """Train and keep a run of each model and preset that `gather` does not find.

    Parameters
    ----------
    on_step
        Told what is trained next.
    """
    from movierec_cli.core.experiments.resume import Resume, train_and_save  # noqa: PLC0415

    for model, preset in gather(dataset, folder, draw=False).missing:
        on_step(f"Training {model}, {preset}")
        request = TrainSpec(model, preset)
        train_and_save(dataset, request, folder, lambda _: None, Resume.IF_IT_FITS)


def training_command(kind: Kind, dataset: Dataset) -> str:
    """Return the command that trains a model and preset on this data."""
    return train_command(TrainSpec(*kind), dataset.name)


def _fitting(dataset: Dataset, folder: Path) -> Iterator[Run]:
    """Yield the runs of this data and split; one that is damaged or too new is not there."""
    checksum = dataset.checksum()
    wanted = {"holdout": HOLDOUT, "split_seed": DEFAULT_SPLIT_SEED}
    for name in list_runs(folder):
        try:
            run = load_run(name, folder)
        except MovierecError:
            continue
        manifest = run.manifest
        if manifest.dataset["checksum"] == checksum and dict(manifest.split) == wanted:
            yield run


def _precedence(run: Run, dataset: Dataset) -> tuple[bool, str, str]:
    manifest = run.manifest
    usual = default_name(TrainSpec(manifest.model, manifest.preset), dataset.name)
    return manifest.name == usual, manifest.created, manifest.name
