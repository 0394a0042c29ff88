"""Nothing of value is removed or replaced without a question, or the option that answers it."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from movierec_cli.cli import output as console
from movierec_cli.cli.app import app
from tests.cli.conftest import Cli
from tests.cli.test_places import home
from tests.conftest import SMALL

__all__ = ["home"]

TRAIN = f"train dnn --preset original --epochs 1 --dataset {SMALL} --name dnn"
QUESTIONS = (
    (TRAIN, "--force", "data/runs/dnn/manifest.json"),
    ("runs remove dnn", "--yes", "data/runs/dnn/manifest.json"),
    ("profiles remove ann", "--yes", "data/profiles/ann.json"),
    (f"profiles import ann films.csv --dataset {SMALL}", "--force", "data/profiles/ann.json"),
    ("recommend --like 3 --run dnn --save-profile ann", "--force", "data/profiles/ann.json"),
    ("import mine.csv --name mine", "--force", "data/datasets/mine.safetensors"),
    ("datasets remove mine", "--yes", "data/datasets/mine.safetensors"),
)


@pytest.fixture
def filled(home: Path, tmp_path: Path, cli: Cli) -> Path:
    """A home with a run, a profile and an imported data set."""
    (tmp_path / "films.csv").write_text("film,rating\n7,4\n")
    assert cli("recommend", "--like", "7", "--run", "dnn", "--save-profile", "ann").exit_code == 0
    assert cli("import", "mine.csv", "--name", "mine").exit_code == 0
    (tmp_path / "mine.csv").write_text("user,film,rating\n" + "1,1,5\n2,1,4\n1,2,2\n")
    return home


Terminal = Callable[[str, str], "tuple[int, str]"]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Run a command at a terminal in which an answer is typed; return its code and its stderr."""

    def run(line: str, answer: str) -> tuple[int, str]:
        typed = io.StringIO(answer)
        monkeypatch.setattr(typed, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", typed)
        console.stdout.cache_clear()
        console.stderr.cache_clear()
        with pytest.raises(SystemExit) as end:
            app(line.split(), prog_name="movierec")
        return int(end.value.code or 0), capsys.readouterr().err

    return run


@pytest.mark.parametrize(("line", "option", "file"), QUESTIONS)
def test_without_a_terminal_it_is_refused_before_any_work_and_the_option_named(
    line: str, option: str, file: str, filled: Path, cli: Cli
) -> None:
    before = (filled / file).read_bytes()
    result: Result = cli(*line.split())
    assert (result.exit_code, result.stdout) == (2, ""), result.stderr
    assert f"hint: Add {option}, which confirms it." in result.stderr
    assert "Recommend" not in result.stderr
    assert (filled / file).read_bytes() == before
    assert cli(*line.split(), option).exit_code == 0
    assert not (filled / file).exists() or (filled / file).read_bytes() != before


@pytest.mark.parametrize("answer", ["\n", "", "n\n"])
@pytest.mark.parametrize(("line", "file"), [(line, file) for line, _, file in QUESTIONS])
def test_at_a_terminal_it_is_a_question_whose_usual_answer_is_no(
    line: str, file: str, answer: str, filled: Path, terminal: Terminal
) -> None:
    before = (filled / file).read_bytes()
    code, stderr = terminal(line, answer)
    assert code == 0
    assert "? [y/N]" in stderr
    assert "Nothing was" in stderr
    assert (filled / file).read_bytes() == before


def test_a_yes_at_the_terminal_is_enough(filled: Path, terminal: Terminal) -> None:
    assert terminal("runs remove dnn", "y\n")[0] == 0
    assert not (filled / "data" / "runs" / "dnn").exists()


def test_a_profile_that_is_only_extended_is_saved_without_a_question(
    filled: Path, cli: Cli
) -> None:
    before = (filled / "data" / "profiles" / "ann.json").read_bytes()
    line = "recommend --profile ann --like 3 --run dnn --save-profile ann"
    assert cli(*line.split()).exit_code == 0
    assert (filled / "data" / "profiles" / "ann.json").read_bytes() != before


def test_compare_and_report_replace_no_run_of_the_same_name_unasked(filled: Path, cli: Cli) -> None:
    run = filled / "data" / "runs" / "dnn"
    run.rename(run.with_name(f"dnn-{SMALL}"))  # of one epoch, not as compare trains it
    for line in (f"compare --dataset {SMALL}", f"report --train --dataset {SMALL}"):
        result = cli(*line.split())
        assert result.exit_code == 2, result.stderr
        assert f"There is a run 'dnn-{SMALL}' already" in result.stderr
        assert "--force" in result.stderr


def test_an_interruption_before_a_training_begins_says_that_nothing_is_kept(
    home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("movierec_cli.core.data.registry.load_dataset", interrupt)
    result = cli("train", "dnn", "--dataset", SMALL, "--name", "new")
    assert result.exit_code == 130
    assert "before the training began; nothing is kept" in result.stderr
    assert f"movierec train dnn --name new --dataset {SMALL}" in result.stderr


def test_a_run_of_other_software_is_not_replaced_either(filled: Path, cli: Cli) -> None:
    manifest = filled / "data" / "runs" / "dnn" / "manifest.json"
    manifest.write_text('{"format": 99}')
    result = cli(*TRAIN.split())
    assert result.exit_code == 2
    assert "another version of movierec" in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "report -o r.pdf", "report -o r", "report --format md -o r.html",
        "recommend --all-users --run dnn -o r.pdf", "export vectors --run dnn -o r.pdf",
        f"eda genres --dataset {SMALL} --plot r.pdf", "runs show dnn --plot r.pdf",
        "recommend --ratings films.csv --run dnn --report r.pdf",
    ],
)  # fmt: skip
def test_a_file_whose_ending_is_no_format_is_refused(line: str, filled: Path, cli: Cli) -> None:
    result = cli(*line.split())
    assert result.exit_code == 2, result.stderr
    assert "hint: " in result.stderr
    assert not Path("r.pdf").exists()
