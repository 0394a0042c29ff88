"""A data set is found by its name; a damaged file is prepared again or refused, never used."""

import errno
import os
from pathlib import Path

import pytest

from movierec_cli.core import files
from movierec_cli.core.data import install, registry, synthetic
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import RecordedProgress, names, write_zip

Tiny = dict[str, bytes]


@pytest.fixture
def checksum(tiny: Tiny, paths: Paths, tmp_path: Path) -> str:
    """Bring the tiny edition into the cache; return its checksum."""
    source = write_zip(tmp_path / "mine.zip", tiny)
    return install.bring(registry.EDITIONS["ml-100k"], source, paths).checksum()


def test_without_an_archive_the_error_names_the_download(paths: Paths) -> None:
    with pytest.raises(DataError, match="MovieLens 100K is not in ") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Get it with: movierec download"
    assert names(paths.cache) == []


def test_the_prepared_form_is_enough(checksum: str, paths: Paths) -> None:
    registry.archive_path("ml-100k", paths).unlink()
    assert registry.load_dataset("ml-100k", paths).checksum() == checksum


def test_a_damaged_prepared_form_is_prepared_again(checksum: str, paths: Paths) -> None:
    registry.parsed_path("ml-100k", paths).write_bytes(b"damaged")
    progress = RecordedProgress()
    assert registry.load_dataset("ml-100k", paths, progress).checksum() == checksum
    ((_, message),) = progress.of("note")
    assert "cannot be read" in message
    assert registry.load_prepared("ml-100k", paths).checksum() == checksum


def test_the_prepared_form_of_another_data_set_is_prepared_again(
    checksum: str, paths: Paths
) -> None:
    registry.load_dataset(SMALL, paths)
    registry.parsed_path(SMALL, paths).replace(registry.parsed_path("ml-100k", paths))
    with pytest.raises(IntegrityError, match=rf"ml-100k\.npz holds another data set: {SMALL}"):
        registry.load_prepared("ml-100k", paths)
    assert registry.load_dataset("ml-100k", paths).checksum() == checksum


def test_a_damaged_archive_is_refused(checksum: str, tiny: Tiny, paths: Paths) -> None:
    registry.parsed_path("ml-100k", paths).unlink()
    write_zip(registry.archive_path("ml-100k", paths), tiny | {"u.data": b"1\t1\t1\t1\n"})
    with pytest.raises(IntegrityError, match=r"u\.data") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Fetch the original with: movierec download --force"


def test_a_cache_that_cannot_be_written_to_is_still_read(
    checksum: str, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.parsed_path("ml-100k", paths).unlink()

    def read_only(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(files.tempfile, "mkstemp", read_only)
    progress = RecordedProgress()
    assert len(registry.load_dataset("ml-100k", paths, progress).ratings) == 5
    ((_, message),) = progress.of("note")
    assert "ml-100k.npz: Read-only file system" in message
    assert names(paths.cache) == ["ml-100k.zip"]


def test_synthetic_data_is_generated_once(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    first = registry.load_dataset(SMALL, paths)
    assert names(paths.cache) == [f"{SMALL}.npz"]
    monkeypatch.delattr(synthetic, "generate")
    again = registry.load_dataset(SMALL, paths)
    assert (again.name, again.checksum()) == (SMALL, first.checksum())


@pytest.mark.parametrize("name", ["ml-20m", "", "synthetic-1x1x1", "../synthetic", "a" * 300])
def test_an_unknown_name_is_refused(name: str, paths: Paths) -> None:
    assert not registry.is_known(name)
    with pytest.raises(UsageError):
        registry.load_dataset(name, paths)
    assert names(paths.cache) == []
