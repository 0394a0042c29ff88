"""Atomic writes, locked folders, and names and sizes of files."""

import errno
import glob
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from movierec_cli.core.errors import DataError, UsageError

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_LEFT_BEHIND_AFTER = 3600.0  # seconds
_PART = ".part"
_UNWRITABLE = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.EISDIR, errno.ENOTDIR,
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
    ``target`` stays as it was. The next write removes what was left behind an hour ago.
    Permissions follow the umask.

    Raises
    ------
    DataError
        If the folder cannot be written to or the disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for part in target.parent.glob(f".{glob.escape(target.name)}.*{_PART}"):
            if is_left_behind(part):
                part.unlink(missing_ok=True)
        descriptor, name = tempfile.mkstemp(
            suffix=_PART, prefix=f".{target.name}.", dir=target.parent
        )
    except OSError as error:
        raise _cannot_write(target, error) from error
    temporary = Path(name)
    os.close(descriptor)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
        _LOG.debug("wrote %s", target)
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise _cannot_write(target, error) from error
        raise
    finally:
        with suppress(OSError):  # a read-only disk
            temporary.unlink(missing_ok=True)


def check_space(target: Path, n_bytes: int) -> None:
    """Check that the disk has room for ``n_bytes`` more, before ``target`` is written.

    A disk that does not report its free space is not refused.

    Raises
    ------
    DataError
        If it has less.
    """
    folder = next(parent for parent in target.absolute().parents if is_folder(parent))
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < n_bytes:
        raise DataError(
            f"Cannot write {target}: {size_in_words(n_bytes)} are needed, and "
            f"{size_in_words(free)} are free in {folder}.",
            "Free some space, or choose another folder: MOVIEREC_CACHE_DIR=FOLDER for data sets, "
            "MOVIEREC_HOME=FOLDER for everything.",
        )


def parts_in(folder: Path) -> list[Path]:
    """Return the temporary files in a folder: of current writes and of killed processes."""
    return sorted(folder.glob(f".*{_PART}"))


def is_left_behind(part: Path) -> bool:
    """Return whether a temporary file is a leftover: the last write to it is an hour ago."""
    try:
        return time.time() - part.stat().st_mtime > _LEFT_BEHIND_AFTER
    except FileNotFoundError:
        return False


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

    place = folder.parent / f".{folder.name}.lock"
    lock = filelock.FileLock(place, mode=0o666 & ~_umask())
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise refusal from error
    except NotImplementedError:  # the file system has no locks
        pass
    except OSError as error:
        if error.errno != errno.ENOLCK:
            raise _cannot_write(folder, error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # it has content, or was never made
            folder.rmdir()
        lock.release()


def _cannot_write(target: Path, error: OSError) -> DataError:
    return DataError(
        f"Cannot write {target}: {error.strerror or error}.",
        "Free some space, or choose another folder: MOVIEREC_HOME=FOLDER; see movierec doctor.",
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
