"""The files of an edition are read verified; a damaged, foreign or harmful archive is refused."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from movierec_cli.core.data import archives, registry
from movierec_cli.core.errors import IntegrityError
from tests.helpers import edition_of, tiny_contents, write_zip

TINY = edition_of(tiny_contents())
ANNOUNCED = 1_000
UNPACKED = 15 * 2**20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound archive."""
    return write_zip(tmp_path / "some.zip", tiny_contents())


def write_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, data in tiny_contents().items():
        (folder / name).write_bytes(data)
    return folder


def is_refused(path: Path, reason: str) -> None:
    with pytest.raises(IntegrityError, match=reason) as caught:
        TINY.load_archive(path, "some.zip")
    assert caught.value.message.startswith("some.zip")
    assert "movierec download" in caught.value.hint


@pytest.mark.parametrize("folder", ["ml-100k/", ""])
def test_an_archive_is_read_with_and_without_its_folder(tmp_path: Path, folder: str) -> None:
    archive = write_zip(tmp_path / "some.zip", tiny_contents() | {"mku.sh": b"text"}, folder)
    dataset = TINY.load_archive(archive, "some.zip")
    assert (dataset.name, len(dataset.ratings)) == ("ml-100k", 5)


@pytest.mark.parametrize("given", ["data/ml-100k", "data"])
def test_a_folder_is_read_from_itself_and_from_the_one_above(tmp_path: Path, given: str) -> None:
    write_folder(tmp_path / "data" / "ml-100k")
    dataset, contents = TINY.load_folder(tmp_path / given)
    assert (len(dataset.ratings), contents) == (5, tiny_contents())


def test_a_folder_or_an_archive_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    (write_folder(tmp_path / "data") / "u4.test").unlink()
    with pytest.raises(IntegrityError, match=r"u4\.test cannot be read: No such file"):
        TINY.load_folder(tmp_path / "data")
    contents = tiny_contents()
    del contents["u.item"]
    is_refused(write_zip(tmp_path / "some.zip", contents), r"lacks ml-100k/u\.item")


def test_files_that_differ_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    for name in ("u.item", "ua.test"):
        (folder / name).write_bytes(b"1\n")
    other = {name: (folder / name).read_bytes() for name in tiny_contents()}
    is_refused(write_zip(tmp_path / "other.zip", other), r"not the files .*: u\.item, ua\.test\.$")
    with pytest.raises(IntegrityError, match=r"not the files .*: u\.item, ua\.test\.$"):
        TINY.load_folder(folder)


def test_a_page_a_truncated_and_a_damaged_archive_are_refused(path: Path) -> None:
    original = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("ml-100k/u.data")
    start = member.header_offset + 30 + len(member.filename)
    damaged = original[:start] + b"\xff" + original[start + 1 :]  # no block type of deflate
    for data in (b"<html>Sign in to the network</html>", original[:-300], damaged):
        path.write_bytes(data)
        is_refused(path, "not a readable zip archive")


def test_a_too_large_member_is_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MAX_BYTES", 100)
    is_refused(path, r"u\.\w+ would unpack without bounds")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_without_bounds_is_refused(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in tiny_contents().items():
            archive.writestr(name, data, compression if name == "u.user" else zipfile.ZIP_STORED)
    is_refused(path, r"u\.user would unpack without bounds")


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", tiny_contents(u_data=bytes(UNPACKED)))
    data = path.read_bytes()
    true, announced = UNPACKED.to_bytes(4, "little"), ANNOUNCED.to_bytes(4, "little")
    assert data.count(true) == 2  # in the header of the member and in the directory
    path.write_bytes(data.replace(true, announced))
    tracemalloc.start()
    try:
        is_refused(path, "Bad CRC-32")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.ml100k
def test_the_real_archive_is_verified_file_by_file(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as real:
        real.extractall(tmp_path)
    edition = registry.EDITIONS["ml-100k"]
    original = edition.load_archive(archive, "the archive").checksum()
    assert edition.load_folder(tmp_path)[0].checksum() == original
    with (tmp_path / "ml-100k" / "u3.test").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(IntegrityError, match=r"not the files of MovieLens 100K: u3\.test\.$"):
        edition.load_folder(tmp_path)
