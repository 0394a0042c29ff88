"""A stored data set comes back as it was, or is refused."""

import contextlib
import gc
import io
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import IntegrityError, MovierecError

OPEN_FILES = Path("/proc/self/fd")
LEAVES_IT_OPEN = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
"""numpy does not close a file that turns out to be no archive; one test below is about that."""


@pytest.fixture
def collected() -> Iterator[None]:
    """Collect what the test left, while its own filters for warnings are in force."""
    yield
    gc.collect()


@pytest.fixture
def stored(small: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "small.npz"
    store.save(small, path)
    return path


def test_everything_comes_back_as_it_was(small: Dataset, stored: Path) -> None:
    loaded = store.load(stored)
    assert loaded.checksum() == small.checksum()
    assert (loaded.name, loaded.genres, loaded.occupations) == (
        small.name, small.genres, small.occupations,
    )  # fmt: skip
    for table in ("users", "films", "ratings"):
        for column in fields(getattr(small, table)):
            before = getattr(getattr(small, table), column.name)
            after = getattr(getattr(loaded, table), column.name)
            assert after.dtype == before.dtype
            np.testing.assert_array_equal(after, before)
    assert {fold: rows.tolist() for fold, rows in loaded.folds.items()} == {
        fold: rows.tolist() for fold, rows in small.folds.items()
    }


def test_nothing_but_the_file_is_left_in_the_folder(stored: Path) -> None:
    assert [path.name for path in stored.parent.iterdir()] == ["small.npz"]


@LEAVES_IT_OPEN
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.999])
def test_a_truncated_file_is_refused(stored: Path, kept: float, collected: None) -> None:
    data = stored.read_bytes()
    stored.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(stored)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(tmp_path / "none.npz")


def rewrite(path: Path, name: str, array: np.ndarray) -> None:
    """Put another array into a stored file, with all its checksums of the zip format right."""
    with np.load(path) as old:
        arrays = {key: old[key] for key in old.files}
    arrays[name] = array
    np.savez(path, **arrays)


def test_a_value_that_was_altered_is_found_by_the_checksum(small: Dataset, stored: Path) -> None:
    values = small.ratings.values.copy()
    values[17] = 6 - values[17] if values[17] != 3 else 4
    rewrite(stored, "ratings.values", values)
    with pytest.raises(IntegrityError, match="is damaged: its checksum differs"):
        store.load(stored)


def test_a_file_of_another_version_is_refused(stored: Path) -> None:
    rewrite(stored, "format", np.array(store.FORMAT + 1))
    with pytest.raises(IntegrityError, match="another version of movierec"):
        store.load(stored)


def test_a_file_without_one_of_the_arrays_is_refused(stored: Path) -> None:
    with zipfile.ZipFile(stored) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if name != "films.titles.npy"}
    with zipfile.ZipFile(stored, "w") as lacking:
        for name, data in parts.items():
            lacking.writestr(name, data)
    with pytest.raises(IntegrityError, match=r"films\.titles"):
        store.load(stored)


def test_nothing_is_unpickled(stored: Path) -> None:
    rewrite(stored, "name", np.array({"not": "text"}, dtype=object))
    with pytest.raises(IntegrityError, match="allow_pickle"):
        store.load(stored)


@LEAVES_IT_OPEN
def test_a_foreign_file_is_refused(stored: Path, collected: None) -> None:
    for data in (b"PK\x03\x04", b"not an archive", b"\x93NUMPY"):
        stored.write_bytes(data)
        with pytest.raises(IntegrityError):
            store.load(stored)


def test_a_single_array_is_refused(stored: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    stored.write_bytes(buffer.getvalue())
    with pytest.raises(IntegrityError):
        store.load(stored)


def is_open_while_refused(path: Path) -> bool:
    try:
        store.load(path)
    except IntegrityError:
        for link in OPEN_FILES.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if link.readlink() == path:
                    return True
    return False


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="needs /proc")
@LEAVES_IT_OPEN
def test_a_refused_file_is_closed(stored: Path, collected: None) -> None:
    stored.write_bytes(stored.read_bytes()[:-100])
    assert not is_open_while_refused(stored)


@LEAVES_IT_OPEN
def test_no_damage_gives_another_error_than_ours(
    tmp_path: Path, stored: Path, collected: None
) -> None:
    original = stored.read_bytes()
    generator = np.random.default_rng(5)
    with zipfile.ZipFile(stored) as archive:
        starts = [member.header_offset for member in archive.infolist()]
    path = tmp_path / "damaged.npz"
    for _ in range(300):
        damaged = bytearray(original)
        start = int(generator.choice(starts))  # the headers, where damage is most odd
        damaged[start + int(generator.integers(220))] = int(generator.integers(256))
        path.write_bytes(damaged)
        try:
            store.load(path)
        except MovierecError as error:
            assert isinstance(error, IntegrityError)


def test_the_checksum_changes_with_any_value(small: Dataset) -> None:
    seen = {small.checksum()}
    for table in ("users", "films", "ratings"):
        for column in fields(getattr(small, table)):
            array = getattr(getattr(small, table), column.name).copy()
            array.flat[3] = next(value for value in array.flat if value != array.flat[3])
            changed = replace(getattr(small, table), **{column.name: array})
            seen.add(replace(small, **{table: changed}).checksum())
    folds = dict(small.folds) | {"u1": small.folds["u1"][1:]}
    seen.add(replace(small, folds=folds).checksum())
    seen.add(replace(small, genres=(*small.genres[:-1], "Eastern")).checksum())
    seen.add(replace(small, occupations=(*small.occupations[:-1], "baker")).checksum())
    assert len(seen) == 1 + 5 + 4 + 4 + 3


def test_the_checksum_does_not_depend_on_how_strings_are_padded(small: Dataset) -> None:
    titles = small.films.titles.astype("<U200")
    padded = replace(small, films=replace(small.films, titles=titles))
    assert padded.checksum() == small.checksum()
