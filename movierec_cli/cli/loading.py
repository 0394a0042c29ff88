"""Data sets and runs from the folders of the environment; notes go to stderr."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer

from movierec_cli.cli.output import error
from movierec_cli.cli.progress import ProgressBar
from movierec_cli.core.errors import DataError, MovierecError, UsageError
from movierec_cli.core.parallel.group import group

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Dataset

Stored = TypeVar("Stored")


def load_dataset(name: str) -> "Dataset":
    """Load a data set; reading its files for the first time shows a bar."""
    from movierec_cli.core.data import registry
    from movierec_cli.core.paths import Paths

    with ProgressBar(of_bytes=True) as progress:
        paths = Paths.from_environment()
        return group().load(lambda: registry.load_dataset(name, paths, progress))


def load_run(name: str, dataset: str | None = None) -> "LoadedRun":
    """Load a run and its data set; without a name, the dnn run of a data set, or of the default.

    Raises
    ------
    UsageError
        If the named run was trained on another data set than ``dataset``.
    """
    from movierec_cli.core import api
    from movierec_cli.core.data.default import default_dataset
    from movierec_cli.core.data.registry import known_name
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.checkpoint import unfinished_training
    from movierec_cli.core.runs.store import list_runs
    from movierec_cli.core.runs.train_spec import TrainSpec, default_name, train_command

    paths = Paths.from_environment()
    wanted = known_name(dataset, paths) if dataset else None
    if not name:
        of_data = wanted or default_dataset(paths)
        name = default_name(TrainSpec("dnn"), of_data)
        if not unfinished_training(paths.runs / name) and name not in list_runs(paths.runs):
            raise DataError(
                f"There is no run {name!r}.",
                f"Train it with: {train_command(TrainSpec('dnn'), of_data)}",
            )
    with ProgressBar(of_bytes=True) as progress:
        loaded = group().load(lambda: api.load_run(name, progress=progress))
    if wanted and loaded.dataset.name != wanted:
        raise UsageError(
            f"The run {name!r} was trained on {loaded.dataset.name}, not on {wanted}.",
            "Leave out --dataset: a run knows its data set.",
        )
    return loaded


def load_each(
    names: Iterable[str], load: Callable[[str], Stored]
) -> tuple[list[Stored], list[MovierecError]]:
    """Load all that can be loaded; return the failures too."""
    loaded, failures = [], []
    for name in names:
        try:
            loaded.append(load(name))
        except MovierecError as failure:
            failures.append(failure)
    return loaded, failures


def report_failures(failures: list[MovierecError]) -> None:
    """Print failures; end the command with the highest exit code, if there are any."""
    for failure in failures:
        error(failure.message, failure.hint)
    if failures:
        raise typer.Exit(max(failure.exit_code for failure in failures))
