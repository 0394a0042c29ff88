"""A group of several processes, by torch.distributed: gloo for CPUs, nccl for GPUs."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed
from torch.distributed.rendezvous import rendezvous

from movierec_cli.core.errors import DataError, NetworkError
from movierec_cli.core.parallel.group import (
    Array,
    Failure,
    Group,
    Item,
    LostError,
    Result,
)

_LOG = logging.getLogger(__name__)
_TIMEOUT = timedelta(minutes=20)  # of a process that waits for the slowest
_JOINING = timedelta(minutes=5)
_FAILURE = "movierec failure"  # key of the store that the processes share


class TorchGroup(Group):
    """The processes that torchrun started, known by its environment variables."""

    def __init__(self) -> None:
        try:
            self._store, self.rank, self.size = next(rendezvous("env://", timeout=_JOINING))
            distributed.init_process_group(
                _backend(),
                timeout=_TIMEOUT,
                store=self._store,
                rank=self.rank,
                world_size=self.size,
            )
        except (RuntimeError, ValueError) as error:
            address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
            raise NetworkError(
                f"The other processes cannot be reached at {address}: {_first_line(error)}",
                "Check the options of torchrun, and GLOO_SOCKET_IFNAME on several machines.",
            ) from error
        self.machine = os.environ.get("GROUP_RANK", "0")
        self.of_machine = _processes_of_machine()
        _LOG.debug("joined as process %d of %d", self.rank, self.size)

    def sum(self, array: Array) -> Array:
        """Return the sum over the processes."""
        dense = array.T if array.flags.f_contiguous else np.ascontiguousarray(array)
        self.sum_tensors([torch.from_numpy(dense)])
        return dense.T if array.flags.f_contiguous else dense  # type: ignore[return-value]

    def least(self, number: int) -> int:
        """Return the least of the numbers of the processes."""
        return min(int(found) for found in self._gathered(b"%d" % number))

    def sum_tensors(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its sum over the processes."""
        with self._reaching():
            for tensor in tensors:
                distributed.all_reduce(tensor)

    def in_turns(
        self, compute: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[Result]:
        """Compute for each item in one of the processes; exchange the results in rounds."""
        for start in range(0, len(items), self.size):
            of_round = items[start : start + self.size]
            own = _packed(compute(of_round[self.rank])) if self.rank < len(of_round) else b""
            for packed in self._gathered(own)[: len(of_round)]:
                yield _unpacked(packed)

    def later(self, compute: Callable[[], Result]) -> Callable[[], Result]:
        """Return the computation itself."""
        return compute

    def on_first(self, action: Callable[[], object]) -> None:
        """Act in the first process alone."""
        if self.rank == 0:
            action()

    def held_by_first(self, lock: AbstractContextManager[None]) -> AbstractContextManager[None]:
        """Return the lock in the first process, and one that is always free elsewhere."""
        return nullcontext() if self.rank else lock

    def written_by_first(
        self, file: AbstractContextManager[BinaryIO]
    ) -> AbstractContextManager[BinaryIO]:
        """Return the file in the first process, and one that keeps nothing elsewhere."""
        return Path(os.devnull).open("wb") if self.rank else file

    def load(self, read: Callable[[], Result]) -> Result:
        """Read in the first process of each machine, then in the others."""
        is_first = os.environ.get("LOCAL_RANK", "0") == "0"
        if not is_first:
            self.finish()
        result = read()
        if is_first:
            self.finish()
        return result

    def require_same(self, facts: str, source: str) -> None:
        """Raise a `DataError` if the facts differ between the processes."""
        if len(set(self._gathered(facts.encode()))) > 1:
            raise DataError(
                f"The processes read different {source}.",
                "Give all machines the same versions, data sets and runs, for example by "
                "MOVIEREC_HOME on a shared disk.",
            )

    def fail(self, exit_code: int, message: str, hint: str) -> Failure:
        """Return this failure, or that of the process that failed first."""
        self.is_ending = True
        own = Failure(self.rank, self.machine, exit_code, message, hint)
        text = msgspec.json.encode(own).decode()
        try:
            first = self._store.compare_set(_FAILURE, "", text)
        except RuntimeError:  # the store has ended
            return own
        return msgspec.json.decode(first, type=Failure)

    def finish(self) -> None:
        """Wait until all processes are here."""
        self.sum(np.zeros(1))

    def _gathered(self, data: bytes) -> list[bytes]:
        """Return the data of every process, in their order."""
        lengths = np.zeros(self.size, np.int64)
        lengths[self.rank] = len(data)
        lengths = self.sum(lengths)
        padded = np.zeros(max(int(lengths.max()), 1), np.uint8)
        padded[: len(data)] = np.frombuffer(data, np.uint8)
        places = [torch.empty(len(padded), dtype=torch.uint8) for _ in range(self.size)]
        with self._reaching():
            distributed.all_gather(places, torch.from_numpy(padded))
        return [
            place.numpy()[:length].tobytes()
            for place, length in zip(places, lengths.tolist(), strict=True)
        ]

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn errors of the connection to other processes into a `LostError`."""
        try:
            yield
        except RuntimeError as error:
            self.is_ending = True
            _LOG.debug("%s", error)
            raise LostError("Interrupted: another process ended") from error


def _backend() -> str:
    """Return the backends, and choose the GPU of this process if each has one of its own."""
    n_gpus = torch.cuda.device_count()
    if _processes_of_machine() > n_gpus:
        return "gloo"
    torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    return "cpu:gloo,cuda:nccl"


def _processes_of_machine() -> int:
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def _packed(result: Any) -> bytes:
    """Return a tuple of arrays, numbers, bytes and ``None`` as bytes."""
    return msgspec.msgpack.encode(result, enc_hook=_extension)


def _unpacked(packed: bytes) -> Any:
    """Return the tuple of `_packed`."""
    return msgspec.msgpack.decode(packed, type=tuple, ext_hook=_array)


def _extension(array: NDArray[Any]) -> msgspec.msgpack.Ext:
    parts = (array.dtype.str, array.shape, np.ascontiguousarray(array).data)
    return msgspec.msgpack.Ext(0, msgspec.msgpack.encode(parts))


def _array(code: int, packed: memoryview) -> NDArray[Any]:
    del code  # all extensions are arrays
    kind, shape, data = msgspec.msgpack.decode(packed)
    return np.frombuffer(data, kind).reshape(shape)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
