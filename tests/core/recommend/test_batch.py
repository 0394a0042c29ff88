"""Recommendations for all users as a table: the same in every format, complete or absent."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.readers import parquet
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.recommend.batch import COLUMNS, output_format, write_recommendations
from movierec_cli.core.recommend.filters import Filters
from tests.helpers import FixedModel, RecordedProgress, make_dataset

TITLES = ["Boat, The (1990)", "Comet, é (1991)", "unknown"]
FILMS = make_dataset([(0, 0, 4.0)], 2, TITLES, [[1, 1], [0, 1], [0, 0]], ("War", "Drama"))
MODEL = FixedModel(np.float32([[3, 2, 1], [1, 3, 2]]), like_probability=np.float32([[0.5] * 3] * 2))


def written(path: Path, n: int = 2) -> int:
    return write_recommendations(MODEL, FILMS, Filters(n=n), path)


def test_csv_has_a_row_for_each_film_of_each_user(tmp_path: Path) -> None:
    assert written(tmp_path / "films.csv") == 4
    text = (tmp_path / "films.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["user_id"], row["rank"], row["film_id"]) for row in rows] == [
        ("1", "1", "20"), ("1", "2", "30"), ("2", "1", "20"), ("2", "2", "30"),
    ]  # fmt: skip
    assert rows[0]["title"] == "Comet, é (1991)"
    assert (rows[0]["genres"], rows[0]["score"], rows[0]["rating"]) == ("Drama", "2.0", "")
    assert (rows[1]["year"], rows[1]["genres"]) == ("", "")


def test_json_lines_hold_the_same(tmp_path: Path) -> None:
    written(tmp_path / "films.jsonl", n=3)
    lines = (tmp_path / "films.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert [(r["user_id"], r["film_id"]) for r in records] == [
        (1, 20), (1, 30), (2, 20), (2, 30), (2, 10),
    ]  # fmt: skip
    assert tuple(records[0]) == COLUMNS
    assert (records[-1]["genres"], records[-1]["rating"]) == (["War", "Drama"], None)


def test_parquet_holds_the_same(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow.parquet")
    written(tmp_path / "films.parquet", n=3)
    written(tmp_path / "films.jsonl", n=3)
    lines = (tmp_path / "films.jsonl").read_text(encoding="utf-8").splitlines()
    stored = arrow.read_table(tmp_path / "films.parquet").to_pylist()
    assert stored == [json.loads(line) for line in lines]


def test_the_progress_counts_users(tmp_path: Path) -> None:
    progress = RecordedProgress()
    write_recommendations(MODEL, FILMS, Filters(n=1), tmp_path / "films.csv", progress)
    assert progress.calls == [("start", "Recommending", 2), ("advance", 2), ("finish",)]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("old")
    with pytest.raises(UsageError, match="no genre"):
        write_recommendations(MODEL, FILMS, Filters(genres=("Noir",)), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["films.csv"]
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["films", "films.xlsx", "x" * 300, "."])
def test_a_file_name_without_a_known_format_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        output_format(tmp_path / name, ("csv", "jsonl"))
    assert ".csv" in caught.value.hint


def test_without_pyarrow_there_is_no_parquet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(parquet, "import_module", missing)
    with pytest.raises(DataError, match="need pyarrow") as caught:
        written(tmp_path / "films.parquet")
    assert "pip install 'movierec[parquet]'" in caught.value.hint
    assert not (tmp_path / "films.parquet").exists()
