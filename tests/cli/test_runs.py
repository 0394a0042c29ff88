"""``movierec runs`` lists and removes runs."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_no_runs_yet_says_how_to_make_one(cli: Cli) -> None:
    result = cli("runs", "list")
    assert result.exit_code == 0
    assert "movierec train dnn" in result.stdout
    assert json.loads(cli("runs", "list", "--json").stdout) == {"schema": 1, "runs": []}


def test_a_run_is_listed_and_removed(
    cli: Cli, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.parents[1], tmp_path / "own")  # the folder itself is for all tests
    monkeypatch.setenv("MOVIEREC_HOME", str(tmp_path / "own"))
    runs = json.loads(cli("runs", "list", "--json").stdout)["runs"]
    assert [run["name"] for run in runs] == ["dnn", "two-tower"]
    assert (runs[0]["model"], runs[0]["holdout"], runs[0]["split_seed"]) == ("dnn", "users", 705)
    assert cli("runs", "remove", "dnn").exit_code == 0
    left = json.loads(cli("runs", "list", "--json").stdout)["runs"]
    assert [run["name"] for run in left] == ["two-tower"]
    gone = cli("runs", "remove", "dnn")
    assert gone.exit_code == 3
    assert "There is no run" in gone.stderr


def test_a_damaged_run_does_not_hide_the_others(
    cli: Cli, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.parents[1], tmp_path / "own")
    monkeypatch.setenv("MOVIEREC_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "data" / "runs" / "dnn" / "manifest.json").write_bytes(b"{")
    result = cli("runs", "list", "--json")
    assert result.exit_code == 5
    assert [run["name"] for run in json.loads(result.stdout)["runs"]] == ["two-tower"]
    assert "error: The run 'dnn' is damaged" in result.stderr
    assert "hint: Remove it with: movierec runs remove dnn" in result.stderr
    assert "is damaged" in cli("runs", "list", "--quiet").stderr
    (tmp_path / "own" / "data" / "runs" / "two-tower" / "manifest.json").write_bytes(b"{")
    assert "None yet" not in cli("runs", "list").stdout
