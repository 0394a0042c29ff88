"""A data set is found by its name; what is damaged is made anew or refused, never used."""

import errno
import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core import files
from movierec_cli.core.data import download as network
from movierec_cli.core.data import movielens, registry, store, synthetic
from movierec_cli.core.errors import DataError, IntegrityError, NetworkError, UsageError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import Answer, RecordedProgress, Site, write_zip

Tiny = dict[str, bytes]


@pytest.fixture
def tiny_zip(tiny: Tiny, tmp_path: Path) -> Path:
    return write_zip(tmp_path / "downloads" / "mine.zip", tiny)


def cached(paths: Paths) -> list[str]:
    return sorted(path.name for path in paths.cache.iterdir()) if paths.cache.exists() else []


def write_folder(folder: Path, contents: Tiny) -> Path:
    folder.mkdir(parents=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def test_an_archive_is_brought_into_the_cache(tiny: Tiny, tiny_zip: Path, paths: Paths) -> None:
    dataset = registry.bring(tiny_zip, paths)
    assert dataset.checksum() == movielens.parse(tiny).checksum()
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]
    assert (paths.cache / "ml-100k.zip").read_bytes() == tiny_zip.read_bytes()
    assert registry.load_dataset("ml-100k", paths).checksum() == dataset.checksum()


@pytest.mark.parametrize("given", ["folder/ml-100k", "folder"])
def test_a_folder_and_the_one_above_are_brought(
    tiny: Tiny, tmp_path: Path, paths: Paths, given: str
) -> None:
    write_folder(tmp_path / "folder" / "ml-100k", tiny)
    dataset = registry.bring(tmp_path / given, paths)
    assert dataset.checksum() == movielens.parse(tiny).checksum()
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]
    assert movielens.read_archive(paths.cache / "ml-100k.zip", "") == tiny


def test_where_there_is_nothing_nothing_is_brought(tmp_path: Path, paths: Paths) -> None:
    with pytest.raises(DataError, match=r"There is no file or folder .*gone\.zip") as caught:
        registry.bring(tmp_path / "gone.zip", paths)
    assert "ml-100k.zip" in caught.value.hint
    assert cached(paths) == []


def test_other_files_are_refused_and_the_cache_stays_as_it_was(
    tiny: Tiny, tiny_zip: Path, tmp_path: Path, paths: Paths
) -> None:
    registry.bring(tiny_zip, paths)
    before = {path.name: path.read_bytes() for path in paths.cache.iterdir()}
    other = tiny | {"u.user": tiny["u.user"].replace(b"85711", b"85712")}
    for source in (
        write_zip(tmp_path / "other.zip", other),
        write_folder(tmp_path / "other", other),
    ):
        with pytest.raises(IntegrityError, match=r"not the files of MovieLens 100K: u\.user"):
            registry.bring(source, paths)
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        registry.bring(Path(__file__), paths)
    assert {path.name: path.read_bytes() for path in paths.cache.iterdir()} == before


def test_without_an_archive_it_tells_how_to_get_one(paths: Paths) -> None:
    with pytest.raises(DataError, match="MovieLens 100K is not in ") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Get it with: movierec download"
    assert cached(paths) == []


def test_the_parsed_form_is_enough(tiny_zip: Path, paths: Paths) -> None:
    registry.bring(tiny_zip, paths)
    registry.archive_path(paths).unlink()
    assert len(registry.load_dataset("ml-100k", paths).ratings) == 5


def test_a_damaged_parsed_form_is_made_anew_from_the_archive(tiny_zip: Path, paths: Paths) -> None:
    expected = registry.bring(tiny_zip, paths).checksum()
    parsed = registry.parsed_path("ml-100k", paths)
    with np.load(parsed) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["ratings.values"][0] = 4
    np.savez(parsed, **arrays)
    progress = RecordedProgress()
    assert registry.load_dataset("ml-100k", paths, progress).checksum() == expected
    (note,) = progress.of("note")
    assert "is damaged" in note[1]
    assert "Making it anew" in note[1]
    assert store.load(parsed).checksum() == expected


