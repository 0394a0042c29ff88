"""``movierec tune``: a line for each trial, a run and its preset file, JSON, refusals."""

import json
import sys
from pathlib import Path

import pytest

from movierec_cli.core.models.preset_values import changed
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_manifest
from tests.cli.conftest import Cli
from tests.conftest import SMALL

NAME = f"dnn-original-{SMALL}-tuned"
ORIGINAL = ("tune", "dnn", "--preset", "original", "--dataset", SMALL)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the original dnn small, and its training short."""
    sizes = {f"config.{name}_dim": 8 for name in ("hidden", "embedding", "joint")}
    options = {"training.epochs": 2, "training.batch_size": 500}
    preset = changed(PRESETS["dnn"]["original"], {**sizes, **options})
    monkeypatch.setitem(PRESETS["dnn"], "original", preset)  # type: ignore[arg-type]


def test_a_search_ends_with_a_run_and_the_file_that_repeats_it(
    cli: Cli, quick: None, paths: Paths
) -> None:
    pytest.importorskip("optuna", reason="needs the extra tune")
    result = cli(*ORIGINAL, "--only", "config.gamma", "--trials", "3", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert [field["field"] for field in found["fields"]] == ["config.gamma"]
    assert [trial["number"] for trial in found["trials"]] == [0, 1, 2]
    assert found["best_value"] == max(trial["value"] for trial in found["trials"])
    assert found["run"] == NAME

    lines = result.stderr.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("trial"))
    assert lines[head + 1].startswith("    0*")
    assert lines[head + 1].split()[1] == f"{found['preset_value']:.4f}"
    assert f"movierec evaluate {NAME}" in result.stderr

    manifest, _ = load_manifest(NAME, paths.runs)
    assert manifest.config["gamma"] == found["fields"][0]["best"]
    file = Path(found["preset_file"])
    assert f"movierec train dnn --config {file}" in result.stderr
    again = cli("train", "dnn", "--config", str(file), "--dataset", SMALL, "--name", "again")
    assert again.exit_code == 0, again.stderr
    repeated, _ = load_manifest("again", paths.runs)
    assert repeated.config == manifest.config
    assert repeated.evaluation == manifest.evaluation

    assert cli(*ORIGINAL, "--only", "config.gamma", "--trials", "3").exit_code == 2  # a run exists
    table = cli(*ORIGINAL, "--only", "config.gamma", "--trials", "3", "--force")
    assert "Continuing the study" in table.stderr
    assert "config.gamma" in table.stdout
    assert "NDCG@25 on the validation parts" in table.stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--trials", "3", "--minutes", "1"), 2, "--trials and --minutes exclude each other"),
        (("--trials", "1"), 2, "greater than or equal to 2"),
        (("--only", "config.width"), 2, "nothing to search at 'config.width'"),
        (("--holdout", "u9"), 2, "no holdout 'u9'"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    options: tuple[str, ...], code: int, message: str, cli: Cli
) -> None:
    result = cli(*ORIGINAL, *options)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


def test_without_optuna_the_hint_installs_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    result = cli(*ORIGINAL)
    assert result.exit_code == 3
    assert "hint: Install it with: pip install 'movierec[tune]'" in result.stderr
