"""A data set is found by its name; a damaged file is prepared again or refused, never used."""

import errno
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import install, registry, store, synthetic
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import RecordedProgress, names, write_zip

Tiny = dict[str, bytes]


@pytest.fixture
def checksum(tiny: Tiny, paths: Paths, tmp_path: Path) -> str:
    """Bring the tiny edition into the cache; return its checksum."""
    source = write_zip(tmp_path / "mine.zip", tiny)
    return install.bring(EDITIONS["ml-100k"], source, paths).checksum()


def test_without_an_archive_the_error_names_the_download(paths: Paths) -> None:
    with pytest.raises(DataError, match="MovieLens 100K is not in ") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Get it with: movierec download ml-100k"
    assert names(paths.cache) == []


def test_the_prepared_form_is_enough(checksum: str, paths: Paths) -> None:
    registry.archive_path("ml-100k", paths).unlink()
    assert registry.load_dataset("ml-100k", paths).checksum() == checksum


def test_a_damaged_prepared_form_is_prepared_again(checksum: str, paths: Paths) -> None:
    registry.prepared_path("ml-100k", paths).write_bytes(b"damaged")
    progress = RecordedProgress()
    assert registry.load_dataset("ml-100k", paths, progress).checksum() == checksum
    ((_, message),) = progress.of("note")
    assert "cannot be read" in message
    assert store.load(registry.prepared_path("ml-100k", paths)).checksum() == checksum


def test_the_prepared_form_of_another_data_set_is_prepared_again(
    checksum: str, paths: Paths
) -> None:
    registry.load_dataset(SMALL, paths)
    registry.prepared_path(SMALL, paths).replace(registry.prepared_path("ml-100k", paths))
    progress = RecordedProgress()
    assert registry.load_dataset("ml-100k", paths, progress).checksum() == checksum
    ((_, message),) = progress.of("note")
    assert f"ml-100k.safetensors holds another data set: {SMALL}" in message


def test_a_damaged_archive_is_refused(checksum: str, tiny: Tiny, paths: Paths) -> None:
    registry.prepared_path("ml-100k", paths).unlink()
    write_zip(registry.archive_path("ml-100k", paths), tiny | {"u.data": b"1\t1\t1\t1\n"})
    with pytest.raises(IntegrityError, match=r"u\.data") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint.startswith("Get the original with: movierec download ml-100k --force")


def test_a_cache_that_cannot_be_written_to_is_still_read(
    checksum: str, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.prepared_path("ml-100k", paths).unlink()

    def read_only(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(files.tempfile, "mkstemp", read_only)
    progress = RecordedProgress()
    assert len(registry.load_dataset("ml-100k", paths, progress).ratings) == 5
    ((_, message),) = progress.of("note")
    assert "ml-100k.safetensors cannot be written: Read-only file system" in message
    assert names(paths.cache) == ["ml-100k.zip"]


def test_synthetic_data_is_generated_once(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    first = registry.load_dataset(SMALL, paths)
    assert names(paths.cache) == [f"{SMALL}.safetensors"]
    monkeypatch.delattr(synthetic, "generate")
    again = registry.load_dataset(SMALL, paths)
    assert (again.name, again.checksum()) == (SMALL, first.checksum())


def test_data_that_does_not_fit_the_disk_is_not_generated(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: SimpleNamespace(free=29_000))
    monkeypatch.delattr(synthetic, "generate")
    with pytest.raises(DataError, match=r"30\.0 kB are needed, and 29\.0 kB are free"):
        registry.load_dataset("synthetic-60x80x1500", paths)


def test_the_packaged_edition_is_there_without_a_download(paths: Paths) -> None:
    assert len(registry.load_dataset("ml-latest-small", paths).ratings) == 100_836
    assert names(paths.cache) == ["ml-latest-small.safetensors"]


@pytest.mark.parametrize(
    "name",
    ["mine", "ml-2m", "", "synthetic-1x1x1", "../synthetic", "a" * 300, "a\0b", "/etc/passwd"],
)
def test_an_unknown_name_is_refused(name: str, paths: Paths) -> None:
    assert not registry.is_known(name, paths)
    with pytest.raises(UsageError):
        registry.load_dataset(name, paths)
    assert names(paths.cache) == []


def imported(name: str, small: Dataset, paths: Paths) -> Dataset:
    """Keep a synthetic data set as an imported one."""
    dataset = replace(small, name=name)
    store.save(dataset, registry.imported_path(name, paths))
    return dataset


def test_an_imported_data_set_is_loaded_by_its_name(small: Dataset, paths: Paths) -> None:
    own = imported("mine", small, paths)
    assert registry.list_imported(paths) == ["mine"]
    assert registry.is_known("mine", paths)
    assert registry.load_dataset("mine", paths).checksum() == own.checksum()
    assert names(paths.cache) == []


def test_an_error_lists_the_editions_and_the_imported_data_sets(
    small: Dataset, paths: Paths
) -> None:
    imported("mine", small, paths)
    with pytest.raises(UsageError, match="There is no data set 'yours'") as caught:
        registry.known_name("yours", paths)
    for name in (*EDITIONS, "mine", "synthetic", "movierec import"):
        assert name in caught.value.hint


@pytest.mark.parametrize("typed", ["ml100k", "MovieLens-100K", "100k", "ml-100k"])
def test_an_edition_is_found_in_any_spelling(typed: str, checksum: str, paths: Paths) -> None:
    assert registry.known_name(typed, paths) == "ml-100k"
    assert registry.load_dataset(typed, paths).checksum() == checksum


def test_an_imported_name_is_taken_as_it_is(small: Dataset, paths: Paths) -> None:
    imported("1m", small, paths)
    assert registry.known_name("1m", paths) == "1m"
    assert registry.known_name("ml1m", paths) == "ml-1m"


def test_a_damaged_import_is_refused_and_stays(small: Dataset, paths: Paths) -> None:
    imported("mine", small, paths)
    path = registry.imported_path("mine", paths)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match="is not complete"):
        registry.load_dataset("mine", paths)
    imported("other", small, paths)
    registry.imported_path("other", paths).replace(path)
    with pytest.raises(IntegrityError, match="holds another data set: other"):
        registry.load_dataset("mine", paths)
    assert path.exists()


def test_an_imported_data_set_is_removed(
    small: Dataset, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="There is no imported data set 'mine'") as caught:
        registry.remove_imported("mine", paths)
    assert caught.value.hint == ""
    imported("mine", small, paths)
    with pytest.raises(DataError, match="'other'") as caught:
        registry.remove_imported("other", paths)
    assert caught.value.hint == "There are: mine"
    with monkeypatch.context() as patch:

        def refuse(_: Path) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(DataError, match="Read-only file system"):
            registry.remove_imported("mine", paths)
    registry.remove_imported("mine", paths)
    assert registry.list_imported(paths) == []