def test_the_parsed_form_of_another_data_set_is_made_anew(tiny_zip: Path, paths: Paths) -> None:
    expected = registry.bring(tiny_zip, paths).checksum()
    registry.load_dataset(SMALL, paths)
    registry.parsed_path(SMALL, paths).replace(registry.parsed_path("ml-100k", paths))
    with pytest.raises(IntegrityError, match=rf"ml-100k\.npz holds another data set: {SMALL}"):
        registry.load_prepared("ml-100k", paths)
    assert registry.load_dataset("ml-100k", paths).checksum() == expected
    assert registry.load_prepared("ml-100k", paths).checksum() == expected


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ml-100k", True),
        ("synthetic", True),
        (SMALL, True),
        ("synthetic-1x1x1", False),
        ("ml-20m", False),
        ("", False),
    ],
)
def test_which_data_sets_there_are(name: str, known: bool) -> None:
    assert registry.is_known(name) is known


def test_a_damaged_archive_is_refused(tiny: Tiny, tiny_zip: Path, paths: Paths) -> None:
    registry.bring(tiny_zip, paths)
    registry.parsed_path("ml-100k", paths).unlink()
    write_zip(registry.archive_path(paths), tiny | {"u.data": b"1\t1\t1\t1\n"})
    with pytest.raises(IntegrityError, match=r"u\.data") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Fetch the original with: movierec download --force"


