"""The cache: which files it holds, whether they are what they should be, and taking them away.

Only files that movierec writes count; in a folder that is used for other things too, nothing else
is looked at or removed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from movierec_cli.core.data import movielens, registry
from movierec_cli.core.errors import DataError, MovierecError
from movierec_cli.core.files import is_left_behind, parts_in, remove_if_left_behind
from movierec_cli.core.paths import Paths


class Kind(StrEnum):
    """What a file of the cache is."""

    archive = "archive"
    prepared = "prepared"
    unfinished = "unfinished"


class State(StrEnum):
    """What is known of a file without reading it."""

    kept = "kept"
    being_written = "being written"
    left_behind = "left behind"


@dataclass(frozen=True)
class Entry:
    """A file of the cache.

    Attributes
    ----------
    path
        Where it is.
    kind
        The archive as it was downloaded, a data set as the commands read it, or an unfinished
        file: of a process at work, or left behind by one that was killed.
    dataset
        The data set that it belongs to.
    bytes
        Its size.
    state
        What is known of it without reading it.
    """

    path: Path
    kind: Kind
    dataset: str
    bytes: int
    state: State


@dataclass(frozen=True)
class Verified:
    """A file of the cache that was read again.

    Attributes
    ----------
    entry
        The file.
    checksum
        That of the data set in it; empty for what is damaged or unfinished.
    damage, fix
        What is wrong with it, and the command that fixes it; empty where nothing is.
    """

    entry: Entry
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
            "Choose another place with MOVIEREC_HOME=FOLDER.",
        ) from error
    entries = [_entry(path, path.name) for path in finished]
    entries += [_entry(part, part.name[1:].rsplit(".", 2)[0]) for part in parts_in(folder)]
    return [entry for entry in entries if entry is not None]


def verify_cache(paths: Paths) -> list[Verified]:
    """Read every file of the cache and check what is in it.

    The files of an archive have to be those that GroupLens published, and a prepared data set has
    to have the checksum that was stored with it, and that of the archive where it is there.
    """
    entries = list_cache(paths)
    archives = [_verify_archive(entry) for entry in entries if entry.kind is Kind.archive]
    originals = {one.entry.dataset: one.checksum for one in archives if one.checksum}
    verified = {one.entry: one for one in archives}
    for entry in entries:
        if entry.kind is Kind.prepared:
            verified[entry] = _verify_prepared(entry, paths, originals)
    return [verified.get(entry, Verified(entry)) for entry in entries]


def clear_cache(entries: Iterable[Entry]) -> list[Entry]:
    """Remove files of the cache and return those that were; what is being written stays.

    Raises
    ------
    DataError
        If one cannot be removed.
    """
    return [entry for entry in entries if _remove(entry)]


def _entry(path: Path, name: str) -> Entry | None:
    """Describe a file of the cache that is called ``name`` when it is finished."""
    dataset, dot, suffix = name.rpartition(".")
    if not dot or not registry.is_known(dataset):
        return None
    if name == registry.ARCHIVE_NAME:
        kind = Kind.archive
    elif suffix == "npz":
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


def _verify_archive(entry: Entry) -> Verified:
    name = entry.path.name
    try:
        contents = movielens.read_archive(entry.path, name)
        movielens.verify(contents, name)
        return Verified(entry, checksum=movielens.parse(contents).checksum())
    except MovierecError as error:
        return Verified(entry, damage=error.message, fix="movierec download --force")


def _verify_prepared(entry: Entry, paths: Paths, originals: Mapping[str, str]) -> Verified:
    path = entry.path
    if entry.dataset == registry.DEFAULT_DATASET:
        fix = "movierec download"
    else:
        fix = f"movierec eda ratings --dataset {entry.dataset}"
    try:
        checksum = registry.load_prepared(entry.dataset, paths).checksum()
    except MovierecError as error:
        return Verified(entry, damage=error.message.replace(str(path), path.name), fix=fix)
    if originals.get(entry.dataset, checksum) != checksum:
        return Verified(entry, damage=f"{path.name} is not what is in the archive.", fix=fix)
    return Verified(entry, checksum=checksum)


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
            "Check who may write to its folder.",
        ) from error
    return True
