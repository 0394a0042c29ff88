"""Atomic writes, locked folders, and names and sizes of files."""

import errno
import glob
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from movierec_cli.core.errors import DataError, UsageError

if TYPE_CHECKING:
    from filelock import BaseFileLock

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_STALE_AFTER = 60.0  # seconds without a write, where files cannot be locked
_PART = ".part"
_UNWRITABLE = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
)  # fmt: skip


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; False, not an error, for an impossible path."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where a name is too long


def is_file(path: Path) -> bool:
    """Return whether there is a file; False, not an error, for an impossible path."""
    return os.path.isfile(path)  # noqa: PTH113


def check_name(name: str, kind: str) -> str:
    """Return ``name`` if it can be a file name on every platform.

    Parameters
    ----------
    kind
        Kind of the named thing in the error message, such as ``run``.

    Raises
    ------
    UsageError
        If it has other characters than letters, digits, dots, dashes and underscores.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a {kind}.",
            f"Use letters, digits, dots, dashes and underscores, for example: my-{kind}",
        )
    return name


def size_in_words(n_bytes: int) -> str:
    """Return a size with its unit, such as ``512 bytes`` or ``4.9 MB``."""
    if n_bytes < 1_000:
        return f"{n_bytes} bytes"
    size = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        size /= 1_000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1_000:,.1f} TB"


@contextmanager
def atomic_write(target: Path) -> Iterator[BinaryIO]:
    """Open a new temporary file beside ``target``; move it into place when the block succeeds.

    The data is on disk before the move. If the block raises, the temporary file is removed and
    ``target`` stays as it was. The next write removes the temporary files of killed processes.
    Permissions follow the umask.

    Raises
    ------
    DataError
        If the folder cannot be written to or the disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for part in target.parent.glob(f".{glob.escape(target.name)}.*{_PART}"):
            remove_if_left_behind(part)
        file = _new_part(target)
    except OSError as error:
        raise _cannot_write(target, error) from error
    temporary = Path(file.name)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            if fcntl:  # while it is locked, so that no other process removes it
                temporary.replace(target)
        if not fcntl:
            temporary.replace(target)
        _LOG.debug("wrote %s", target)
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise _cannot_write(target, error) from error
        raise
    finally:
        with suppress(OSError):  # a read-only disk
            temporary.unlink(missing_ok=True)


def parts_in(folder: Path) -> list[Path]:
    """Return the temporary files in a folder: of current writes and of killed processes."""
    return sorted(folder.glob(f".*{_PART}"))


def is_left_behind(part: Path) -> bool:
    """Return whether the process that wrote a temporary file is gone."""
    try:
        with part.open("r+b") as file:
            return _is_unattended(file)
    except OSError:
        return False


def remove_if_left_behind(part: Path) -> bool:
    """Remove the temporary file of a process that is gone; return whether it was removed."""
    try:
        with part.open("r+b") as file:
            if not _is_unattended(file):
                return False
            part.unlink()  # while it is locked, so that a writer who waits for the lock finds out
    except OSError:
        return False  # in use, or another process was faster
    return True


def _new_part(target: Path) -> BinaryIO:
    """Create a locked temporary file; repeat if another process removes it before it is locked."""
    while True:
        descriptor, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=_PART, dir=target.parent
        )
        os.close(descriptor)
        file = Path(name).open("wb")  # noqa: SIM115 - the caller closes it
        with suppress(OSError):  # there are file systems without locks
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX)
        if Path(name).exists():
            return file
        file.close()


def _is_unattended(part: BinaryIO) -> bool:
    """Return whether no writer holds the lock; judge by the time where there are no locks."""
    if fcntl:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return time.time() - os.fstat(part.fileno()).st_mtime > _STALE_AFTER


@contextmanager
def exclusive(folder: Path, refusal: DataError) -> Iterator[None]:
    """Hold ``folder``: no other process enters this block for the same folder.

    The lock is a hidden file beside the folder, which stays: its removal would allow two holders.
    A folder that is empty at the end is removed. A file system without locks is used without.

    Raises
    ------
    DataError
        ``refusal``, if another process holds the folder; or if the lock cannot be written.
    """
    import filelock  # noqa: PLC0415 - only commands that train or remove a run need it

    lock = _lock_of(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise refusal from error
    except NotImplementedError:
        pass
    except OSError as error:
        if error.errno in _UNWRITABLE or not folder.parent.is_dir():
            raise _cannot_write(folder, error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # it has content, or was never made
            folder.rmdir()
        lock.release()


def is_held(folder: Path) -> bool:
    """Return whether another process is in a block of `exclusive` for ``folder``."""
    import filelock  # noqa: PLC0415

    lock = _lock_of(folder)
    if not Path(lock.lock_file).exists():
        return False
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False


def _lock_of(folder: Path) -> "BaseFileLock":
    from filelock import FileLock  # noqa: PLC0415

    return FileLock(folder.parent / f".{folder.name}.lock", mode=0o666 & ~_umask())


def _cannot_write(target: Path, error: OSError) -> DataError:
    return DataError(
        f"Cannot write {target}: {error.strerror or error}.",
        "Free some space, or choose another folder: MOVIEREC_HOME=FOLDER; see movierec doctor.",
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
