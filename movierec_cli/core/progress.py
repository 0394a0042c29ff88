"""How long work tells the outside world how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Receives the progress of one piece of work; the terminal shows it, tests record it."""

    def start(self, description: str, total: int | None) -> None:
        """Begin work of ``total`` units, ``None`` if that is not known."""

    def advance(self, amount: int) -> None:
        """Tell that ``amount`` more units are done."""

    def note(self, message: str) -> None:
        """Tell something worth knowing that is no failure, such as a retry."""

    def finish(self) -> None:
        """End the work, done or not."""


class Silent:
    """The `Progress` of callers who do not want to know."""

    def start(self, description: str, total: int | None) -> None:
        """Ignore it."""

    def advance(self, amount: int) -> None:
        """Ignore it."""

    def note(self, message: str) -> None:
        """Ignore it."""

    def finish(self) -> None:
        """Ignore it."""


SILENT = Silent()
