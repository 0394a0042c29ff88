"""Entry point of ``movierec`` and of ``python -m movierec_cli``."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

from movierec_cli.cli.app import app
from movierec_cli.core.errors import InterruptionError
from movierec_cli.core.parallel.group import group

_THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "OMP_NUM_THREADS",
)


def main() -> None:
    """Run the command line."""
    compute_with_one_thread()
    use_large_pages()
    open_closed_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(prog_name="movierec")
    except SystemExit as end:
        if end.code == InterruptionError.exit_code or group().size > 1:
            _exit_at_once(end.code)
        raise


def compute_with_one_thread() -> None:
    """Set the number of threads of numpy's linear algebra to one, before numpy is loaded.

    Another number adds in another order, which changes the last digits.
    """
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = "1"


def use_large_pages() -> None:
    """Let torch ask the system for large pages of memory, unless the caller has decided on it.

    With small ones, page faults take two fifths of a training on tens of millions of ratings.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")


def open_closed_streams() -> None:
    """Connect standard streams that the caller has closed to nothing.

    Python has ``None`` in their place, and the next file to be opened would get their descriptor.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def _interrupt(number: int, frame: Any) -> None:
    """Treat SIGTERM like Ctrl-C; torchrun sends it once another process has ended."""
    del number, frame
    if not group().is_ending:
        raise KeyboardInterrupt


def _exit_at_once(code: Any) -> None:
    """Exit without waiting for the threads in the background, those of torch included."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
