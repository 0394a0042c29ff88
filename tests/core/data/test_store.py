"""A stored data set is opened unchanged, without reading its ratings, or is refused."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError
from tests.helpers import make_dataset, names


@pytest.fixture
def stored(small: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / "small.safetensors"
    store.save(small, path)
    return path


def header_of(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the header of a file and its arrays."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


def write(path: Path, header: dict[str, Any], arrays: bytes) -> None:
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + arrays)


def change(path: Path, name: str, position: int) -> None:
    """Change a byte of an array."""
    data = bytearray(path.read_bytes())
    header, arrays = header_of(path)
    data[len(data) - len(arrays) + header[name]["data_offsets"][0] + position] ^= 1
    path.write_bytes(data)


def test_everything_loads_back_unchanged(small: Dataset, stored: Path) -> None:
    loaded = store.load(stored)
    assert names(stored.parent) == ["small.safetensors"]
    assert loaded.without_checksum().checksum() == small.checksum()
    assert (loaded.name, loaded.genres, loaded.occupations) == (
        small.name, small.genres, small.occupations,
    )  # fmt: skip
    assert (loaded.lowest_rating, loaded.has_times) == (1.0, True)
    for table in ("users", "films", "ratings"):
        for column in fields(getattr(small, table)):
            before = getattr(getattr(small, table), column.name)
            assert getattr(getattr(loaded, table), column.name).dtype == before.dtype


def test_ids_of_text_half_stars_and_missing_values_load_back(tmp_path: Path) -> None:
    plain = make_dataset([(0, 0, 0.5), (0, 1, 4.5)], 1, ["Élan", "映画"], [[], []], ())
    dataset = replace(
        plain,
        users=replace(plain.users, ids=np.array(["007"]), zip_code=np.array([""])),
        films=replace(
            plain.films,
            ids=np.array(["a b", "ü"]),
            released=np.array(["NaT", "0045-01-01"], "datetime64[D]"),
            imdb_ids=np.array(["", "tt0114709"]),
        ),
        lowest_rating=0.5,
        has_times=False,
    )
    store.save(dataset, tmp_path / "x")
    loaded = store.load(tmp_path / "x")
    assert loaded.users.ids.tolist() == ["007"]
    assert loaded.users.zip_code.tolist() == [""]
    assert loaded.films.ids.tolist() == ["a b", "ü"]
    assert loaded.films.titles.tolist() == ["Élan", "映画"]
    assert loaded.films.released.astype(str).tolist() == ["NaT", "0045-01-01"]
    assert loaded.films.imdb_ids.tolist() == ["", "tt0114709"]
    assert loaded.films.genres.shape == (2, 0)
    assert loaded.ratings.values.tolist() == [0.5, 4.5]
    assert (loaded.lowest_rating, loaded.has_times) == (0.5, False)
    assert loaded.without_checksum().checksum() == dataset.checksum()


def test_the_file_is_one_of_safetensors_with_aligned_arrays(small: Dataset, stored: Path) -> None:
    arrays = load_file(stored)
    np.testing.assert_array_equal(arrays["ratings.values"], small.ratings.values)
    np.testing.assert_array_equal(arrays["films.genres"], small.films.genres)
    header, content = header_of(stored)
    assert (stored.stat().st_size - len(content)) % 8 == 0
    sizes = {"I64": 8, "I32": 4, "F32": 4, "I16": 2}
    for entry in (entry for name, entry in header.items() if name != "__metadata__"):
        assert entry["data_offsets"][0] % sizes.get(entry["dtype"], 1) == 0


def test_a_large_file_is_mapped_and_verified_only_on_demand(
    small: Dataset, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "VERIFIED_BYTES", 100)
    change(stored, "ratings.values", 3)
    loaded = store.load(stored)
    base: Any = loaded.ratings.values
    while base.base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert loaded.checksum() == small.checksum()  # as stored
    with pytest.raises(IntegrityError, match="its checksum differs"):
        store.verify(stored)


def test_an_intact_file_verifies(small: Dataset, stored: Path) -> None:
    assert store.verify(stored).checksum() == small.checksum()


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 3],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"no data set, but some other file",
        lambda data: b"PK\x03\x04",
    ],
)
def test_a_truncated_or_foreign_file_is_refused(
    changed: Callable[[bytes], bytes], stored: Path
) -> None:
    stored.write_bytes(changed(stored.read_bytes()))
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(stored)


def test_another_file_of_safetensors_is_refused(tmp_path: Path) -> None:
    save_file({"a": np.zeros(3)}, tmp_path / "x")
    with pytest.raises(IntegrityError, match="cannot be read"):
        store.load(tmp_path / "x")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        store.load(tmp_path / "gone")
    with pytest.raises(DataError, match="cannot be read"):
        store.load(tmp_path)


def test_a_file_of_another_version_is_refused(stored: Path) -> None:
    header, arrays = header_of(stored)
    header["__metadata__"]["format"] = "1"
    write(stored, header, arrays)
    with pytest.raises(IntegrityError, match="another version of movierec"):
        store.load(stored)


@pytest.mark.parametrize("name", ["users.age", "films.titles", "ratings.timestamps", "folds.u1"])
def test_a_changed_value_is_found(name: str, stored: Path) -> None:
    change(stored, name, 0)
    with pytest.raises(IntegrityError, match="its checksum differs"):
        store.load(stored)


def test_columns_of_different_length_are_refused_even_unverified(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "VERIFIED_BYTES", 0)
    header, arrays = header_of(stored)
    entry = header["ratings.values"]
    entry["shape"][0] -= 1
    entry["data_offsets"][1] -= 4
    write(stored, header, arrays)
    with pytest.raises(IntegrityError, match="its columns differ in length"):
        store.load(stored)


def test_no_damage_gives_an_unexpected_error(stored: Path) -> None:
    original = stored.read_bytes()
    header_end = 8 + int.from_bytes(original[:8], "little")
    generator = np.random.default_rng(5)
    n_refused = 0
    for _ in range(300):
        damaged = bytearray(original)  # in the header, where damage has most effects
        damaged[int(generator.integers(header_end))] = int(generator.integers(256))
        stored.write_bytes(damaged)
        try:
            store.load(stored)
        except MovierecError as error:
            assert isinstance(error, IntegrityError)
            n_refused += 1
    assert n_refused > 100


def with_another_value(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "U":
        return np.array(["other", *array[1:]])
    changed = array.copy()
    changed.flat[0] = {"b": not array.flat[0], "M": np.datetime64("1900-01-01")}.get(
        array.dtype.kind, 77
    )
    return changed


def test_the_checksum_changes_with_any_value(small: Dataset) -> None:
    seen = {small.checksum()}
    for table in ("users", "films", "ratings"):
        for column in fields(getattr(small, table)):
            array = with_another_value(getattr(getattr(small, table), column.name))
            changed = replace(getattr(small, table), **{column.name: array})
            seen.add(replace(small, **{table: changed}).checksum())
    folds = dict(small.folds) | {"u1": small.folds["u1"][1:]}
    seen.add(replace(small, folds=folds).checksum())
    seen.add(replace(small, genres=(*small.genres[:-1], "Eastern")).checksum())
    seen.add(replace(small, occupations=(*small.occupations[:-1], "baker")).checksum())
    seen.add(replace(small, lowest_rating=0.5).checksum())
    seen.add(replace(small, has_times=False).checksum())
    assert len(seen) == 1 + 5 + 6 + 4 + 5


def test_the_checksum_does_not_depend_on_the_padding_of_strings(small: Dataset) -> None:
    titles = small.films.titles.astype("<U200")
    padded = replace(small, films=replace(small.films, titles=titles))
    assert padded.checksum() == small.checksum()
