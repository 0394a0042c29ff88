"""Writing files so that a reader sees the old content or the new, never a part of it."""

import errno
import glob
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from movierec_cli.core.errors import DataError

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_LOG = logging.getLogger(__name__)
_STALE_AFTER = 60.0  # seconds without a write, where there are no locks to tell
_LOCKED = (errno.EWOULDBLOCK, errno.EACCES)
_PART = ".part"
_UNWRITABLE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
    }
)


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; a path that cannot be looked at has none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Tell whether there is a file; a path that cannot be looked at has none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def atomic_write(target: Path) -> Iterator[BinaryIO]:
    """Open a new temporary file beside ``target``; move it into place when the block succeeds.

    The data is on disk before the move. If the block raises, the temporary file is removed and
    the target stays as it was. What a killed process left behind is removed by the next write.
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
            if fcntl:  # while it is locked, so that nobody takes it for litter
                temporary.replace(target)
        if not fcntl:
            temporary.replace(target)
        _LOG.debug("wrote %s", target)
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise _cannot_write(target, error) from error
        raise
    finally:
        with suppress(OSError):  # a disk that takes nothing lets nothing be removed either
            temporary.unlink(missing_ok=True)


@contextmanager
def exclusive(folder: Path, refusal: DataError) -> Iterator[None]:
    """Make ``folder`` and hold it: no other process enters this block for the same folder.

    A folder that is empty at the end is removed. Where the platform has no ``flock`` nothing is
    held.

    Raises
    ------
    DataError
        ``refusal``, if another process holds the folder; or if it cannot be made.
    """
    descriptor = _held(folder, refusal)
    try:
        yield
    finally:
        with suppress(OSError):  # there is something in it
            folder.rmdir()
        if descriptor is not None:
            os.close(descriptor)


def _held(folder: Path, refusal: DataError) -> int | None:
    """Return the descriptor of the locked folder; ``None`` where there are no locks."""
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(folder, error) from error
        if not fcntl:
            return None
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # whoever held it before has removed it in between
            continue
        except OSError as error:
            raise _cannot_write(folder, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(folder, descriptor):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            if error.errno in _LOCKED:
                raise refusal from error
            return None  # there are file systems without locks
        os.close(descriptor)


def _is_still(folder: Path, descriptor: int) -> bool:
    """Tell whether ``folder`` is what was opened, and was not removed and made anew."""
    try:
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    except FileNotFoundError:
        return False


def is_held(folder: Path) -> bool:
    """Tell whether another process is in a block of `exclusive` for ``folder``."""
    if not fcntl:
        return False
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _LOCKED
    finally:
        os.close(descriptor)
    return False


def parts_in(folder: Path) -> list[Path]:
    """Return the temporary files in a folder: of writes under way, and of killed processes."""
    return sorted(folder.glob(f".*{_PART}"))


def size_in_words(n_bytes: int) -> str:
    """Write a size for people: ``512 bytes``, ``4.9 MB``."""
    if n_bytes < 1_000:
        return f"{n_bytes} bytes"
    size = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        size /= 1_000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1_000:,.1f} TB"


def is_left_behind(part: Path) -> bool:
    """Tell whether no living process is writing a temporary file."""
    try:
        with part.open("r+b") as file:
            return _is_unattended(file)
    except OSError:
        return False


def remove_if_left_behind(part: Path) -> bool:
    """Remove a temporary file that no living process is writing; tell whether it is gone."""
    try:
        with part.open("r+b") as file:
            if not _is_unattended(file):
                return False
            if fcntl:  # while it is locked, so that a writer who waits for the lock finds out
                part.unlink()
                return True
        part.unlink()
    except OSError:
        return False  # in use, or another process was faster
    return True


def _new_part(target: Path) -> BinaryIO:
    """Make a temporary file and lock it; one that was swept before it was locked is made again."""
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
    """Take the lock that a writer holds; where there are no locks, the time has to tell."""
    if fcntl:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return time.time() - os.fstat(part.fileno()).st_mtime > _STALE_AFTER


def _cannot_write(target: Path, error: OSError) -> DataError:
    return DataError(
        f"Cannot write {target}: {error.strerror or error}.",
        "Free some space there, or choose another place; movierec doctor tells what chooses it.",
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
