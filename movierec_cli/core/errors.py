"""What can go wrong, in words for the person who has to fix it."""


class MovierecError(Exception):
    """An expected failure: what is wrong, what to do next, and the exit code.

    Parameters
    ----------
    message
        What is wrong and where, in one sentence.
    hint
        The exact next command or step; empty where there is none.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MovierecError):
    """The request itself makes no sense: a value out of range, an unknown name."""

    exit_code = 2


class DataError(MovierecError):
    """Data or a model is missing, or is not what it should be."""

    exit_code = 3


class DivergedError(DataError):
    """A training that came to nothing: its figures are no numbers."""


class NetworkError(MovierecError):
    """The network did not give what was asked of it."""

    exit_code = 4


class IntegrityError(MovierecError):
    """A checksum or a size differs: the file is damaged or is another file."""

    exit_code = 5


class InterruptionError(MovierecError):
    """Somebody ended the work before it was done."""

    exit_code = 130
