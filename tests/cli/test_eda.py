"""``movierec eda``: the same table for people and for programs."""

import csv
import io
import json

import numpy as np
import pytest

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset
from tests.cli.conftest import Cli
from tests.conftest import SMALL

GENRES = ("eda", "genres", "--dataset", SMALL)
COLUMNS = ["genre", "films", "ratings", "watchers", "ratings_per_film", "watchers_per_film"]


def test_the_table_shows_every_genre_and_marks_made_up_data(cli: Cli, small: Dataset) -> None:
    result = cli(*GENRES)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{SMALL}: made-up data" in result.stdout
    for genre in small.genres:
        assert genre in result.stdout
    drama = next(line for line in result.stdout.splitlines() if "Drama" in line)
    row = eda.genres(small).set_index("genre").loc["Drama"]
    for figure in (f"{row['ratings']:,.0f}", f"{row['watchers_per_film']:.2f}"):
        assert figure in drama
    assert "█" in drama


@pytest.mark.parametrize("how", [("--json",), ("--format", "json")])
def test_json_is_complete_and_not_rounded(how: tuple[str, ...], cli: Cli, small: Dataset) -> None:
    result = cli(*GENRES, *how)
    assert (result.exit_code, result.stderr) == (0, "")
    content = json.loads(result.stdout)
    assert list(content) == ["schema", "dataset", "rows"]
    assert (content["schema"], content["dataset"]) == (1, SMALL)
    expected = eda.genres(small).to_dict("records")
    assert [row["genre"] for row in content["rows"]] == list(small.genres)
    for row, wanted in zip(content["rows"], expected, strict=True):
        assert list(row) == COLUMNS
        for name in COLUMNS:
            value = wanted[name]
            if isinstance(value, float) and np.isnan(value):
                assert row[name] is None
            else:
                assert row[name] == value


def test_csv_has_a_header_and_full_figures(cli: Cli, small: Dataset) -> None:
    result = cli(*GENRES, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 19
    assert rows[0]["watchers_per_film"] == ""  # of no film
    for row, wanted in zip(rows[1:], eda.genres(small).to_dict("records")[1:], strict=True):
        assert float(row["watchers_per_film"]) == wanted["watchers_per_film"]


def test_markdown_is_a_table(cli: Cli) -> None:
    result = cli(*GENRES, "--format", "md")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line for line in result.stdout.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 19
    assert len({line.count("|") for line in lines}) == 1
    assert set(lines[1]) <= set("|-: ")
    assert "made-up data" in result.stdout.splitlines()[0]


def test_the_data_set_can_come_from_the_environment(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_DATASET", SMALL)
    content = json.loads(cli("eda", "genres", "--json").stdout)
    assert content["dataset"] == SMALL
    other = "synthetic-10x60x200"
    content = json.loads(cli("eda", "genres", "--json", "--dataset", other).stdout)
    assert content["dataset"] == other  # a flag beats it
