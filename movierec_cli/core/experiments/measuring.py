"""Measuring of values on validation draws: in this process, or in several at the same time."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol

from movierec_cli.core.errors import DivergedError
from movierec_cli.core.experiments.validation_draws import ValidationDraws
from movierec_cli.core.models.presets import Preset

Measured = tuple[float, float]
"""The metric in a draw, and the seconds that it took."""


class Measuring(Protocol):
    """A place where values are measured."""

    def submit(self, values: Preset, draw: int) -> Future[Measured]:
        """Begin to measure values on a draw, counted from 0."""


class Here:
    """Measuring in this process: `submit` returns when it is done."""

    def __init__(self, draws: ValidationDraws) -> None:
        self._draws = draws

    def submit(self, values: Preset, draw: int) -> Future[Measured]:
        """Return a finished future."""
        future: Future[Measured] = Future()
        try:
            future.set_result(_measured(self._draws, values, draw))
        except DivergedError as error:
            future.set_exception(error)
        return future


class Processes:
    """Measuring in other processes."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def submit(self, values: Preset, draw: int) -> Future[Measured]:
        """Return a future of the next process that is free."""
        return self._pool.submit(_measured_there, values, draw)


@contextmanager
def measuring(draws: ValidationDraws, jobs: int) -> Iterator[Measuring]:
    """Measure on these draws in ``jobs`` processes; in this one if it is one."""
    if jobs == 1:
        yield Here(draws)
        return
    # spawned: a fork would copy the locks of other threads
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (draws,))
    try:
        yield Processes(pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_OF_PROCESS: list[ValidationDraws] = []
"""The draws of a process of the pool, once it has begun."""


def _begin(draws: ValidationDraws) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the search, which ends the pool
    _OF_PROCESS.append(draws)


def _measured_there(values: Preset, draw: int) -> Measured:
    return _measured(_OF_PROCESS[0], values, draw)


def _measured(draws: ValidationDraws, values: Preset, draw: int) -> Measured:
    started = time.perf_counter()
    return draws.measure(values, draw), time.perf_counter() - started
