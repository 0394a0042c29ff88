"""Entry point of ``movierec`` and of ``python -m movierec_cli``."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

from movierec_cli.cli.app import app
from movierec_cli.core.errors import InterruptionError

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
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(prog_name="movierec")
    except SystemExit as end:
        if end.code == InterruptionError.exit_code:
            _leave_at_once()
        raise


def compute_with_one_thread() -> None:
    """Let numpy's linear algebra use one thread, whatever the environment says.

    With another number it takes sums in another order and prints other last digits. It has to be
    said before numpy is loaded.
    """
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = "1"


def _interrupt(number: int, frame: Any) -> None:
    """End in the same orderly way when asked to terminate as on Ctrl-C."""
    del number, frame
    raise KeyboardInterrupt


def _leave_at_once() -> None:
    """End without waiting for threads: nobody will ask any more for what they compute."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(InterruptionError.exit_code)


if __name__ == "__main__":
    main()
