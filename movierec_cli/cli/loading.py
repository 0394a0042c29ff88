"""Data sets and runs from the folders of the environment; notes go to stderr."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import typer

from movierec_cli.cli.output import error, info
from movierec_cli.core.errors import MovierecError
from movierec_cli.core.progress import Silent

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Dataset

Stored = TypeVar("Stored")


class Notes(Silent):
    """A `movierec_cli.core.progress.Progress` that prints notes and nothing else."""

    def note(self, message: str) -> None:
        """Print a line."""
        info(message)


def load_dataset(name: str) -> "Dataset":
    """Load a data set."""
    from movierec_cli.core.data import registry
    from movierec_cli.core.paths import Paths

    return registry.load_dataset(name, Paths.from_environment(), Notes())


def load_run(name: str) -> "LoadedRun":
    """Load a run and its data set."""
    from movierec_cli.core import api

    return api.load_run(name, progress=Notes())


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
