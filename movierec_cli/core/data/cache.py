"""Listing, verification and removal of the files in the cache.

Only files that movierec writes are listed or removed; other files in the folder stay untouched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import accessing, entries_of, is_file, is_left_behind, parts_in
from movierec_cli.core.paths import Paths

Kind = Literal["archive", "prepared", "unfinished"]
State = Literal["kept", "ok", "damaged", "unreadable", "being written", "left behind"]


@dataclass(frozen=True)
class Entry:
    """A file of the cache.

    Attributes
    ----------
    dataset
        Name of its data set.
    bytes
        Its size.
    state
        A complete file is kept, and ok, damaged or unreadable after verification; an unfinished
        one is being written or left behind.
    checksum
        Checksum of the data set in a verified file; empty if it is damaged.
    damage, fix
        Description of the damage and the command that fixes it; empty without damage.
    failure
        The error of a file that cannot be read.
    """

    path: Path
    kind: Kind
    dataset: str
    bytes: int
    state: State
    checksum: str = ""
    damage: str = ""
    fix: str = ""
    failure: DataError | None = None


def list_cache(paths: Paths) -> list[Entry]:
    """Return the files of the cache by name, the unfinished ones last.

    Raises
    ------
    DataError
        If its folder cannot be read.
    """
    folder = paths.cache
    finished = [path for path in entries_of(folder) if is_file(path)]
    entries = [_entry(path, path.name, paths) for path in finished]
    entries += [_entry(part, part.name[1:].rsplit(".", 2)[0], paths) for part in parts_in(folder)]
    return [entry for entry in entries if entry is not None]


def verify_cache(paths: Paths) -> list[Entry]:
    """Read every complete file of the cache and return the entries with the results.

    The files of an archive must have their published checksums. A prepared data set must have the
    checksum stored with it, and that of the archive if the archive is in the cache.
    """
    verified = [_verify(entry) for entry in list_cache(paths)]
    originals = {entry.dataset: entry.checksum for entry in verified if entry.kind == "archive"}
    return [
        _damaged(entry, f"{entry.path.name} differs from the archive.")
        if entry.checksum and entry.checksum != (originals.get(entry.dataset) or entry.checksum)
        else entry
        for entry in verified
    ]


def clear_cache(entries: Iterable[Entry]) -> None:
    """Remove files of the cache.

    Raises
    ------
    DataError
        If one cannot be removed.
    """
    for entry in entries:
        with accessing(entry.path, "removed"):
            entry.path.unlink(missing_ok=True)


def _entry(path: Path, name: str, paths: Paths) -> Entry | None:
    """Return the entry of a file whose name when finished is ``name``; ``None`` if foreign."""
    dataset, _, suffix = name.rpartition(".")
    kind: Kind
    if suffix == "zip" and dataset in EDITIONS:
        kind = "archive"
    elif f".{suffix}" == store.SUFFIX and registry.is_known(dataset, paths):
        kind = "prepared"
    else:
        return None
    state: State = "kept"
    if path.name != name:
        kind = "unfinished"
        state = "left behind" if is_left_behind(path) else "being written"
    try:
        return Entry(path, kind, dataset, path.stat().st_size, state)
    except FileNotFoundError:  # another process was faster
        return None


def _verify(entry: Entry) -> Entry:
    try:
        if entry.kind == "archive":
            dataset = EDITIONS[entry.dataset].read(entry.path, str(entry.path))
        elif entry.kind == "prepared":
            dataset = store.verify(entry.path)
        else:
            return entry
    except DataError as error:
        return replace(entry, state="unreadable", failure=error)
    except IntegrityError as error:
        return _damaged(entry, error.message.replace(str(entry.path), entry.path.name))
    return replace(entry, state="ok", checksum=dataset.checksum())


def _damaged(entry: Entry, damage: str) -> Entry:
    if entry.kind == "archive":
        fix = f"movierec download {entry.dataset} --force"
    elif entry.dataset in EDITIONS:
        fix = f"movierec download {entry.dataset}"
    else:
        fix = f"movierec eda ratings --dataset {entry.dataset}"
    return replace(entry, state="damaged", checksum="", damage=damage, fix=fix)
