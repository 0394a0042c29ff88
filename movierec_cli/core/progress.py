"""Progress of long work: the interface through which core reports it."""

from typing import Protocol


class Progress(Protocol):
    """Receiver of the progress of one piece of work; the terminal shows it, tests record it."""

    def start(self, description: str, total: int | None) -> None:
        """Begin work of ``total`` units, ``None`` if that is not known."""

    def describe(self, description: str) -> None:
        """Replace the description by the step that begins now."""

    def advance(self, amount: int) -> None:
        """Count ``amount`` more units as done."""

    def note(self, message: str) -> None:
        """Report something worth knowing that is no failure, such as a retry."""

    def finish(self) -> None:
        """End the work, done or not."""


class Silent:
    """A `Progress` that shows nothing."""

    def note(self, message: str) -> None:
        """Ignore it."""

    def _ignore(self, *_: object) -> None:
        pass

    start = describe = advance = finish = _ignore


SILENT = Silent()
