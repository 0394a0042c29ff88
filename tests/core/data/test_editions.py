"""An edition is known by checksums; its name is understood in any spelling."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data.editions import EDITIONS, Edition, edition_name, matches
from movierec_cli.core.errors import DataError, IntegrityError
from tests.helpers import edition_of, tiny_contents, write_folder, write_zip

TINY = edition_of(tiny_contents())
CHANGING = replace(EDITIONS["ml-latest"], layout=TINY.layout, folder="ml-latest/")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound archive."""
    return write_zip(tmp_path / "some.zip", tiny_contents())


def is_refused(path: Path, reason: str, edition: Edition = TINY) -> None:
    with pytest.raises(IntegrityError, match=reason) as caught:
        edition.read(path, "mine.zip")
    assert caught.value.message.startswith("mine.zip")
    assert f"movierec download {edition.name} --force" in caught.value.hint
    assert "movierec import mine.zip --name NAME" in caught.value.hint


def test_there_is_an_entry_for_each_published_edition() -> None:
    assert list(EDITIONS) == [
        "ml-100k", "ml-1m", "ml-10m", "ml-20m", "ml-25m", "ml-32m", "ml-latest-small", "ml-latest",
    ]  # fmt: skip
    for name, edition in EDITIONS.items():
        assert edition.name == name
        assert edition.addresses[0] == (
            f"https://files.grouplens.org/datasets/movielens/{name}.zip"
        )
        assert "10.1145/2827872" in edition.terms
        if name != "ml-latest":
            assert re.fullmatch("sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", edition.checksum or "")
        assert all(re.fullmatch("[0-9a-f]{32}", md5) for md5 in edition.files.values())
    mirrored = [name for name, edition in EDITIONS.items() if len(edition.addresses) == 2]
    assert mirrored == ["ml-100k", "ml-1m", "ml-10m", "ml-20m"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ml-100k", "ml-100k"),
        ("ml100k", "ml-100k"),
        ("MovieLens 100K", "ml-100k"),
        ("movielens-1m", "ml-1m"),
        ("1m", "ml-1m"),
        ("ML_32M", "ml-32m"),
        ("latest", "ml-latest"),
        ("ml-small", "ml-latest-small"),
        ("latest small", "ml-latest-small"),
    ],
)
def test_a_name_is_understood_in_any_spelling(typed: str, name: str) -> None:
    assert edition_name(typed) == name


@pytest.mark.parametrize("typed", ["", "ml", "ml-2m", "mine", "ml-100kk", "movielens", "۱m"])
def test_another_name_stays_as_it_is(typed: str) -> None:
    assert edition_name(typed) == typed


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_a_file_matches_its_checksum(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    expected = hashlib.new(kind, b"abc").hexdigest()
    assert matches(path, f"{kind}:{expected}")
    assert not matches(path, f"{kind}:{expected[::-1]}")


@pytest.mark.parametrize("folder", ["ml-100k/", ""])
def test_an_archive_is_read_with_and_without_its_folder(tmp_path: Path, folder: str) -> None:
    contents = tiny_contents() | {"mku.sh": b"text"}
    dataset = TINY.read(write_zip(tmp_path / "some.zip", contents, folder), "some.zip")
    assert (dataset.name, len(dataset.ratings)) == ("ml-100k", 5)


@pytest.mark.parametrize("given", ["data/ml-100k", "data"])
def test_a_folder_is_read_from_itself_and_from_the_one_above(tmp_path: Path, given: str) -> None:
    write_folder(tmp_path / "data" / "ml-100k", tiny_contents())
    assert len(TINY.read(tmp_path / given, given).ratings) == 5


def test_the_original_archive_is_known_by_its_own_checksum(path: Path) -> None:
    wrong = dict.fromkeys(TINY.files, "0" * 32)  # they are not looked at
    original = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert len(replace(TINY, files=wrong, checksum=original).read(path, "").ratings) == 5
    is_refused(path, "these files differ", replace(TINY, files=wrong))


def test_files_that_differ_are_named(tmp_path: Path) -> None:
    other = tiny_contents(u_item=b"1\n", ua_test=b"1\n")
    for path in (
        write_folder(tmp_path / "folder", other),
        write_zip(tmp_path / "other.zip", other),
    ):
        is_refused(path, r"is not MovieLens 100K: these files differ: u\.item, ua\.test\.\n")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    contents = tiny_contents()
    del contents["u4.test"]
    is_refused(write_zip(tmp_path / "some.zip", contents), r"it lacks ml-100k/u4\.test\.\n")
    is_refused(write_folder(tmp_path / "folder", contents), r"it lacks ml-100k/u4\.test\.\n")
    is_refused(write_zip(tmp_path / "foreign.zip", {"a.txt": b""}), r"it lacks ml-100k/u\.genre")


def test_an_edition_known_by_its_archive_alone_must_be_that_archive(path: Path) -> None:
    edition = replace(TINY, files={})
    is_refused(path, "is not MovieLens 100K: its checksum differs", edition)
    original = replace(edition, checksum=f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}")
    assert len(original.read(path, "").ratings) == 5


def test_an_edition_that_changes_is_whatever_has_its_files(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "x.zip", tiny_contents(), "ml-latest/")
    assert CHANGING.read(archive, "x").name == "ml-latest"
    is_refused(
        write_zip(tmp_path / "y.zip", {"u.data": b""}, ""), "lacks ml-latest/u.item", CHANGING
    )


@pytest.mark.parametrize("edition", [TINY, CHANGING], ids=["by files", "by layout"])
@pytest.mark.parametrize("inner", [True, False])
def test_a_folder_is_packed_with_the_paths_of_the_original(
    edition: Edition, inner: bool, tmp_path: Path
) -> None:
    contents = tiny_contents()
    folder = tmp_path / edition.folder if inner else tmp_path / "mine"
    write_folder(folder, contents | {"private.txt": b"x"})
    file = io.BytesIO()
    edition.pack(tmp_path if inner else folder, file)
    with zipfile.ZipFile(file) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {edition.folder + name: data for name, data in contents.items()}


def test_what_is_no_archive_is_refused_and_an_address_is_not_to_be_imported(path: Path) -> None:
    path.write_bytes(b"<html>")
    is_refused(path, "is not a readable zip archive")
    with pytest.raises(IntegrityError, match=r"https://x\.example/ml is not a") as caught:
        TINY.read(path, "https://x.example/ml")
    assert "movierec import" not in caught.value.hint
    with pytest.raises(DataError, match="There is no file or folder gone"):
        TINY.read(path.with_name("gone"), "gone")


def test_the_packaged_archive_has_the_published_files_and_its_terms() -> None:
    (edition,) = [edition for edition in EDITIONS.values() if edition.is_packaged]
    assert edition.packaged_archive is not None
    with zipfile.ZipFile(edition.packaged_archive) as archive:
        readme = archive.read("ml-latest-small/README.txt").decode()
    assert "redistribute" in readme
    assert len(edition.read(edition.packaged_archive, "").ratings) == 100_836
    assert EDITIONS["ml-1m"].packaged_archive is None


@pytest.mark.ml100k
def test_the_real_archive_is_verified_file_by_file(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as real:
        real.extractall(tmp_path)
    edition = EDITIONS["ml-100k"]
    assert edition.read(tmp_path, "").checksum() == edition.read(archive, "").checksum()
    with (tmp_path / "ml-100k" / "u3.test").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(IntegrityError, match=r"these files differ: u3\.test\.\n"):
        edition.read(tmp_path, "folder")
