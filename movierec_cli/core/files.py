"""Atomic writes, locked folders, names and sizes of files, and errors of places."""

import errno
import fnmatch
import glob
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from movierec_cli.core.errors import DataError, PlaceError, UsageError

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_LEFT_BEHIND_AFTER = 3600.0  # seconds
_PART = ".part"
_DENIED = "Check its owner and its permissions, also those of the folders above"
_FULL = "Free some space"
_IN_THE_WAY = "A file lies where a folder should be: move it away"
_REMEDIES = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: "Make its file system writable",
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: "A folder lies where a file should be: move it away",
    errno.EIO: "Check the disk, or the connection to it",
}
_IMPOSSIBLE = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


def unusable(path: Path | str, done: str, error: OSError) -> PlaceError:
    """Return the error of a place that cannot be used, with the remedy.

    Parameters
    ----------
    done
        The failed access: ``read``, ``written``, ``removed`` or ``used``.
    """
    remedy = _REMEDIES.get(error.errno or 0, "Check the path")
    return PlaceError(
        f"{path} cannot be {done}: {error.strerror or error}.",
        f"{remedy}, or use another place: MOVIEREC_HOME=FOLDER for the folders of movierec, "
        "another path for a file of your own. movierec doctor examines the folders.",
    )


@contextmanager
def accessing(path: Path, done: str) -> Iterator[None]:
    """Turn an `OSError` in the block into the `PlaceError` of `unusable`.

    It names the path in the error, or else ``path``.
    """
    try:
        yield
    except OSError as error:
        raise unusable(error.filename or path, done, error) from error


def exists(path: Path) -> bool:
    """Return whether there is a file or folder; False, not an error, for an impossible path.

    Raises
    ------
    PlaceError
        If a folder above cannot be searched, or is a file.
    """
    return _mode(path) != 0


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; otherwise as `exists`."""
    return stat.S_ISDIR(_mode(path))


def is_file(path: Path) -> bool:
    """Return whether there is a file; otherwise as `exists`."""
    return stat.S_ISREG(_mode(path))


def _mode(path: Path) -> int:
    """Return the type and permissions of a file or folder; 0 if there is none."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, ValueError):  # ValueError: characters that no path can have
        return 0
    except OSError as error:
        if error.errno in _IMPOSSIBLE:
            return 0
        raise unusable(path, "read", error) from error


def entries_of(folder: Path, pattern: str = "*") -> list[Path]:
    """Return the files and folders in ``folder`` that match a pattern, by name.

    There are none in a folder that does not exist. Unlike `Path.glob`, this hides no error.

    Raises
    ------
    PlaceError
        If the folder cannot be read, or is a file.
    """
    with accessing(folder, "read"):
        try:
            found = sorted(folder.iterdir())
        except FileNotFoundError:
            return []
    return [path for path in found if fnmatch.fnmatchcase(path.name, pattern)]


def is_name(text: str) -> bool:
    """Return whether a text can be a file name on every platform."""
    return bool(_NAME.fullmatch(text))


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
    if not is_name(name):
        example = f"my-{kind.replace(' ', '-')}"
        raise UsageError(
            f"{name!r} cannot be the name of a {kind}.",
            f"Use letters, digits, dots, dashes and underscores, for example: {example}",
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
        raise unusable(target, "written", error) from error
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
        if error.errno in _REMEDIES and error.filename in (None, name):
            raise unusable(target, "written", error) from error
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
    """Return the temporary files in a folder: of current writes and of killed processes.

    Errors are those of `entries_of`.
    """
    return entries_of(folder, f".*{_PART}")


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
            raise unusable(folder, "written", error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # it has content, or was never made
            folder.rmdir()
        lock.release()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
