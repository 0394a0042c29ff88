"""Loading data sets and runs so that what is worth knowing of it is told."""

from typing import TYPE_CHECKING

from movierec_cli.cli.output import info

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Dataset


class Notes:
    """Tells notes and shows nothing else; a `movierec_cli.core.progress.Progress`."""

    def start(self, description: str, total: int | None) -> None:
        """Ignore it."""

    def describe(self, description: str) -> None:
        """Ignore it."""

    def advance(self, amount: int) -> None:
        """Ignore it."""

    def note(self, message: str) -> None:
        """Print a line."""
        info(message)

    def finish(self) -> None:
        """Ignore it."""


def load_dataset(name: str) -> "Dataset":
    """Load a data set from where the environment says."""
    from movierec_cli.core.data import registry
    from movierec_cli.core.paths import Paths

    return registry.load_dataset(name, Paths.from_environment(), Notes())


def load_run(name: str) -> "LoadedRun":
    """Load a run and its data from where the environment says."""
    from movierec_cli.core import api

    return api.load_run(name, progress=Notes())
