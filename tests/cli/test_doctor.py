"""``movierec doctor`` shows its findings and their fixes, and ends with its exit code."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from movierec_cli.core.doctor import machine
from movierec_cli.core.paths import Paths
from tests.cli.conftest import Cli, Command
from tests.conftest import SMALL


@pytest.fixture
def own(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A home with two runs and synthetic data, to be damaged."""
    home = tmp_path / "own"
    shutil.copytree(trained.parents[1], home)
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Paths(home / "cache", home / "data")


def test_without_any_data_all_is_well_and_the_next_command_is_named(cli: Cli) -> None:
    result = cli("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Doctor: all is well")
    assert "To fix data ml-100k: movierec download" in result.stdout


def test_a_library_that_is_broken_is_code_three(
    cli: Cli, own: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_LIBRARIES", ("movierec_no_such_library",))
    result = cli("doctor", "--json")
    assert result.exit_code == 3
    content = json.loads(result.stdout)
    assert (content["schema"], content["exit_code"]) == (1, 3)
    (broken,) = [check for check in content["checks"] if check["state"] == "broken"]
    assert broken == {
        "name": "movierec_no_such_library",
        "state": "broken",
        "detail": "is not installed",
        "fix": "pip install movierec_no_such_library",
    }


def test_json_and_csv_hold_everything(cli: Cli, own: Paths) -> None:
    checks = json.loads(cli("doctor", "--json").stdout)["checks"]
    names = [check["name"] for check in checks]
    assert {"movierec", "torch", "cpu", "free disk", "run dnn", "run two-tower"} <= set(names)
    rows = list(csv.DictReader(io.StringIO(cli("doctor", "--format", "csv").stdout)))
    assert [row["name"] for row in rows] == names


def test_a_damaged_run_is_code_five_and_the_markdown_of_it_names_no_person(
    cli: Cli, own: Paths, tmp_path: Path
) -> None:
    (weights,) = (own.runs / "dnn").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    result = cli("doctor", "--format", "md")
    assert (result.exit_code, result.stderr) == (5, "")
    assert result.stdout.startswith(
        "**Doctor: something is broken**\n\n| Checked | State | Found |\n"
    )
    assert "~/own/data/runs/dnn/weights-" in result.stdout
    command = f"movierec train dnn --preset original --epochs 1 --name dnn --dataset {SMALL}"
    assert f"To fix run dnn: {command}" in result.stdout
    assert str(tmp_path) not in result.stdout


def test_it_starts_where_torch_and_pandas_do_not(command: Command, tmp_path: Path) -> None:
    for library in ("torch", "pandas"):
        (tmp_path / "broken" / library).mkdir(parents=True)
        (tmp_path / "broken" / library / "__init__.py").write_text("raise OSError('torn')")
    done = command("doctor", "--json", PYTHONPATH=str(tmp_path / "broken"))
    assert (done.returncode, done.stderr) == (3, "")
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    for library in ("torch", "pandas"):
        assert found[library]["detail"] == "does not work: OSError: torn"
        assert found[library]["fix"] == f"pip install --force-reinstall {library}"
    assert found["leftovers"]["state"] == "ok"
