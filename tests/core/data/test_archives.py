"""The files of an edition are read verified; a damaged, foreign or harmful archive is refused."""

import stat
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import archives, registry
from movierec_cli.core.errors import IntegrityError
from tests.helpers import edition_of, tiny_contents, write_zip

TINY = edition_of(tiny_contents())
ANNOUNCED = 1_000
UNPACKED = 16 * 2**20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound archive; a test adds something to it."""
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
    archive = write_zip(tmp_path / "some.zip", tiny_contents(), folder)
    dataset = TINY.load_archive(archive, "some.zip")
    assert (dataset.name, len(dataset.ratings)) == ("ml-100k", 5)


@pytest.mark.parametrize("given", ["data/ml-100k", "data"])
def test_a_folder_is_read_from_itself_and_from_the_one_above(tmp_path: Path, given: str) -> None:
    write_folder(tmp_path / "data" / "ml-100k")
    dataset, contents = TINY.load_folder(tmp_path / given)
    assert (len(dataset.ratings), contents) == (5, tiny_contents())


def test_packed_files_read_back(tmp_path: Path) -> None:
    with (tmp_path / "packed.zip").open("wb") as file:
        TINY.pack(tiny_contents(), file)
    assert len(TINY.load_archive(tmp_path / "packed.zip", "").ratings) == 5
    assert "ml-100k/u.data" in zipfile.ZipFile(tmp_path / "packed.zip").namelist()


def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    (write_folder(tmp_path / "data") / "u4.test").unlink()
    with pytest.raises(IntegrityError, match=r"u4\.test cannot be read: No such file"):
        TINY.load_folder(tmp_path / "data")


def test_files_that_differ_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    for name in ("u.item", "ua.test"):
        (folder / name).write_bytes(b"1\n")
    other = {name: (folder / name).read_bytes() for name in tiny_contents()}
    is_refused(write_zip(tmp_path / "other.zip", other), r"not the files .*: u\.item, ua\.test\.$")
    with pytest.raises(IntegrityError, match=r"not the files .*: u\.item, ua\.test\.$"):
        TINY.load_folder(folder)


def test_an_archive_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    contents = tiny_contents()
    del contents["u.item"]
    is_refused(write_zip(tmp_path / "some.zip", contents), r"lacks ml-100k/u\.item")


def test_a_page_or_a_truncated_archive_is_refused(path: Path) -> None:
    for data in (b"<html>Sign in to the network</html>", path.read_bytes()[:-300]):
        path.write_bytes(data)
        is_refused(path, "not a readable zip archive")


def test_damaged_compressed_bytes_are_refused(path: Path) -> None:
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("ml-100k/u.data")
    start = member.header_offset + 30 + len(member.filename)
    data[start] = 0xFF  # a block type that deflate does not have
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(data[start : start + member.compress_size]), -15)
    path.write_bytes(data)
    is_refused(path, "not a readable zip archive")


def test_no_damage_gives_an_unexpected_error(path: Path) -> None:
    original = path.read_bytes()
    generator = np.random.default_rng(22)
    n_refused = 0
    for _ in range(400):
        damaged = bytearray(original)
        for position in generator.integers(len(damaged), size=2):
            damaged[position] = generator.integers(256)
        path.write_bytes(damaged)
        try:
            TINY.load_archive(path, "damaged.zip")
        except IntegrityError:
            n_refused += 1
    assert n_refused > 100


@pytest.mark.parametrize("name", ["notes.txt", "ml-100k/mku.sh", "a/b/c", "..a", "a..b/c", "ü"])
def test_other_members_do_no_harm(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"text")
    assert len(TINY.load_archive(path, "some.zip").ratings) == 5


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "ml-100k/../../evil",
        "ml-100k/..",
        "/etc/evil",
        "//host/share/evil",
        "..\\evil",
        "ml-100k\\..\\..\\evil",
        "\\evil",
        "C:\\evil",
        "C:evil",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"text")
    is_refused(path, "leads out of the archive")


def test_a_link_is_refused(path: Path) -> None:
    link = zipfile.ZipInfo("ml-100k/README")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, b"/etc/passwd")
    is_refused(path, "'ml-100k/README' leads out of the archive")


def test_too_large_members_are_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = sum(map(len, tiny_contents().values()))
    monkeypatch.setattr(archives, "_MAX_BYTES", total)
    TINY.load_archive(path, "some.zip")
    monkeypatch.setattr(archives, "_MAX_BYTES", total - 1)
    monkeypatch.delattr(zipfile.ZipFile, "open")
    is_refused(path, f"would unpack to {total:,} bytes")


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


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_without_bounds_is_refused(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in tiny_contents().items():
            archive.writestr(name, data, compression if name == "u.user" else zipfile.ZIP_STORED)
    is_refused(path, r"u\.user is neither stored nor deflated")


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
