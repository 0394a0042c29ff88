"""Writing files so that a reader sees the old content or the new, never a part of it."""

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from movierec_cli.core.errors import DataError

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_STALE_AFTER = 60.0  # seconds; covers the moment between making a file and locking it


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
        _remove_stale(target)
        descriptor, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
    except OSError as error:
        raise _cannot_write(target, error) from error
    temporary = Path(name)
    try:
        os.close(descriptor)
        with temporary.open("wb") as file:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise _cannot_write(target, error) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _remove_stale(target: Path) -> None:
    """Remove temporary files of ``target`` that no living process holds."""
    for part in target.parent.glob(f".{target.name}.*.part"):
        try:
            with part.open("rb") as file:
                if time.time() - os.fstat(file.fileno()).st_mtime < _STALE_AFTER:
                    continue
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
        except OSError:
            continue  # in use, or another process was faster


_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


def _cannot_write(target: Path, error: OSError) -> DataError:
    return DataError(
        f"Cannot write {target}: {error.strerror or error}.",
        "Free some space or choose another place with MOVIEREC_HOME=FOLDER.",
    )


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
