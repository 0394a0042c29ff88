"""The cache is listed, verified and cleared; what is not movierec's is never touched."""

import errno
import fcntl
import os
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import movielens, registry
from movierec_cli.core.data.cache import Entry, Kind, State, clear_cache, list_cache, verify_cache
from movierec_cli.core.errors import DataError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import tiny_contents, write_zip


@pytest.fixture
def filled(tiny: dict[str, bytes], paths: Paths, tmp_path: Path) -> Paths:
    """A cache with the tiny archive, its prepared form, made-up data and an unfinished file."""
    registry.bring(write_zip(tmp_path / "mine.zip", tiny), paths)
    registry.load_dataset(SMALL, paths)
    (paths.cache / ".ml-100k.zip.abcd1234.part").write_bytes(b"half")
    return paths


def by_name(paths: Paths) -> dict[str, Entry]:
    return {entry.path.name: entry for entry in list_cache(paths)}


def damage(paths: Paths) -> dict[str, tuple[str, str]]:
    """Return what is wrong with which file, and the command that fixes it."""
    return {one.entry.path.name: (one.damage, one.fix) for one in verify_cache(paths) if one.damage}


def test_every_file_is_listed_with_what_it_is(filled: Paths) -> None:
    assert [
        (e.path.name, e.kind, e.dataset, e.state) for e in list_cache(filled)
    ] == [
        ("ml-100k.npz", Kind.prepared, "ml-100k", State.kept),
        ("ml-100k.zip", Kind.archive, "ml-100k", State.kept),
        (f"{SMALL}.npz", Kind.prepared, SMALL, State.kept),
        (".ml-100k.zip.abcd1234.part", Kind.unfinished, "ml-100k", State.left_behind),
    ]  # fmt: skip
    for entry in list_cache(filled):
        assert entry.path.parent == filled.cache
        assert entry.bytes == entry.path.stat().st_size > 0


def test_where_there_is_nothing_nothing_is_listed(paths: Paths) -> None:
    assert list_cache(paths) == []
    assert verify_cache(paths) == []
    assert not paths.cache.exists()


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"^Cannot read .*file: Not a directory\.$"):
        list_cache(Paths(tmp_path / "file", tmp_path))


def test_what_a_living_process_writes_is_listed_as_such(filled: Paths) -> None:
    part = filled.cache / ".ml-100k.zip.abcd1234.part"
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert by_name(filled)[part.name].state is State.being_written
    assert by_name(filled)[part.name].state is State.left_behind


FOREIGN = (
    "notes.txt",
    "mine.npz",
    "ml-20m.npz",
    "other.zip",
    "synthetic.zip",
    ".other.zip.abcd1234.part",
    ".ml-100k.zip.part",
    "npz",
)


def test_what_is_not_of_movierec_is_neither_listed_nor_removed(filled: Paths) -> None:
    for name in FOREIGN:
        (filled.cache / name).write_bytes(b"precious")
    (filled.cache / "ml-100k").mkdir()
    assert len(list_cache(filled)) == 4
    clear_cache(list_cache(filled))
    assert sorted(path.name for path in filled.cache.iterdir()) == sorted([*FOREIGN, "ml-100k"])


def test_a_cache_that_is_whole_verifies(filled: Paths) -> None:
    verified = {one.entry.path.name: one for one in verify_cache(filled)}
    assert damage(filled) == {}
    assert list(verified) == [entry.path.name for entry in list_cache(filled)]
    checksum = movielens.parse(tiny_contents()).checksum()
    assert verified["ml-100k.zip"].checksum == checksum
    assert verified["ml-100k.npz"].checksum == checksum
    assert verified[".ml-100k.zip.abcd1234.part"].checksum == ""


def test_an_archive_with_another_file_is_damaged(filled: Paths) -> None:
    write_zip(filled.cache / "ml-100k.zip", tiny_contents(u_user=b"1|24|M|writer|85712\n"))
    assert damage(filled) == {
        "ml-100k.zip": (
            "ml-100k.zip: not the files of MovieLens 100K: u.user.",
            "movierec download --force",
        )
    }


