"""An archive that was made to harm is refused before it can."""

import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from movierec_cli.core.data import archives, movielens
from movierec_cli.core.errors import IntegrityError
from tests.helpers import tiny_contents, write_zip

ANNOUNCED = 1_000
UNPACKED = 16 * 2**20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive with all that is needed; a test puts something more into it."""
    return write_zip(tmp_path / "some.zip", tiny_contents())


def refused(path: Path, why: str) -> None:
    with pytest.raises(IntegrityError, match=why) as caught:
        movielens.read_archive(path, "some.zip")
    assert caught.value.message.startswith("some.zip")
    assert "movierec download" in caught.value.hint


@pytest.mark.parametrize("name", ["notes.txt", "ml-100k/mku.sh", "a/b/c", "..a", "a..b/c", "ü"])
def test_other_members_do_no_harm(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"text")
    assert movielens.read_archive(path, "some.zip") == tiny_contents()


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
    refused(path, "leads out of the archive")


def test_a_link_is_refused(path: Path) -> None:
    link = zipfile.ZipInfo("ml-100k/README")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, b"/etc/passwd")
    refused(path, "'ml-100k/README' leads out of the archive")


def test_more_than_fits_is_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = sum(map(len, tiny_contents().values()))
    monkeypatch.setattr(archives, "_LARGEST", total)
    movielens.read_archive(path, "some.zip")
    monkeypatch.setattr(archives, "_LARGEST", total - 1)
    monkeypatch.delattr(zipfile.ZipFile, "open")
    refused(path, f"would unpack to {total:,} bytes")


def test_there_is_room_for_the_real_files_and_no_more_than_some() -> None:
    assert 16_100_896 < archives._LARGEST < 2**28  # the 23 real files, and what a machine has


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "some.zip", tiny_contents(u_data=bytes(UNPACKED)))
    data = path.read_bytes()
    true, told = UNPACKED.to_bytes(4, "little"), ANNOUNCED.to_bytes(4, "little")
    assert data.count(true) == 2  # in the header of the member and in the directory
    path.write_bytes(data.replace(true, told))
    tracemalloc.start()
    try:
        refused(path, "Bad CRC-32")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_bounds_are_refused(tmp_path: Path, packing: int) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in tiny_contents().items():
            archive.writestr(name, data, packing if name == "u.user" else zipfile.ZIP_STORED)
    refused(path, r"u\.user is neither stored nor deflated")
