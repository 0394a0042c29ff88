"""A data set is found by its name; a damaged file is prepared again or refused, never used."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core import files
from movierec_cli.core.data import install, registry, store, synthetic
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.helpers import RecordedProgress, write_zip

Tiny = dict[str, bytes]


@pytest.fixture
def checksum(tiny: Tiny, paths: Paths, tmp_path: Path) -> str:
    """Bring the tiny edition into the cache; return its checksum."""
    source = write_zip(tmp_path / "mine.zip", tiny)
    return install.bring(registry.EDITIONS["ml-100k"], source, paths).checksum()


def cached(paths: Paths) -> list[str]:
    return sorted(path.name for path in paths.cache.iterdir()) if paths.cache.exists() else []


def test_the_files_of_movielens_100k_are_pinned() -> None:
    edition = registry.EDITIONS[registry.DEFAULT_DATASET]
    assert edition.url == "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
    assert edition.files["u.data"] == "6e47046882bad158b0efbb84cd5cb987"
    assert {f"{fold}.test" for fold in edition.folds} <= set(edition.files)


def test_without_an_archive_the_error_names_the_download(paths: Paths) -> None:
    with pytest.raises(DataError, match="MovieLens 100K is not in ") as caught:
        registry.load_dataset("ml-100k", paths)
    assert caught.value.hint == "Get it with: movierec download"
    assert cached(paths) == []


def test_the_prepared_form_is_enough(checksum: str, paths: Paths) -> None:
    registry.archive_path("ml-100k", paths).unlink()
    assert registry.load_dataset("ml-100k", paths).checksum() == checksum


def test_a_damaged_prepared_form_is_prepared_again(checksum: str, paths: Paths) -> None:
    prepared = registry.parsed_path("ml-100k", paths)
    with np.load(prepared) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["ratings.values"][0] = 4
    np.savez(prepared, **arrays)
    progress = RecordedProgress()
    assert registry.load_dataset("ml-100k", paths, progress).checksum() == checksum
    ((_, message),) = progress.of("note")
    assert "is damaged" in message
    assert store.load(prepared).checksum() == checksum


def test_the_prepared_form_of_another_data_set_is_prepared_again(
    checksum: str, paths: Paths
) -> None:
    registry.load_dataset(SMALL, paths)
    registry.parsed_path(SMALL, paths).replace(registry.parsed_path("ml-100k", paths))
    with pytest.raises(IntegrityError, match=rf"ml-100k\.npz holds another data set: {SMALL}"):
        registry.load_prepared("ml-100k", paths)
    assert registry.load_dataset("ml-100k", paths).checksum() == checksum
    assert registry.load_prepared("ml-100k", paths).checksum() == checksum


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
    for name, n_ratings in (("ml-100k", 5), (SMALL, 5_000)):
        assert len(registry.load_dataset(name, paths, progress).ratings) == n_ratings
    notes = [message for _, message in progress.of("note")]
    assert len(notes) == 2
    assert "ml-100k.npz: Read-only file system" in notes[0]
    assert cached(paths) == ["ml-100k.zip"]


def test_synthetic_data_is_generated_once(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    first = registry.load_dataset(SMALL, paths)
    assert cached(paths) == [f"{SMALL}.npz"]
    monkeypatch.delattr(synthetic, "generate")
    again = registry.load_dataset(SMALL, paths)
    assert (again.name, again.checksum()) == (SMALL, first.checksum())


@pytest.mark.parametrize("name", ["ml-100k", "synthetic", SMALL])
def test_a_known_name(name: str) -> None:
    assert registry.is_known(name)


@pytest.mark.parametrize(
    "name",
    ["ml-20m", "", "synthetic-", "synthetic-1x1", "synthetic-1x1x1", "../synthetic", "a" * 300],
)
def test_an_unknown_name_is_refused(name: str, paths: Paths) -> None:
    assert not registry.is_known(name)
    with pytest.raises(UsageError):
        registry.load_dataset(name, paths)
    assert cached(paths) == []
