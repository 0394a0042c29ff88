"""Ratings in Parquet files are read as those in text."""

import datetime
import decimal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.own_files import OwnFiles, read_own
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def write(path: Path, **columns: Any) -> Path:
    parquet.write_table(arrow.table(columns), path / "mine.parquet")
    return path / "mine.parquet"


def read(path: Path, **options: Any) -> Dataset:
    options.setdefault("scale", Scale(1, 5))
    return read_own(OwnFiles(path, **options), "mine", SILENT)[0].dataset


def problem(path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(path, **options)
    return caught.value.message.replace(f"{path}, ", "")


def test_ratings_are_read_with_times_and_titles(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        userId=[2, 1, 2],
        movieId=[20, 10, 10],
        rating=[3.5, 4, 1],
        timestamp=[881250949, 5, 6],
        title=["Heat (1995)", None, "Boat"],
    )
    dataset = read(path)
    assert dataset.users.ids.tolist() == [1, 2]
    assert dataset.films.ids.tolist() == [10, 20]
    assert dataset.films.titles.tolist() == ["Boat", "Heat (1995)"]
    assert dataset.ratings.values.tolist() == [4, 1, 3.5]
    assert dataset.ratings.timestamps.tolist() == [5, 6, 881250949]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["007", "7", "7"], ["007", "7"]),
        ([1.0, 2.0, 2.0], [1, 2]),
        ([b"a", b"b", b"b"], ["a", "b"]),
        ([2**63 - 1, 7, 7], ["7", str(2**63 - 1)]),
    ],
)
def test_ids_of_every_type_are_read(ids: list[Any], expected: list[Any], tmp_path: Path) -> None:
    path = write(tmp_path, user=ids, film=[1, 2, 3], rating=[1, 2, 3])
    assert read(path).users.ids.tolist() == expected


def test_ids_of_categories_are_read(tmp_path: Path) -> None:
    users = arrow.array(["b", "a", "b"]).dictionary_encode()
    path = write(tmp_path, user=users, film=[1, 2, 3], rating=[1, 2, 3])
    assert read(path).users.ids.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    "times",
    [
        [86_400_000 * 365 * 10, 86_400_000 * 365 * 10 + 1],
        [datetime.datetime(1979, 12, 30), datetime.datetime(1979, 12, 30)],
        [datetime.date(1979, 12, 30), datetime.date(1979, 12, 30)],
        ["1979-12-30", "1979-12-30T00:00:00Z"],
    ],
    ids=["milliseconds", "datetime", "date", "text"],
)
def test_times_of_every_type_are_read(times: list[Any], tmp_path: Path) -> None:
    path = write(tmp_path, user=[1, 1], film=[1, 2], rating=[1, 2], time=times)
    assert read(path).ratings.timestamps.tolist() == [86_400 * 365 * 10] * 2


def test_decimals_are_ratings_and_a_missing_one_may_be_a_like(tmp_path: Path) -> None:
    ratings = [decimal.Decimal("1.5"), None, decimal.Decimal("5.0")]
    path = write(tmp_path, user=[1, 1, 1], film=[1, 2, 3], rating=ratings)
    assert read(path, implicit=True).ratings.values.tolist() == [1.5, 5, 5]
    assert problem(path) == "line 2, column rating: 'None' is not a rating of 1 to 5."
    likes = write(tmp_path, user=[1, 1], film=[1, 2])
    assert read(likes, implicit=True, scale=None).ratings.values.tolist() == [5, 5]


@pytest.mark.parametrize(
    ("column", "value", "wrong"),
    [
        ("user", None, "column user: 'None' is not the id of a user"),
        ("film", "", "column film: '' is not the id of a film"),
        ("film", "a\0", "column film: 'a\\x00' is not the id of a film"),
        ("rating", "x", "column rating: 'x' is not a rating of 1 to 5"),
        ("rating", "1e9", "column rating: '1e9' is not a rating of 1 to 5"),
        ("rating", "nan", "column rating: 'nan' is not a rating of 1 to 5"),
        ("time", "01/02/2020", "column time: '01/02/2020' is not a time"),
        ("title", "a\0", "column title: 'a\\x00' is not a title"),
    ],
)
def test_a_wrong_value_is_named_by_its_row(
    column: str, value: str | None, wrong: str, tmp_path: Path
) -> None:
    columns = {
        "user": ["a", "b"], "film": ["x", "y"], "rating": ["4", "5"],
        "time": ["2020-01-01", "2020-01-02"], "title": ["X", "Y"],
    }  # fmt: skip
    columns[column][1] = value  # type: ignore[call-overload]
    assert problem(write(tmp_path, **columns)).startswith(f"line 2, {wrong}")


def test_a_rating_far_outside_is_named_where_the_scale_is_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, user=[1, 1, 1, 1], film=[1, 2, 3, 4], rating=[3, 4, 5, 1e9])
    assert problem(path, scale=None).startswith("line 4, column rating: '1000000000.0'")


def test_columns_are_chosen_as_in_text(tmp_path: Path) -> None:
    path = write(tmp_path, who=[1], film=[1], rating=[1])
    assert "has no column of user ids; it has: who, film, rating" in problem(path)
    assert len(read(path, columns={"user": "who"}).ratings) == 1


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    empty = arrow.array([], arrow.int64())
    assert "no rating" in problem(write(tmp_path, user=empty, film=empty, rating=empty))


def test_nested_ids_and_damaged_files_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, user=[[1], [2]], film=[1, 2], rating=[1, 2])
    assert "is no readable Parquet file" in problem(path)
    path = write(tmp_path, user=[1], film=[1], rating=[1])
    path.write_bytes(path.read_bytes()[:-12])
    assert "is no readable Parquet file" in problem(path)


def test_without_the_library_the_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, user=[1], film=[1], rating=[1])
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match="need pyarrow") as caught:
        read(path)
    assert "movierec[parquet]" in caught.value.hint


def test_ratings_equal_those_of_the_same_table_in_text(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    columns = {
        "user": generator.integers(1, 50, 500),
        "film": generator.integers(1, 300_000, 500),
        "rating": generator.integers(1, 11, 500) / 2,
        "time": generator.integers(10**9, 2 * 10**9, 500),
    }
    rows = zip(*columns.values(), strict=True)
    lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "mine.csv").write_text("user,film,rating,time\n" + lines)
    from_text = read(tmp_path / "mine.csv", scale=None)
    assert read(write(tmp_path, **columns), scale=None).checksum() == from_text.checksum()
