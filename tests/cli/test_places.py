"""Folders and files that cannot be used: code 3 with the path and the remedy, from each command."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.conftest import SMALL

READERS = (
    "config dataset", "datasets list", f"eda genres --dataset {SMALL}", "cache info",
    "cache verify", "cache clear -y", f"train dnn --dataset {SMALL} --name new", "evaluate dnn",
    "compare", "runs list", "runs show dnn", "runs remove dnn", f"report --dataset {SMALL}",
    "recommend --user 3", "recommend --user 3 --run dnn", "recommend --profile ann",
    "recommend --all-users -o all.csv --run dnn", "similar 7 --run dnn", f"films --dataset {SMALL}",
    "neighbors --user 3 --run dnn", "profiles list", "profiles show ann", "profiles remove ann",
    f"profiles import ann mine.csv --dataset {SMALL}", "export vectors -o v.npz --run dnn",
    "datasets remove mine", "import mine.csv --name mine", "download ml-latest-small",
)  # fmt: skip
"""Commands that read or write the folders of movierec."""
OF_RUNS = ("evaluate dnn", "runs list", "runs show dnn", "recommend --user 3 --run dnn")
WRITERS = (
    "recommend --all-users --run dnn -o {0}.csv", "export vectors --run dnn -o {0}.npz",
    f"report --dataset {SMALL} -o {{0}}.html", f"eda genres --dataset {SMALL} --plot {{0}}.png",
    "recommend --ratings mine.csv --run dnn --report {0}.csv",
)  # fmt: skip


def is_refused(cli: Cli, line: str, place: Path) -> str:
    """Check that a command ends with code 3, the place and a remedy; return the remedy."""
    result = cli(*line.split())
    error, _, hint = result.stderr.partition("\n\nhint: ")
    assert result.exit_code == 3, result.stderr
    assert f"{place}" in error
    assert "cannot be " in error
    for word in ("bug", "damaged", "Traceback", "There is no"):
        assert word not in result.stderr
    assert "remove" not in hint
    assert "MOVIEREC_HOME=FOLDER" in hint
    return hint


@pytest.fixture
def home(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two runs and their data, which a test may spoil, and a file of ratings."""
    home = tmp_path / "spoilt"
    shutil.copytree(trained.parents[1], home)
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    (tmp_path / "mine.csv").write_text("user,film,rating\n" + "1,1,5\n2,1,4\n1,2,3\n")
    return home


@pytest.mark.parametrize("line", READERS)
def test_a_home_that_is_a_file_is_named(line: str, home: Path, cli: Cli) -> None:
    shutil.rmtree(home)
    home.write_bytes(b"")
    assert "A file lies where a folder should be" in is_refused(cli, line, home)


@pytest.mark.parametrize("line", OF_RUNS)
@pytest.mark.parametrize("name", ["runs", "runs/dnn/manifest.json"])
def test_runs_that_cannot_be_read_are_no_empty_list_and_not_damaged(
    name: str, line: str, home: Path, cli: Cli
) -> None:
    place = home / "data" / name
    if place.is_file():
        place.unlink()
        place.mkdir()  # even the superuser cannot read it as a file
    else:
        shutil.rmtree(place)
        place.write_bytes(b"")
    is_refused(cli, line, place)


@pytest.mark.parametrize("line", WRITERS)
def test_a_file_that_cannot_be_written_is_named(
    line: str, home: Path, tmp_path: Path, cli: Cli
) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "mine.csv").write_text("film,rating\n7,5\n")
    (tmp_path / "file").write_bytes(b"")
    is_refused(cli, line.format(tmp_path / "file" / "x"), tmp_path / "file")


@pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="all is permitted here")
@pytest.mark.parametrize("line", READERS)
def test_a_home_without_permissions_is_named(line: str, home: Path, cli: Cli) -> None:
    home.chmod(0)
    try:
        assert "permissions" in is_refused(cli, line, home)
    finally:
        home.chmod(0o755)


def test_the_doctor_works_where_nothing_else_does(home: Path, cli: Cli) -> None:
    shutil.rmtree(home)
    home.write_bytes(b"")
    result = cli("doctor")
    assert result.exit_code == 3
    assert "Not a directory" in result.stdout
    assert "MOVIEREC_DATA_DIR=" in result.stdout
    assert "does not work" not in result.stdout


def test_an_error_of_the_system_that_nobody_foresaw_names_its_file(
    home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(24, "Too many open files", "/proc/x")

    monkeypatch.setattr("movierec_cli.core.data.registry.load_dataset", fail)
    is_refused(cli, "eda genres", Path("/proc/x"))


@pytest.mark.parametrize(
    "line",
    [
        "runs show {0}", "runs list", "evaluate {0} --no-progress", "recommend --user 3 --run {0}",
        "similar 7 --run {0}", "runs show {0} --json",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["best", "dnn (copy)"])
def test_a_run_is_used_under_the_name_of_its_folder(
    name: str, line: str, home: Path, cli: Cli
) -> None:
    (home / "data" / "runs" / "dnn").rename(home / "data" / "runs" / name)
    result = cli(*(part.format(name) for part in line.split()))
    assert (result.exit_code, result.stderr) == (0, "")
    assert name in result.stdout
