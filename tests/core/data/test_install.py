"""An edition comes into the cache complete and verified, or the cache stays as it was."""

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data import archives, registry
from movierec_cli.core.data.archives import Edition
from movierec_cli.core.data.install import bring, download
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.paths import Paths
from tests.helpers import Answer, RecordedProgress, Site, edition_of, tiny_contents, write_zip

TINY = edition_of(tiny_contents())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "downloads" / "mine.zip", tiny_contents())


@pytest.fixture
def official(source: Path, site: Site) -> Edition:
    """The tiny edition, published at the site."""
    body = source.read_bytes()
    site.answers = [Answer(body)]
    return replace(TINY, url=f"{site.url}/official.zip", sha256=hashlib.sha256(body).hexdigest())


def cached(paths: Paths) -> dict[str, bytes]:
    folder = paths.cache
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@contextmanager
def unchanged(paths: Paths) -> Iterator[None]:
    """Check that the block leaves the cache as it was."""
    before = cached(paths)
    try:
        yield
    finally:
        assert cached(paths) == before


def is_installed(paths: Paths) -> bool:
    prepared = registry.load_prepared("ml-100k", paths)
    archive = TINY.load_archive(registry.archive_path("ml-100k", paths), "")
    return len(cached(paths)) == 2 and prepared.checksum() == archive.checksum()


def test_an_archive_is_brought_as_it_is_and_each_file_verified_once(
    source: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []

    def counted(data: bytes, **options: bool) -> object:
        verified.append(data)
        return md5(data, **options)

    md5 = archives.hashlib.md5
    monkeypatch.setattr(archives.hashlib, "md5", counted)
    assert len(bring(TINY, source, paths).ratings) == 5
    assert sorted(verified) == sorted(tiny_contents().values())
    assert is_installed(paths)
    assert cached(paths)["ml-100k.zip"] == source.read_bytes()


def test_a_folder_is_brought_and_packed(tmp_path: Path, source: Path, paths: Paths) -> None:
    with zipfile.ZipFile(source) as archive:
        archive.extractall(tmp_path / "folder")
    assert len(bring(TINY, tmp_path / "folder", paths).ratings) == 5
    assert is_installed(paths)
    assert "ml-100k/u.data" in zipfile.ZipFile(paths.cache / "ml-100k.zip").namelist()


@pytest.mark.parametrize("name", ["gone.zip", "x" * 300])
def test_a_path_with_nothing_is_refused(name: str, paths: Paths) -> None:
    with pytest.raises(DataError, match="There is no file or folder") as caught, unchanged(paths):
        bring(TINY, Path(name), paths)
    assert "ml-100k.zip" in caught.value.hint


def test_other_files_are_refused(source: Path, tmp_path: Path, paths: Paths) -> None:
    bring(TINY, source, paths)
    archive = write_zip(tmp_path / "other.zip", tiny_contents(u_user=b"1|24|M|writer|85712\n"))
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "other")
    for path in (archive, tmp_path / "other"):
        with pytest.raises(IntegrityError, match=r"u\.user"), unchanged(paths):
            bring(TINY, path, paths)
    with pytest.raises(IntegrityError, match="not a readable zip"), unchanged(paths):
        bring(TINY, Path(__file__), paths)


def test_a_mirror_may_be_http_and_must_have_the_same_files(
    source: Path, paths: Paths, site: Site, tmp_path: Path
) -> None:
    site.answers = [Answer(source.read_bytes())]
    assert len(download(TINY, paths, f"{site.url}/ml.zip").ratings) == 5
    assert is_installed(paths)
    other = write_zip(tmp_path / "other.zip", tiny_contents(u_item=b"x")).read_bytes()
    for body, reason in ((other, r"u\.item"), (b"<html>", "not a readable zip")):
        site.answers = [Answer(body)]
        with pytest.raises(IntegrityError, match=reason) as caught, unchanged(paths):
            download(TINY, paths, site.url)
        assert caught.value.message.startswith(site.url)


def test_a_cached_archive_is_not_downloaded_again_without_force(
    official: Edition, source: Path, paths: Paths, site: Site
) -> None:
    bring(TINY, source, paths)
    registry.parsed_path("ml-100k", paths).unlink()
    assert len(download(official, paths).ratings) == 5
    assert site.requests == []
    assert is_installed(paths)
    download(official, paths, force=True)
    assert site.requests == ["/official.zip"]


def test_a_damaged_archive_is_downloaded_again(
    official: Edition, source: Path, paths: Paths
) -> None:
    bring(TINY, source, paths)
    registry.archive_path("ml-100k", paths).write_bytes(source.read_bytes()[:-200])
    progress = RecordedProgress()
    assert len(download(official, paths, progress=progress).ratings) == 5
    assert len(progress.of("note")) == 1
    assert is_installed(paths)


def test_the_official_archive_must_be_the_published_one(official: Edition, paths: Paths) -> None:
    edition = replace(official, sha256=registry.EDITIONS["ml-100k"].sha256)
    with pytest.raises(IntegrityError, match="sent another file"), unchanged(paths):
        download(edition, paths)


@pytest.mark.ml100k
def test_the_real_archive_is_brought_and_loads_back(archive: Path, paths: Paths) -> None:
    brought = bring(registry.EDITIONS["ml-100k"], archive, paths)
    assert len(brought.ratings) == 100_000
    assert registry.load_dataset("ml-100k", paths).checksum() == brought.checksum()
