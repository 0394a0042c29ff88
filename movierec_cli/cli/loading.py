"""Data sets and runs from the folders of the environment; notes go to stderr."""

from typing import TYPE_CHECKING

from movierec_cli.cli.output import info
from movierec_cli.core.progress import Silent

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Dataset


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
