"""Showing progress on stderr: a bar in a terminal, plain lines elsewhere."""

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from movierec_cli.cli import verbosity
from movierec_cli.cli.output import info, stderr


def shows_bars() -> bool:
    """Tell whether progress is shown as a bar: in a terminal, unless it is not wanted."""
    return stderr().is_terminal and verbosity.CURRENT.progress


class DownloadProgress:
    """Shows a download; a `movierec_cli.core.progress.Progress`."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def start(self, description: str, total: int | None) -> None:
        """Show an empty bar, or a line where there is no terminal."""
        if not verbosity.CURRENT.progress:
            return
        if not stderr().is_terminal:
            info(f"{description}…")
            return
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=stderr(),
        )
        self._task = self._bar.add_task(description, total=total)
        self._bar.start()

    def describe(self, description: str) -> None:
        """Change the text before the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=description)

    def advance(self, amount: int) -> None:
        """Fill the bar by some bytes."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, amount)

    def note(self, message: str) -> None:
        """Print a line."""
        self.finish()
        info(message)

    def finish(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class CountProgress:
    """Shows how many of some things are done; a `movierec_cli.core.progress.Progress`."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def start(self, description: str, total: int | None) -> None:
        """Show an empty bar in a terminal, nothing elsewhere."""
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=stderr(),
            disable=not shows_bars(),
            transient=True,
        )
        self._task = self._bar.add_task(description, total=total)
        self._bar.start()

    def describe(self, description: str) -> None:
        """Change the text before the bar; a line of its own where there is no bar."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=description)
            if self._bar.disable and verbosity.CURRENT.progress:
                info(f"{description}…")

    def advance(self, amount: int) -> None:
        """Fill the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, amount)

    def note(self, message: str) -> None:
        """Print a line."""
        info(message)

    def finish(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
