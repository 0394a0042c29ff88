"""A stored data set loads back unchanged, or is refused."""

import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import IntegrityError, MovierecError


@pytest.fixture
def stored(small: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "small.npz"
    store.save(small, path)
    return path


def test_everything_loads_back_unchanged(small: Dataset, stored: Path) -> None:
    loaded = store.load(stored)
    assert [path.name for path in stored.parent.iterdir()] == ["small.npz"]
    assert loaded.checksum() == small.checksum()
    assert (loaded.name, loaded.genres, loaded.occupations) == (
        small.name, small.genres, small.occupations,
    )  # fmt: skip
    for table in ("users", "films", "ratings"):
        for column in fields(getattr(small, table)):
            before = getattr(getattr(small, table), column.name)
            assert getattr(getattr(loaded, table), column.name).dtype == before.dtype


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 3],
        lambda data: b"not an archive",
        lambda data: b"\x93NUMPY",
    ],
)
def test_a_truncated_or_foreign_file_is_refused(
    change: Callable[[bytes], bytes], stored: Path
) -> None:
    stored.write_bytes(change(stored.read_bytes()))
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(stored)
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(stored.with_name("missing.npz"))


@pytest.mark.parametrize(
    ("name", "array", "reason"),
    [
        ("users.age", np.zeros(120, np.float32), "checksum differs"),
        ("format", np.array(store.FORMAT + 1), "another version of movierec"),
        ("name", np.array({"not": "text"}, dtype=object), "allow_pickle"),
    ],
    ids=["changed", "newer", "pickled"],
)
def test_a_file_with_another_array_is_refused(
    name: str, array: np.ndarray, reason: str, stored: Path
) -> None:
    with np.load(stored) as old:
        arrays = {key: old[key] for key in old.files}
    np.savez(stored, **(arrays | {name: array}))  # all checksums of the zip format are right
    with pytest.raises(IntegrityError, match=reason):
        store.load(stored)


def test_no_damage_gives_an_unexpected_error(stored: Path) -> None:
    original = stored.read_bytes()
    generator = np.random.default_rng(5)
    with zipfile.ZipFile(stored) as archive:
        starts = [member.header_offset for member in archive.infolist()]
    n_refused = 0
    for _ in range(300):
        damaged = bytearray(original)
        start = int(generator.choice(starts))  # the headers, where damage has most effects
        damaged[start + int(generator.integers(220))] = int(generator.integers(256))
        stored.write_bytes(damaged)
        try:
            store.load(stored)
        except MovierecError as error:
            assert isinstance(error, IntegrityError)
            n_refused += 1
    assert n_refused > 100


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


def test_the_checksum_does_not_depend_on_the_padding_of_strings(small: Dataset) -> None:
    titles = small.films.titles.astype("<U200")
    padded = replace(small, films=replace(small.films, titles=titles))
    assert padded.checksum() == small.checksum()
