"""The group of processes that compute together, and the part of the work that each one takes.

Every process runs the same program on the same data set and calls its group in the same order, so
that all of them have the same figures. Only the first process writes.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

Item = TypeVar("Item")
Result = TypeVar("Result")
Array = TypeVar("Array", bound="NDArray[np.generic]")

_THREADS = 2  # of a process, in which numpy computes with one
_VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # set by torchrun


class LostError(KeyboardInterrupt):
    """An interruption: another process of the group ended, or cannot be reached."""


@dataclass(frozen=True)
class Failure:
    """The failure that ends all processes of a group."""

    rank: int  # of the process that failed first
    machine: str
    exit_code: int
    message: str
    hint: str


class Group:
    """A group of one process."""

    rank = 0
    size = 1
    of_machine = 1
    """The number of processes on this machine."""
    machine = "0"
    is_ending = False
    """True once a process has failed or is lost."""

    def share(self, n_rows: int) -> slice:
        """Return the rows of this process among ``n_rows``: one of ``size`` equal parts."""
        return slice(n_rows * self.rank // self.size, n_rows * (self.rank + 1) // self.size)

    def sum(self, array: "Array") -> "Array":
        """Return the sum over the processes of arrays of one shape; may take the place of them."""
        return array

    def least(self, number: int) -> int:
        """Return the least of the numbers of the processes."""
        return number

    def sum_tensors(self, tensors: "Iterable[Tensor]") -> None:
        """Replace each tensor by its sum over the processes."""

    def in_turns(
        self, compute: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[Result]:
        """Compute for each item in one of the processes, in turns; yield all results in order.

        A result is a tuple of arrays, numbers, bytes and ``None``. One process computes for two
        items at a time.
        """
        if len(items) < _THREADS:
            yield from map(compute, items)
            return
        with ThreadPoolExecutor(_THREADS, "movierec") as executor:
            waiting: deque[Future[Result]] = deque()
            for item in items:
                waiting.append(executor.submit(copy_context().run, compute, item))
                if len(waiting) > _THREADS:
                    yield waiting.popleft().result()
            yield from (future.result() for future in waiting)

    def later(self, compute: Callable[[], Result]) -> Callable[[], Result]:
        """Compute in a background thread; the function returned waits for the result.

        Several processes compute when it is called, so that all keep one order.
        """
        executor = ThreadPoolExecutor(1, "movierec")
        future: Future[Result] = executor.submit(compute)
        executor.shutdown(wait=False)
        return future.result

    def on_first(self, action: Callable[[], object]) -> None:
        """Act in the first process alone."""
        action()

    def held_by_first(self, lock: AbstractContextManager[None]) -> AbstractContextManager[None]:
        """Return the lock in the first process, and one that is always free elsewhere."""
        return lock

    def written_by_first(
        self, file: AbstractContextManager[BinaryIO]
    ) -> AbstractContextManager[BinaryIO]:
        """Return the file in the first process, and one that keeps nothing elsewhere."""
        return file

    def load(self, read: Callable[[], Result]) -> Result:
        """Read in the first process of each machine, which may prepare files; then elsewhere."""
        return read()

    def require_same(self, facts: str, source: str) -> None:
        """Check that the processes read the same from a ``source``, known by its ``facts``.

        Raises
        ------
        DataError
            If they do not.
        """

    def fail(self, exit_code: int, message: str, hint: str) -> Failure:
        """Return the failure that ends the group: this one, or that of an earlier process."""
        return Failure(self.rank, self.machine, exit_code, message, hint)

    def finish(self) -> None:
        """Wait until all processes are done."""


ALONE = Group()

_CURRENT = [ALONE]


def group() -> Group:
    """Return the group that this process has joined, or `ALONE`."""
    return _CURRENT[0]


def join() -> Group:
    """Join the other processes that torchrun started, if it did; return the group.

    Raises
    ------
    NetworkError
        If they cannot be reached.
    """
    given = {name: os.environ.get(name, "") for name in _VARIABLES}
    if group() is ALONE and all(given.values()) and given["WORLD_SIZE"] != "1":
        from movierec_cli.core.parallel.torch_group import TorchGroup  # noqa: PLC0415 - torch

        _CURRENT[0] = TorchGroup()
    return group()


def require_one(work: str) -> None:
    """Check that there is one process, for work that several cannot share.

    Raises
    ------
    UsageError
        If there are several.
    """
    if group().size > 1:
        raise UsageError(
            f"{work} runs in one process, not in {group().size}.",
            "Run it without torchrun. Several processes share: movierec train dnn, "
            "movierec evaluate, movierec recommend --all-users",
        )


def program(processes: int | str) -> str:
    """Return the beginning of a command that runs in this many processes."""
    if str(processes) == "1":
        return "movierec"
    return f"torchrun --standalone --nproc-per-node {quote(str(processes))} -m movierec_cli"