def test_a_cache_that_cannot_be_written_to_is_read_all_the_same(
    tiny_zip: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.bring(tiny_zip, paths)
    registry.parsed_path("ml-100k", paths).unlink()

    def read_only(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(files.tempfile, "mkstemp", read_only)
    progress = RecordedProgress()
    for name, n_ratings in (("ml-100k", 5), (SMALL, 5_000)):
        assert len(registry.load_dataset(name, paths, progress).ratings) == n_ratings
    first, second = (message for _, message in progress.of("note"))
    assert first.endswith("ml-100k.npz: Read-only file system. Going on without keeping it.")
    assert second.endswith("Going on without keeping it.")
    assert cached(paths) == ["ml-100k.zip"]


def test_made_up_data_is_made_once_and_kept(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    first = registry.load_dataset(SMALL, paths)
    assert cached(paths) == [f"{SMALL}.npz"]
    monkeypatch.delattr(synthetic, "generate")
    again = registry.load_dataset(SMALL, paths)
    assert (again.name, again.checksum()) == (SMALL, first.checksum())


@pytest.mark.parametrize(
    "name", ["ml-20m", "", "synthetic-", "synthetic-1x1", "synthetic-9x9x9x9", "../synthetic"]
)
def test_an_unknown_name_is_refused(name: str, paths: Paths) -> None:
    with pytest.raises(UsageError) as caught:
        registry.load_dataset(name, paths)
    assert "synthetic-USERSxFILMSxRATINGS" in caught.value.hint
    assert cached(paths) == []


def test_a_mirror_gives_the_data_set(tiny_zip: Path, paths: Paths, site: Site) -> None:
    site.answers = [Answer(tiny_zip.read_bytes())]
    progress = RecordedProgress()
    dataset = registry.download(paths, f"{site.url}/ml.zip", False, progress)
    assert len(dataset.ratings) == 5
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]
    assert progress.calls[0] == ("start", "Downloading", tiny_zip.stat().st_size)


def test_a_mirror_with_other_files_is_refused(
    tiny: Tiny, tiny_zip: Path, paths: Paths, site: Site, tmp_path: Path
) -> None:
    registry.bring(tiny_zip, paths)
    before = {path.name: path.read_bytes() for path in paths.cache.iterdir()}
    other = write_zip(tmp_path / "other.zip", tiny | {"u.item": b"x"})
    for body, what in ((other.read_bytes(), r"u\.item"), (b"<html>", "not a readable zip")):
        site.answers = [Answer(body)]
        with pytest.raises(IntegrityError, match=what) as caught:
            registry.download(paths, site.url, False)
        assert caught.value.message.startswith(site.url)
    assert {path.name: path.read_bytes() for path in paths.cache.iterdir()} == before


def test_a_mirror_that_breaks_off_without_saying_so_is_refused(
    tiny_zip: Path, paths: Paths, site: Site
) -> None:
    site.answers = [Answer(tiny_zip.read_bytes()[:-200], length=None)]
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        registry.download(paths, site.url, False)
    assert cached(paths) == []


def test_what_breaks_while_it_is_copied_is_not_kept(
    tiny_zip: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.bring(tiny_zip, paths)
    before = {path.name: path.read_bytes() for path in paths.cache.iterdir()}
    monkeypatch.setattr(
        registry.shutil, "copyfileobj", lambda source, target: target.write(source.read()[:-9])
    )
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        registry.bring(tiny_zip, paths)
    assert {path.name: path.read_bytes() for path in paths.cache.iterdir()} == before


def test_a_damaged_archive_is_fetched_anew(
    tiny_zip: Path, paths: Paths, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = tiny_zip.read_bytes()
    monkeypatch.setattr(movielens, "URL", site.url)
    monkeypatch.setattr(movielens, "ARCHIVE_SIZE", len(body))
    monkeypatch.setattr(movielens, "ARCHIVE_SHA256", hashlib.sha256(body).hexdigest())
    site.answers = [Answer(body)]
    registry.bring(tiny_zip, paths)
    registry.archive_path(paths).write_bytes(body[:-200])  # a partial file
    progress = RecordedProgress()
    assert len(registry.download(paths, None, False, progress).ratings) == 5
    assert registry.archive_path(paths).read_bytes() == body
    (note,) = progress.of("note")
    assert note[1].endswith("Fetching it anew.")
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]


def test_what_is_there_already_is_not_fetched_again(
    tiny_zip: Path, paths: Paths, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.bring(tiny_zip, paths)
    registry.parsed_path("ml-100k", paths).unlink()
    monkeypatch.setattr(movielens, "URL", site.url)
    assert len(registry.download(paths, None, False).ratings) == 5
    assert site.requests == []
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]


def test_what_is_forced_is_fetched_from_the_official_address(
    tiny_zip: Path, paths: Paths, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.bring(tiny_zip, paths)
    monkeypatch.setattr(movielens, "URL", f"{site.url}/official.zip")
    with pytest.raises(NetworkError, match="answers 404"):
        registry.download(paths, None, True)
    assert site.requests == ["/official.zip"]
    assert cached(paths) == ["ml-100k.npz", "ml-100k.zip"]


def test_the_official_archive_has_to_be_the_one_that_was_published(
    tiny_zip: Path, paths: Paths, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(movielens, "URL", site.url)
    site.answers = [Answer(tiny_zip.read_bytes())]
    with pytest.raises(IntegrityError, match=r"not 4,924,029 bytes with 50d2a982c6698693"):
        registry.download(paths, None, False)
    assert cached(paths) == []


def test_the_official_address_is_https() -> None:
    assert movielens.URL.startswith("https://files.grouplens.org/")


def test_only_an_address_that_is_given_may_be_http(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = "http://films.example/ml.zip"
    monkeypatch.setattr(network, "RETRY_PAUSES", ())
    with pytest.raises(NetworkError, match="cannot be reached"):  # it was tried
        registry.download(paths, plain, False)
    monkeypatch.setattr(movielens, "URL", plain)
    with pytest.raises(NetworkError, match="is not an https address"):
        registry.download(paths, None, False)
    assert cached(paths) == []


def test_without_a_network_the_download_fails_as_such(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "RETRY_PAUSES", ())
    with pytest.raises(NetworkError) as caught:
        registry.download(paths, None, False)
    assert "movierec download --from ml-100k.zip" in caught.value.hint
    assert cached(paths) == []


@pytest.mark.ml100k
def test_the_real_archive_is_brought_and_loads_back(archive: Path, paths: Paths) -> None:
    brought = registry.bring(archive, paths)
    assert len(brought.ratings) == 100_000
    assert registry.load_dataset("ml-100k", paths).checksum() == brought.checksum()


@pytest.mark.ml100k
def test_the_real_archive_unpacked_is_the_same_data_set(
    archive: Path, paths: Paths, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as whole:
        whole.extractall(tmp_path / "unpacked")
    from_folder = registry.bring(tmp_path / "unpacked", paths)
    assert from_folder.checksum() == registry.bring(archive, paths).checksum()


@pytest.mark.parametrize("name", ["a" * 81, "a" * 300])
def test_a_name_that_no_file_can_have_is_unknown(name: str, paths: Paths) -> None:
    paths.cache.mkdir(parents=True)
    with pytest.raises(UsageError, match="There is no data set"):
        registry.load_dataset(name, paths)


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "nul\0"])
def test_a_path_that_cannot_be_looked_at_holds_nothing(name: str, paths: Paths) -> None:
    with pytest.raises(DataError, match="There is no file or folder"):
        registry.bring(Path(name), paths)
