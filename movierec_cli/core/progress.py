"""Progress of long work: the interface through which core reports it."""

import time
from typing import Protocol

_SECONDS_BETWEEN = 5.0  # two descriptions of a `Countdown`
_LEAST_SECONDS = 1.0  # left that it tells


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


class Countdown:
    """The share of a long piece of work that is done, and the time left, as descriptions.

    The first of them comes after some seconds; short work has none.
    """

    def __init__(self, progress: Progress, title: str, total: float) -> None:
        self._progress, self._title, self._total = progress, title, total
        self._done = 0.0
        self._started = self._told = time.monotonic()

    def advance(self, amount: float) -> None:
        """Count ``amount`` more of the total as done."""
        self._done += amount
        now = time.monotonic()
        if now - self._told < _SECONDS_BETWEEN or not self._done:
            return
        left = (now - self._started) * (self._total - self._done) / self._done
        if left < _LEAST_SECONDS:
            return
        self._told = now
        share = round(100 * self._done / self._total)
        self._progress.describe(f"{self._title}: {share} %, {duration(left)} left")


def duration(seconds: float) -> str:
    """Write a duration in the unit that people would use, such as ``40 seconds``."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}s"
    return "1 second" if round(seconds) == 1 else f"{seconds:.0f} seconds"
