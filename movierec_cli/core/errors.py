"""Expected errors, each with a message, a hint and an exit code."""


class MovierecError(Exception):
    """An expected failure.

    ``message`` is the problem and its place in one sentence, ``hint`` the exact next command or
    step; it is empty where there is none.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the message and the hint."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(MovierecError):
    """Wrong usage: a value out of range, an unknown name."""

    exit_code = 2


class DataError(MovierecError):
    """Missing or wrong data, model or folder."""

    exit_code = 3


class PlaceError(DataError):
    """A folder or file that cannot be read, written or removed; it may be whole."""


class DivergedError(DataError):
    """A training whose loss or weights are not finite."""


class NetworkError(MovierecError):
    """A server that cannot be reached or does not send the file."""

    exit_code = 4


class IntegrityError(MovierecError):
    """A damaged file, or a file other than expected: its checksum or size differs."""

    exit_code = 5


class InterruptionError(MovierecError):
    """Work that was interrupted by the user."""

    exit_code = 130
