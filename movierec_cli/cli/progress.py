"""Progress on stderr: bars with the remaining time in a terminal, plain lines elsewhere."""

from typing import TYPE_CHECKING

from movierec_cli.cli import verbosity
from movierec_cli.cli.output import info, stderr

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressBar:
    """The progress of one piece of work; a `movierec_cli.core.progress.Progress`."""

    def __init__(self, of_bytes: bool = False) -> None:
        self._of_bytes = of_bytes
        self._bar: Progress | None = None

    def start(self, description: str, total: int | None) -> None:
        """Show an empty bar in a terminal, a line elsewhere."""
        self.finish()
        if not verbosity.CURRENT.progress:
            return
        if not stderr().is_terminal:
            info(f"{description}…")
            return
        self._bar = _bar(self._of_bytes)
        self._bar.add_task(description, total=total)
        self._bar.start()

    def describe(self, description: str) -> None:
        """Change the text before the bar in a terminal, print a line elsewhere."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=description)
        elif verbosity.CURRENT.progress:
            info(f"{description}…")

    def advance(self, amount: int) -> None:
        """Fill the bar by ``amount`` units."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], amount)

    def note(self, message: str) -> None:
        """Print a line; a bar stays below it."""
        info(message)

    def finish(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __enter__(self) -> "ProgressBar":
        """Return itself, to be finished when the block ends."""
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the bar, also after an error."""
        self.finish()


def _bar(of_bytes: bool) -> "Progress":
    from rich import progress as rich

    amounts = (
        [rich.DownloadColumn(), rich.TransferSpeedColumn()]
        if of_bytes
        else [rich.MofNCompleteColumn()]
    )
    return rich.Progress(
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        *amounts,
        rich.TimeRemainingColumn(),
        console=stderr(),
        transient=True,
    )
