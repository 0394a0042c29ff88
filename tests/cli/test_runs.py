"""``movierec runs`` lists, shows and removes runs."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from movierec_cli.core.runs.store import load_manifest
from tests.cli.conftest import Cli, Command


@pytest.fixture
def own_runs(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a copy of the trained runs, to be changed."""
    shutil.copytree(trained.parents[1], tmp_path / "own")
    monkeypatch.setenv("MOVIEREC_HOME", str(tmp_path / "own"))
    return tmp_path / "own" / "data" / "runs"


def test_without_runs_the_table_names_the_next_command(cli: Cli) -> None:
    result = cli("runs", "list")
    assert result.exit_code == 0
    assert "movierec train dnn" in result.stdout
    assert json.loads(cli("runs", "list", "--json").stdout) == {"schema": 1, "runs": []}
    assert "┏" not in result.stdout
    assert cli("runs", "list", "--format", "csv").stdout.startswith("name,model,preset,dataset,")
    assert cli("runs", "list", "--format", "md").stdout.startswith("**Runs**\n\nNone yet.")


def test_a_run_is_listed_with_a_metric_of_its_test(cli: Cli, trained: Path) -> None:
    manifest, _ = load_manifest("dnn", trained)
    value = manifest.evaluation[-1]["metrics"]["ndcg"]
    first, second = json.loads(cli("runs", "list", "--json").stdout)["runs"]
    assert (first["scenario"], first["metric"], first["k"]) == ("fold-in", "ndcg", 25)
    assert first["value"] == value
    assert second["metric"] == "rmse"
    assert f"NDCG@25 {value:.4f} (fold-in)" in cli("runs", "list").stdout
    rows = list(csv.DictReader(cli("runs", "list", "--format", "csv").stdout.splitlines()))
    assert list(rows[0]) == list(first)


def test_a_run_is_listed_and_removed(cli: Cli, own_runs: Path) -> None:
    runs = json.loads(cli("runs", "list", "--json").stdout)["runs"]
    assert [run["name"] for run in runs] == ["dnn", "two-tower"]
    assert (runs[0]["model"], runs[0]["holdout"], runs[0]["split_seed"]) == ("dnn", "users", 705)
    assert cli("runs", "remove", "dnn", "-y").exit_code == 0
    left = json.loads(cli("runs", "list", "--json").stdout)["runs"]
    assert [run["name"] for run in left] == ["two-tower"]
    assert cli("runs", "remove", "dnn", "-y").exit_code == 3


def test_a_damaged_run_does_not_hide_the_others(cli: Cli, own_runs: Path) -> None:
    (own_runs / "dnn" / "manifest.json").write_bytes(b"{")
    result = cli("runs", "list", "--json")
    assert result.exit_code == 5
    assert [run["name"] for run in json.loads(result.stdout)["runs"]] == ["two-tower"]
    assert "error: The run 'dnn' is damaged" in result.stderr
    assert "movierec runs remove dnn" in result.stderr


def test_the_table_shows_facts_metrics_curves_and_the_kept_epoch(cli: Cli, trained: Path) -> None:
    result = cli("runs", "show", "dnn")
    assert (result.exit_code, result.stderr) == (0, "")
    for text in ("made-up data", "config: ", "cold-start", "fold-in", "NDCG@25"):
        assert text in result.stdout
    for name in ("total loss", "classifier loss", "vector loss", "Accuracy"):
        assert f"{name}, training" in result.stdout
        assert f"{name}, validation" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("▲ kept: epoch 1, the best")


def test_a_terminal_that_shows_only_ascii_gets_a_row_for_each_epoch(
    command: Command, trained: Path
) -> None:
    done = command("runs", "show", "dnn", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "Train classifier loss" in done.stdout


def test_json_is_the_whole_manifest(cli: Cli, trained: Path) -> None:
    content = json.loads(cli("runs", "show", "dnn", "--json").stdout)
    manifest, _ = load_manifest("dnn", trained)
    assert content["epochs"] == [dict(epoch) for epoch in manifest.epochs]
    assert content["config"] == manifest.config


def test_csv_has_a_row_for_each_epoch(cli: Cli, trained: Path) -> None:
    text = cli("runs", "show", "dnn", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.partition("# epochs\n")[2])))
    manifest, _ = load_manifest("dnn", trained)
    assert len(rows) == len(manifest.epochs) == 1
    assert float(rows[0]["train_loss"]) == manifest.epochs[0]["train"]["loss"]
    assert rows[0]["kept"] == "True"
    assert "│" not in text


def test_the_curves_are_drawn_to_a_file(cli: Cli, trained: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / "curves.svg"
    result = cli("runs", "show", "two-tower", "--plot", str(target))
    assert result.exit_code == 0
    assert str(target) in result.stderr.replace("\n", "")
    assert target.stat().st_size > 1000
