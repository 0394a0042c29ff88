"""An edition or an import is put in place complete and verified, or all stays as it was."""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import editions, registry, store
from movierec_cli.core.data.editions import EDITIONS, Edition
from movierec_cli.core.data.install import (
    bring,
    check_import_name,
    download,
    keep_import,
    read_import,
)
from movierec_cli.core.data.readers.own_files import OwnFiles
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths
from tests.helpers import (
    Answer,
    RecordedProgress,
    Site,
    edition_of,
    names,
    tiny_contents,
    write_folder,
    write_zip,
)

TINY = edition_of(tiny_contents())
OWN = "user,film,rating\nann,x,5\nann,y,3\nbob,x,1\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "downloads" / "mine.zip", tiny_contents())


@pytest.fixture
def official(source: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """The tiny edition, published at the site."""
    body = source.read_bytes()
    site.answers = [Answer(body)]
    monkeypatch.setattr(editions, "_SITE", f"{site.url}/")
    checksum = f"sha256:{hashlib.sha256(body).hexdigest()}"
    return replace(TINY, mirrors=(), checksum=checksum, bytes=len(body))


@pytest.fixture
def own(tmp_path: Path) -> OwnFiles:
    """A person's table of ratings."""
    path = tmp_path / "own.csv"
    path.write_text(OWN)
    return OwnFiles(path)


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Check that the block leaves the folder as it was."""
    before = kept(folder)
    try:
        yield
    finally:
        assert kept(folder) == before


def is_installed(paths: Paths) -> bool:
    prepared = store.load(registry.prepared_path("ml-100k", paths))
    archive = TINY.read(registry.archive_path("ml-100k", paths), "")
    return (
        names(paths.cache) == ["ml-100k.safetensors", "ml-100k.zip"]
        and prepared.checksum() == archive.checksum()
    )


def test_an_archive_is_brought_as_it_is(source: Path, paths: Paths) -> None:
    assert len(bring(TINY, source, paths).ratings) == 5
    assert is_installed(paths)
    assert kept(paths.cache)["ml-100k.zip"] == source.read_bytes()


def test_a_folder_is_brought_and_packed(tmp_path: Path, paths: Paths) -> None:
    write_folder(tmp_path / "data" / "ml-100k", tiny_contents())
    assert len(bring(TINY, tmp_path / "data", paths).ratings) == 5
    assert is_installed(paths)
    assert "ml-100k/u.data" in zipfile.ZipFile(paths.cache / "ml-100k.zip").namelist()


def test_a_folder_of_the_edition_that_changes_can_be_read_again(
    tmp_path: Path, paths: Paths
) -> None:
    small = EDITIONS["ml-latest-small"]
    assert small.packaged_archive is not None
    with zipfile.ZipFile(small.packaged_archive) as archive:
        archive.extractall(tmp_path)
    latest = EDITIONS["ml-latest"]
    brought = bring(latest, tmp_path / "ml-latest-small", paths)
    registry.prepared_path("ml-latest", paths).unlink()
    assert registry.load_dataset("ml-latest", paths).checksum() == brought.checksum()


@pytest.mark.parametrize("name", ["gone.zip", "x" * 300])
def test_a_path_with_nothing_is_refused(name: str, paths: Paths) -> None:
    with (
        pytest.raises(DataError, match="There is no file or folder") as caught,
        unchanged(paths.cache),
    ):
        bring(TINY, Path(name), paths)
    assert "ml-100k.zip" in caught.value.hint


def test_an_archive_that_may_not_be_read_is_refused(
    source: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def denied(path: Path, *mode: str) -> Any:  # the superuser may read everything
        if path == source:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *mode)

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(DataError, match=r"mine\.zip cannot be read: Permission denied"):
        bring(TINY, source, paths)
    assert names(paths.cache) == []


def test_an_archive_that_does_not_fit_the_disk_is_refused_before_it_is_copied(
    source: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 4 * source.stat().st_size - 1  # the archive, and three times as much to prepare it
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(DataError, match="are needed"), unchanged(paths.cache):
        bring(TINY, source, paths)


def test_other_files_are_refused(source: Path, tmp_path: Path, paths: Paths) -> None:
    bring(TINY, source, paths)
    other = tiny_contents(u_user=b"1|24|M|writer|85712\n")
    for path in (
        write_zip(tmp_path / "other.zip", other),
        write_folder(tmp_path / "other", other),
    ):
        with pytest.raises(IntegrityError, match=r"u\.user") as caught, unchanged(paths.cache):
            bring(TINY, path, paths)
        assert caught.value.message.startswith(str(path))
    with pytest.raises(IntegrityError, match="not a readable zip"), unchanged(paths.cache):
        bring(TINY, Path(__file__), paths)


def test_another_address_may_pack_the_same_files_anew(
    source: Path, paths: Paths, site: Site, tmp_path: Path
) -> None:
    site.answers = [Answer(source.read_bytes())]
    assert len(download(TINY, paths, f"{site.url}/ml.zip").ratings) == 5
    assert is_installed(paths)
    other = write_zip(tmp_path / "other.zip", tiny_contents(u_item=b"x")).read_bytes()
    for body, reason in ((other, r"u\.item"), (b"<html>", "not a readable zip")):
        site.answers = [Answer(body)]
        with pytest.raises(IntegrityError, match=reason) as caught, unchanged(paths.cache):
            download(TINY, paths, site.url)
        assert caught.value.message.startswith(site.url)


def test_a_cached_archive_is_not_downloaded_again_without_force(
    official: Edition, source: Path, paths: Paths, site: Site
) -> None:
    bring(TINY, source, paths)
    registry.prepared_path("ml-100k", paths).unlink()
    assert len(download(official, paths).ratings) == 5
    assert site.requests == []
    assert is_installed(paths)
    download(official, paths, force=True)
    assert site.requests == ["/ml-100k.zip"]


def test_the_packaged_edition_needs_no_network(paths: Paths) -> None:
    dataset = download(EDITIONS["ml-latest-small"], paths)
    assert len(dataset.ratings) == 100_836
    assert names(paths.cache) == ["ml-latest-small.safetensors"]


def test_a_damaged_archive_is_downloaded_again(
    official: Edition, source: Path, paths: Paths
) -> None:
    bring(TINY, source, paths)
    registry.archive_path("ml-100k", paths).write_bytes(source.read_bytes()[:-200])
    progress = RecordedProgress()
    assert len(download(official, paths, progress=progress).ratings) == 5
    ((_, message),) = progress.of("note")
    assert message.endswith("Downloading it again.")
    assert is_installed(paths)


def test_the_official_archive_must_be_the_published_one(official: Edition, paths: Paths) -> None:
    edition = replace(official, checksum=EDITIONS["ml-100k"].checksum)
    with pytest.raises(IntegrityError, match="sent another file"), unchanged(paths.cache):
        download(edition, paths)


@pytest.mark.ml100k
def test_the_real_archive_is_brought_and_loads_back(archive: Path, paths: Paths) -> None:
    brought = bring(EDITIONS["ml-100k"], archive, paths)
    assert len(brought.ratings) == 100_000
    assert registry.load_dataset("ml-100k", paths).checksum() == brought.checksum()


def test_a_table_is_imported_and_loads_back(own: OwnFiles, paths: Paths) -> None:
    imported = read_import(own, "mine")
    assert str(imported.scale) == "1 to 5"
    assert names(paths.datasets) == []  # nothing is kept before it is confirmed
    path = keep_import(imported, paths)
    assert path == paths.datasets / "mine.safetensors"
    dataset = registry.load_dataset("mine", paths)
    assert dataset.checksum() == imported.dataset.checksum()
    assert dataset.users.ids.tolist() == ["ann", "bob"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_or_an_archive_of_movielens_is_imported(packed: bool, tmp_path: Path) -> None:
    contents = tiny_contents(u_user=b"1|24|M|writer|85711\n")  # not the files of the edition
    path = (
        write_zip(tmp_path / "x.ZIP", contents, "some/folder/")
        if packed
        else write_folder(tmp_path / "x", contents)
    )
    imported = read_import(OwnFiles(path), "mine")
    assert (imported.dataset.name, len(imported.dataset.ratings)) == ("mine", 5)
    assert imported.scale == Scale(1, 5)


@pytest.mark.parametrize("name", ["gone.csv", "gone.zip", "gone"])
def test_a_path_without_ratings_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_import(OwnFiles(tmp_path / name), "mine")


def test_a_new_import_takes_the_place_of_the_old_one(own: OwnFiles, paths: Paths) -> None:
    keep_import(read_import(own, "mine"), paths)
    own.ratings.write_text(OWN + "eve,z,2\n")
    keep_import(read_import(own, "mine"), paths)
    assert len(registry.load_dataset("mine", paths).users) == 3
    assert names(paths.datasets) == ["mine.safetensors"]


@pytest.mark.parametrize(
    "name", ["ml-100k", "ml-1m", "synthetic", "synthetic-20x60x400", "a/b", ""]
)
def test_names_of_other_data_sets_and_impossible_ones_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_import_name(name)
    assert check_import_name("my-films_2.0") == "my-films_2.0"


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_folder_that_cannot_be_written_to_keeps_the_old_import(
    code: int, own: OwnFiles, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_import(read_import(own, "mine"), paths)

    def refuse(**_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(DataError, match=os.strerror(code)), unchanged(paths.datasets):
        keep_import(read_import(own, "mine"), paths)


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs a limit of file sizes")
def test_a_disk_that_fills_up_while_an_import_is_written_keeps_the_old_one(
    own: OwnFiles, paths: Paths
) -> None:
    import resource

    keep_import(read_import(own, "mine"), paths)
    imported = read_import(own, "mine")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(DataError, match="cannot be written") as caught:
            keep_import(imported, paths)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert "MOVIEREC_HOME" in caught.value.hint
    assert names(paths.datasets) == ["mine.safetensors"]
    assert len(registry.load_dataset("mine", paths).ratings) == 3


IMPORT = """
import sys
from pathlib import Path
from movierec_cli.core.data.install import keep_import, read_import
from movierec_cli.core.data.readers.own_files import OwnFiles
from movierec_cli.core.paths import Paths

imported = read_import(OwnFiles(Path(sys.argv[1])), "mine")
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    keep_import(imported, Paths.from_environment())
"""


def test_two_imports_at_once_leave_one_complete_result(
    own: OwnFiles, paths: Paths, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(OWN + "".join(f"u{user},x,4\n" for user in range(5_000)))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for path in (own.ratings, other)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.communicate("go\n")[1] == ""
        assert process.returncode == 0
    assert len(store.verify(registry.imported_path("mine", paths)).users) in (2, 5_002)
    assert names(paths.datasets) == ["mine.safetensors"]


def test_an_import_is_no_part_of_the_cache(own: OwnFiles, paths: Paths) -> None:
    keep_import(read_import(own, "mine"), paths)
    shutil.rmtree(paths.cache, ignore_errors=True)
    assert registry.list_imported(paths) == ["mine"]
