"""Trainings that a command needs: announced, and confirmed where they replace something."""

from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.cli.confirm import confirmed
from movierec_cli.cli.output import info
from movierec_cli.core.progress import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.runs.train_spec import TrainSpec

_LONG = 30  # seconds; longer work is announced before it starts


def may_replace(names: "Sequence[str]", runs: Path, force: bool) -> bool:
    """Return whether trainings of these names may begin: nothing is lost, or it is confirmed.

    Raises
    ------
    UsageError
        If there is no terminal to ask in.
    """
    from movierec_cli.core.runs.replacement import replaced_by_training

    if force:
        return True
    found = list(filter(None, (replaced_by_training(name, runs) for name in names)))
    if not found or confirmed("\n".join(found), "Train anew, in its place?", "--force"):
        return True
    info("Nothing was trained.")
    return False


def may_train(
    specs: "Sequence[TrainSpec]", dataset: "Dataset", runs: Path, force: bool = False
) -> bool:
    """Return whether missing runs may be trained, as `may_replace`; say how long that takes."""
    from movierec_cli.core.experiments.reuse import expected_seconds
    from movierec_cli.core.runs.train_spec import run_name

    if not may_replace([run_name(spec, dataset.name) for spec in specs], runs, force):
        return False
    seconds = sum(expected_seconds(spec, dataset) for spec in specs)
    if seconds > _LONG:
        models = "1 model has" if len(specs) == 1 else f"{len(specs)} models have"
        info(f"{models} to be trained: about {duration(seconds)}.")
    return True
