"""The cache is listed, verified and cleared; foreign files are never touched."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data import install, registry, store
from movierec_cli.core.data.cache import clear_cache, list_cache, verify_cache
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.errors import DataError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import edition_of, names, tiny_contents, write_zip

PART = ".ml-100k.zip.abcd1234.part"


@pytest.fixture
def filled(tiny: dict[str, bytes], paths: Paths, tmp_path: Path) -> Paths:
    """A cache with an archive, its prepared form, synthetic data and an unfinished file."""
    install.bring(EDITIONS["ml-100k"], write_zip(tmp_path / "mine.zip", tiny), paths)
    registry.load_dataset(SMALL, paths)
    (paths.cache / PART).write_bytes(b"half")
    return paths


def damaged(paths: Paths) -> dict[str, str]:
    """Return the command that fixes each damaged file."""
    entries = [entry for entry in verify_cache(paths) if entry.state == "damaged"]
    assert all(entry.damage and not entry.checksum for entry in entries)
    assert str(paths.cache) not in "".join(entry.damage for entry in entries)
    return {entry.path.name: entry.fix for entry in entries}


def test_every_file_is_listed(filled: Paths) -> None:
    entries = list_cache(filled)
    assert [(e.path.name, e.kind, e.dataset, e.state) for e in entries] == [
        ("ml-100k.safetensors", "prepared", "ml-100k", "kept"),
        ("ml-100k.zip", "archive", "ml-100k", "kept"),
        (f"{SMALL}.safetensors", "prepared", SMALL, "kept"),
        (PART, "unfinished", "ml-100k", "being written"),
    ]
    assert all(entry.bytes == entry.path.stat().st_size > 0 for entry in entries)
    os.utime(filled.cache / PART, (0, 0))
    assert list_cache(filled)[-1].state == "left behind"


def test_an_empty_cache_stays_empty(paths: Paths) -> None:
    assert list_cache(paths) == verify_cache(paths) == []
    assert not paths.cache.exists()


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"file cannot be read: Not a directory"):
        list_cache(Paths(tmp_path / "file", tmp_path))


def test_foreign_files_are_neither_listed_nor_removed(filled: Paths) -> None:
    foreign = [
        "notes.txt", "mine.safetensors", "ml-100k.npz", "other.zip", "synthetic.zip", "safetensors",
        ".other.zip.abcd1234.part", ".ml-100k.zip.part",
    ]  # fmt: skip
    for name in foreign:
        (filled.cache / name).write_bytes(b"precious")
    (filled.cache / "ml-100k").mkdir()
    entries = list_cache(filled)
    assert len(entries) == 4
    clear_cache(entries)
    assert names(filled.cache) == sorted([*foreign, "ml-100k"])
    clear_cache(entries)  # already gone


def test_an_intact_cache_verifies(filled: Paths) -> None:
    entries = {entry.path.name: entry for entry in verify_cache(filled)}
    expected = EDITIONS["ml-100k"].read(filled.cache / "ml-100k.zip", "").checksum()
    for name in ("ml-100k.zip", "ml-100k.safetensors"):
        assert (entries[name].state, entries[name].checksum) == ("ok", expected)
    assert (entries[PART].state, entries[PART].checksum) == ("being written", "")


def test_a_damaged_archive_is_found(filled: Paths) -> None:
    write_zip(filled.cache / "ml-100k.zip", tiny_contents(u_user=b"1|24|M|writer|85712\n"))
    assert damaged(filled) == {"ml-100k.zip": "movierec download ml-100k --force"}


@pytest.mark.parametrize(
    ("dataset", "fix"),
    [("ml-100k", "movierec download ml-100k"), (SMALL, f"movierec eda ratings --dataset {SMALL}")],
)
def test_a_changed_value_in_a_prepared_data_set_is_found(
    dataset: str, fix: str, filled: Paths
) -> None:
    path = registry.prepared_path(dataset, filled)
    old = store.load(path)
    store.save(
        replace(old, genres=("Western", *old.genres[1:])).with_checksum(old.checksum()), path
    )
    assert damaged(filled) == {path.name: fix}


def test_a_prepared_data_set_that_differs_from_the_archive_is_found(
    filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tiny_contents(u_genre=b"unknown|0\nAction|1\nDrama|2\n")
    monkeypatch.setitem(EDITIONS, "ml-100k", edition_of(other))
    write_zip(filled.cache / "ml-100k.zip", other)
    assert damaged(filled) == {"ml-100k.safetensors": "movierec download ml-100k"}


def test_the_named_command_fixes_it(filled: Paths) -> None:
    for dataset in ("ml-100k", SMALL):
        registry.prepared_path(dataset, filled).write_bytes(b"damaged")
    assert len(damaged(filled)) == 2
    install.download(EDITIONS["ml-100k"], filled)  # movierec download
    registry.load_dataset(SMALL, filled)  # movierec eda ratings --dataset ...
    assert damaged(filled) == {}


def test_a_file_that_cannot_be_removed_is_an_error(
    filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(
        DataError, match=r"ml-100k\.safetensors cannot be removed: Read-only file system"
    ):
        clear_cache(list_cache(filled))