def test_an_archive_that_breaks_off_is_damaged(filled: Paths) -> None:
    archive = filled.cache / "ml-100k.zip"
    archive.write_bytes(archive.read_bytes()[:-100])
    ((what, fix),) = damage(filled).values()
    assert what.startswith("ml-100k.zip is not a readable zip archive")
    assert fix == "movierec download --force"


def rewrite(path: Path, name: str, array: np.ndarray) -> None:
    """Put another array into a stored file, with all its checksums of the zip format right."""
    with np.load(path) as old:
        arrays = {key: old[key] for key in old.files}
    arrays[name] = array
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("dataset", "fix"),
    [
        ("ml-100k", "movierec download"),
        (SMALL, f"movierec eda ratings --dataset {SMALL}"),
    ],
)
def test_a_prepared_data_set_of_which_a_value_changed_is_damaged(
    dataset: str, fix: str, filled: Paths
) -> None:
    path = registry.parsed_path(dataset, filled)
    n_users = len(registry.load_dataset(dataset, filled).users)
    rewrite(path, "users.age", np.full(n_users, 41.0, np.float32))
    assert damage(filled) == {path.name: (f"{path.name} is damaged: its checksum differs.", fix)}
    assert str(path.parent) not in str(damage(filled))


def test_a_prepared_data_set_under_another_name_is_damaged(filled: Paths) -> None:
    registry.parsed_path(SMALL, filled).replace(registry.parsed_path("ml-100k", filled))
    ((what, fix),) = damage(filled).values()
    assert what == f"ml-100k.npz holds another data set: {SMALL}."
    assert fix == "movierec download"


def test_a_prepared_data_set_that_is_not_what_is_in_the_archive_is_damaged(
    filled: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tiny_contents(u_genre=b"unknown|0\nAction|1\nDrama|2\n")
    monkeypatch.setattr(movielens, "verify", lambda contents, where: None)
    write_zip(filled.cache / "ml-100k.zip", other)
    assert damage(filled) == {
        "ml-100k.npz": ("ml-100k.npz is not what is in the archive.", "movierec download")
    }


def test_the_command_that_is_named_mends_it(filled: Paths) -> None:
    for dataset in ("ml-100k", SMALL):
        registry.parsed_path(dataset, filled).write_bytes(b"damaged")
    assert len(damage(filled)) == 2
    registry.download(filled, None, False)  # movierec download
    registry.load_dataset(SMALL, filled)  # movierec eda ratings --dataset ...
    assert damage(filled) == {}


def test_clearing_removes_what_is_cached_and_nothing_else(tmp_path: Path, filled: Paths) -> None:
    shared = Paths(cache=filled.cache, data=filled.cache)  # one folder for everything
    for path in (shared.runs / "dnn" / "manifest.json", shared.profiles / "ann.json"):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"precious")
    before = list_cache(shared)
    assert clear_cache(before) == before
    assert sorted(path.name for path in shared.cache.rglob("*")) == [
        "ann.json", "dnn", "manifest.json", "profiles", "runs",
    ]  # fmt: skip


def test_what_is_being_written_is_not_removed(filled: Paths) -> None:
    part = filled.cache / ".ml-100k.zip.abcd1234.part"
    listed = list_cache(filled)  # as left behind
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for entries in (listed, list_cache(filled)):
            clear_cache(entries)
            assert [path.name for path in filled.cache.iterdir()] == [part.name]


def test_what_is_gone_already_is_no_failure(filled: Paths) -> None:
    entries = list_cache(filled)
    clear_cache(entries)
    assert clear_cache(entries) == []


def test_what_cannot_be_removed_is_told(filled: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(DataError, match=r"^Cannot remove .*ml-100k\.npz: Read-only file system"):
        clear_cache(list_cache(filled))
    assert len(list_cache(filled)) == 4
