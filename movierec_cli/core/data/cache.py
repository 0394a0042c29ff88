"""Listing, verification and removal of the files in the cache.

Only files that movierec writes are listed or removed; other files in the folder stay untouched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from movierec_cli.core.data import registry
from movierec_cli.core.errors import DataError, MovierecError
from movierec_cli.core.files import is_left_behind, parts_in, remove_if_left_behind
from movierec_cli.core.paths import Paths


class Kind(StrEnum):
    """Kind of a cached file: a downloaded archive, a prepared data set, or an unfinished file."""

    archive = "archive"
    prepared = "prepared"
    unfinished = "unfinished"


class State(StrEnum):
    """State of a cached file: of a complete one before and after verification, or unfinished."""

    kept = "kept"
    ok = "ok"
    damaged = "damaged"
    being_written = "being written"
    left_behind = "left behind"


@dataclass(frozen=True)
class Entry:
    """A file of the cache.

    Attributes
    ----------
    path
        Its path.
    kind
        Its kind.
    dataset
        Name of its data set.
    bytes
        Its size.
    state
        Its state; an unfinished file is being written, or left behind by a killed process.
    checksum
        Checksum of the data set in a verified file; empty if it is damaged.
    damage, fix
        Description of the damage and the command that fixes it; empty without damage.
    """

    path: Path
    kind: Kind
    dataset: str
    bytes: int
    state: State
    checksum: str = ""
    damage: str = ""
    fix: str = ""


def list_cache(paths: Paths) -> list[Entry]:
    """Return the files of the cache by name, the unfinished ones last.

    Raises
    ------
    DataError
        If its folder cannot be read.
    """
    folder = paths.cache
    try:
        finished = [path for path in sorted(folder.iterdir()) if path.is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(
            f"Cannot read {folder}: {error.strerror or error}.",
            "Choose another folder with MOVIEREC_HOME=FOLDER.",
        ) from error
    entries = [_entry(path, path.name) for path in finished]
    entries += [_entry(part, part.name[1:].rsplit(".", 2)[0]) for part in parts_in(folder)]
    return [entry for entry in entries if entry is not None]


def verify_cache(paths: Paths) -> list[Entry]:
    """Read every complete file of the cache and return the entries with the results.

    The files of an archive must have their published checksums. A prepared data set must have the
    checksum stored with it, and that of the archive if the archive is in the cache.
    """
    verified = [_verify(entry, paths) for entry in list_cache(paths)]
    originals = {
        entry.dataset: entry.checksum
        for entry in verified
        if entry.kind is Kind.archive and entry.checksum
    }
    return [
        _damaged(entry, f"{entry.path.name} differs from the archive.")
        if entry.checksum and entry.checksum != originals.get(entry.dataset, entry.checksum)
        else entry
        for entry in verified
    ]


def clear_cache(entries: Iterable[Entry]) -> list[Entry]:
    """Remove files of the cache except those being written; return the removed ones.

    Raises
    ------
    DataError
        If one cannot be removed.
    """
    return [entry for entry in entries if _remove(entry)]


def _entry(path: Path, name: str) -> Entry | None:
    """Return the entry of a file whose name when finished is ``name``; ``None`` if foreign."""
    dataset, _, suffix = name.rpartition(".")
    if suffix == "zip" and dataset in registry.EDITIONS:
        kind = Kind.archive
    elif suffix == "npz" and registry.is_known(dataset):
        kind = Kind.prepared
    else:
        return None
    state = State.kept
    if path.name != name:
        kind = Kind.unfinished
        state = State.left_behind if is_left_behind(path) else State.being_written
    try:
        return Entry(path, kind, dataset, path.stat().st_size, state)
    except FileNotFoundError:  # another process was faster
        return None


def _verify(entry: Entry, paths: Paths) -> Entry:
    try:
        if entry.kind is Kind.archive:
            edition = registry.EDITIONS[entry.dataset]
            checksum = edition.load_archive(entry.path, str(entry.path)).checksum()
        elif entry.kind is Kind.prepared:
            checksum = registry.load_prepared(entry.dataset, paths).checksum()
        else:
            return entry
    except MovierecError as error:
        return _damaged(entry, error.message.replace(str(entry.path), entry.path.name))
    return replace(entry, state=State.ok, checksum=checksum)


def _damaged(entry: Entry, damage: str) -> Entry:
    if entry.kind is Kind.archive:
        fix = "movierec download --force"
    elif entry.dataset in registry.EDITIONS:
        fix = "movierec download"
    else:
        fix = f"movierec eda ratings --dataset {entry.dataset}"
    return replace(entry, state=State.damaged, checksum="", damage=damage, fix=fix)


def _remove(entry: Entry) -> bool:
    if entry.state is State.being_written:
        return False
    if entry.kind is Kind.unfinished:
        return remove_if_left_behind(entry.path)
    try:
        entry.path.unlink()
    except FileNotFoundError:  # another process was faster
        return False
    except OSError as error:
        raise DataError(
            f"Cannot remove {entry.path}: {error.strerror or error}.",
            "Check the permissions of its folder.",
        ) from error
    return True
