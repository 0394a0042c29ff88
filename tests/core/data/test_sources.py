"""Folders and archives are read as streams; a damaged or harmful archive is refused."""

import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from movierec_cli.core.data import sources
from movierec_cli.core.data.sources import Source, file_source, open_source
from movierec_cli.core.errors import DataError, IntegrityError
from tests.helpers import write_folder, write_zip

HINT = "The next step."
FILES = {"a.txt": b"one\ntwo\n", "b.txt": b"three"}


def content(path: Path, name: str = "a.txt", label: str = "") -> bytes:
    with open_source(path, HINT, label) as source, source.open(name) as file:
        return file.read()


def is_refused(path: Path, reason: str, kind: type[Exception] = IntegrityError) -> None:
    with pytest.raises(kind, match=reason) as caught:
        content(path, label="mine.zip")
    assert str(caught.value).startswith("mine.zip")


def test_a_folder_and_an_archive_have_the_same_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder" / "inner", FILES).parent
    (folder / "empty").mkdir()
    archive = write_zip(tmp_path / "some.zip", FILES, "inner/")
    for path in (folder, archive):
        with open_source(path, HINT) as source:
            assert dict(source.sizes) == {"inner/a.txt": 8, "inner/b.txt": 5}
            assert source.label == str(path)
            inner = source.within("inner/")
            assert dict(inner.sizes) == {"a.txt": 8, "b.txt": 5}
            with inner.open("b.txt") as file:
                assert file.read() == b"three"
            assert inner.md5("b.txt") == "35d6d33467aae9a2e3dccb4b6b027878"


def test_places_name_the_file_and_for_an_archive_the_archive(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", FILES)
    with open_source(folder, HINT) as source:
        assert source.place("a.txt") == str(folder / "a.txt")
    with open_source(write_zip(tmp_path / "some.zip", FILES, "in/"), HINT, "mine.zip") as source:
        assert source.within("in/").place("a.txt") == "mine.zip: in/a.txt"


def test_folders_are_found_by_the_files_that_they_hold() -> None:
    source = Source("x", {"a": 1, "in/a": 1, "in/b": 1, "in/deep/b": 1, "in/deep/a": 1})
    assert source.folders_with("a") == ["", "in/", "in/deep/"]
    assert source.folders_with("b", "a") == ["in/", "in/deep/"]
    assert source.folders_with("c") == []


def test_the_bytes_that_are_read_are_counted_and_only_a_part_is_held(tmp_path: Path) -> None:
    content = b"".join(b"%d\n" % number for number in range(2_000_000))
    path = write_zip(tmp_path / "some.zip", {"large": content}, "")
    counted: list[int] = []
    n_bytes = 0
    tracemalloc.start()
    try:
        with open_source(path, HINT) as source, source.open("large", counted.append) as file:
            while chunk := file.read(50_000):
                n_bytes += len(chunk)
        assert tracemalloc.get_traced_memory()[1] < 5 * 2**20
    finally:
        tracemalloc.stop()
    assert n_bytes == sum(counted) == len(content)
    assert max(counted) <= 2**20


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(b"abc")
    source = file_source(tmp_path / "mine.csv")
    assert dict(source.sizes) == {"mine.csv": 3}
    assert source.place("mine.csv") == str(tmp_path / "mine.csv")
    with source.open("mine.csv") as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize("name", ["gone", "x" * 300])
def test_a_path_with_nothing_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file or folder") as caught:
        content(tmp_path / name)
    assert caught.value.hint == HINT
    with pytest.raises(DataError, match="There is no file"):
        file_source(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs permissions of POSIX")
def test_what_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:  # the superuser may read everything
        raise PermissionError(13, "Permission denied")

    folder = write_folder(tmp_path / "folder", FILES)
    archive = write_zip(tmp_path / "some.zip", FILES)
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(DataError, match=r"a\.txt cannot be read: Permission denied"):
        content(folder)
    monkeypatch.setattr(sources.zipfile, "ZipFile", denied)
    is_refused(archive, "cannot be read: Permission denied", DataError)


def test_a_page_and_a_truncated_archive_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", FILES, "")
    for data in (b"<html>Sign in to the network</html>", path.read_bytes()[:-30], b""):
        path.write_bytes(data)
        is_refused(path, "not a readable zip archive")


def test_a_damaged_member_is_refused_wherever_the_damage_lies(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", {"a.txt": os.urandom(5_000)}, "")
    original = path.read_bytes()
    for position in (40, 4_000):
        data = bytearray(original)
        data[position] ^= 0xFF
        path.write_bytes(data)
        is_refused(path, r"a\.txt is damaged")


def test_an_encrypted_archive_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", FILES, "")
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1  # the flag of an encrypted member
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="is encrypted") as caught:
        content(path)
    assert "password" in caught.value.hint


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = write_zip(tmp_path / "bomb.zip", {"a.txt": bytes(30 * 2**20)}, "")
    is_refused(bomb, r"a\.txt would unpack without bounds")  # a thousand times its packed size
    monkeypatch.setattr(sources, "_MAX_BYTES", 7)
    is_refused(write_zip(tmp_path / "some.zip", FILES, ""), "would unpack without bounds")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_without_bounds_is_refused(tmp_path: Path, compression: int) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w", compression) as archive:
        archive.writestr("a.txt", b"text")
    is_refused(tmp_path / "some.zip", "would unpack without bounds")


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path: Path) -> None:
    true, announced = 15 * 2**20, 100_000
    path = write_zip(tmp_path / "some.zip", {"a.txt": bytes(true)}, "")
    data = path.read_bytes()
    assert data.count(true.to_bytes(4, "little")) == 2  # of the member and of the directory
    path.write_bytes(data.replace(true.to_bytes(4, "little"), announced.to_bytes(4, "little")))
    tracemalloc.start()
    try:
        is_refused(path, "Bad CRC-32")
        assert tracemalloc.get_traced_memory()[1] < 5 * 2**20
    finally:
        tracemalloc.stop()


def test_only_so_many_files_of_a_folder_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_MAX_FILES", 1)
    with open_source(write_folder(tmp_path / "folder", FILES), HINT) as source:
        assert list(source.sizes) == ["a.txt"]
