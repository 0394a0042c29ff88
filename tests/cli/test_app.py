"""Help, version, errors and exit codes: the contract of the terminal."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from movierec_cli import __version__
from movierec_cli.cli.app import app
from movierec_cli.core.data import download as network
from movierec_cli.core.data import registry
from tests.cli.conftest import Cli, Command
from tests.conftest import SMALL
from tests.helpers import Site


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the words of every command and group, and whether it is a group."""
    inner = getattr(command, "commands", {})
    yield path, bool(inner)
    for name, child in inner.items():
        yield from commands(child, (*path, name))


COMMANDS = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(
    ("path", "is_group"), COMMANDS, ids=[" ".join(("movierec", *path)) for path, _ in COMMANDS]
)
def test_every_command_has_help_with_an_example(
    path: tuple[str, ...], is_group: bool, cli: Cli
) -> None:
    result = cli(*path, "--help")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == cli(*path, "-h").stdout
    assert f"Usage: {' '.join(('movierec', *path))}" in result.stdout
    if not is_group:
        _, found, examples = result.stdout.partition("Examples")
        assert found
        command = " ".join(("movierec", *path))
        assert any(line.strip().startswith(command) for line in examples.splitlines())


def test_the_main_commands_are_there() -> None:
    names = {" ".join(path) for path, _ in COMMANDS}
    assert {"quickstart", "download", "eda genres", "train", "evaluate", "recommend"} <= names


def test_the_version(cli: Cli) -> None:
    result = cli("--version")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"movierec {__version__}\n", "")


def test_without_a_command_it_helps(cli: Cli) -> None:
    result = cli()
    assert "Usage: movierec" in result.output
    assert "quickstart" in result.output


def failed(result: Any, code: int) -> tuple[str, str]:
    """Return the texts of the ``error:`` and ``hint:`` lines, the only output there is."""
    assert result.stdout == ""
    assert result.exit_code == code, result.stderr
    error, _, hint = result.stderr.partition("\n\n")
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert hint.count("\n") == 1
    assert "Traceback" not in result.stderr
    return error.removeprefix("error: "), hint.removeprefix("hint: ").rstrip("\n")


def test_an_unknown_data_set_is_wrong_usage(cli: Cli) -> None:
    error, hint = failed(cli("eda", "genres", "--dataset", "ml-20m"), 2)
    assert error == "There is no data set 'ml-20m'."
    assert "synthetic" in hint


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "oracle", "--dataset", SMALL),
        ("train", "dnn", "--preset", "oracle", "--dataset", SMALL),
        ("train", "dnn", "--preset", "original", "--device", "tpu", "--dataset", SMALL),
        ("train", "dnn", "--preset", "original", "--learning-rate", "0", "--dataset", SMALL),
        ("train", "dnn", "--preset", "original", "--holdout", "u9", "--dataset", SMALL),
        ("eda", "genres", "--dataset", "synthetic-5x5x5"),
        ("evaluate", "a/b"),
        ("download", "--from", "x.zip", "--url", "https://films.example/x.zip"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_wrong_usage(arguments: tuple[str, ...], cli: Cli) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("eda", "nonsense"),
        ("train",),
        ("evaluate",),
        ("train", "dnn", "--epochs", "0"),
        ("train", "dnn", "--epochs", "many"),
        ("train", "dnn", "--split-seed", "-1"),
        ("evaluate", "dnn", "--k", "0"),
        ("eda", "genres", "--format", "xml"),
        ("eda", "genres", "--nonsense"),
    ],
    ids=" ".join,
)
def test_what_typer_refuses_is_wrong_usage_too(arguments: tuple[str, ...], cli: Cli) -> None:
    _, hint = failed(cli(*arguments), 2)
    assert re.fullmatch(r"See: movierec( \w+)* --help", hint)


def test_data_that_is_not_there_is_code_three(cli: Cli) -> None:
    error, hint = failed(cli("eda", "genres"), 3)
    assert error.startswith("MovieLens 100K is not in ")
    assert hint == "Get it with: movierec download"


def test_a_run_that_is_not_there_is_code_three(cli: Cli) -> None:
    error, hint = failed(cli("evaluate", "mine"), 3)
    assert error == "There is no run 'mine'."
    assert hint == "Train one with: movierec train dnn"


def test_a_file_that_is_not_there_is_code_three(cli: Cli) -> None:
    error, _ = failed(cli("download", "--from", "gone.zip"), 3)
    assert error == "There is no file or folder gone.zip."


def test_a_page_that_is_not_there_is_code_four(cli: Cli, site: Site) -> None:
    result = cli("download", "--url", f"{site.url}/gone.zip")
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"error: {site.url}/gone.zip answers 404 Not Found.\n" in result.stderr
    assert "hint: " in result.stderr


def test_no_network_is_code_four(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "RETRY_PAUSES", (0.0,))
    result = cli("download")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Trying again" in result.stderr
    assert "cannot be reached" in result.stderr
    assert "movierec download --from " in result.stderr


def test_another_file_is_code_five(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "page.zip").write_bytes(b"<html>")
    error, hint = failed(cli("download", "--from", "page.zip"), 5)
    assert error.startswith("page.zip is not a readable zip archive")
    assert "movierec download" in hint


def test_a_damaged_run_is_code_five(
    cli: Cli, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.parent.parent, tmp_path / "copy")
    monkeypatch.setenv("MOVIEREC_HOME", str(tmp_path / "copy"))
    (weights,) = (tmp_path / "copy" / "data" / "runs" / "dnn").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    error, hint = failed(cli("evaluate", "dnn"), 5)
    assert "The run 'dnn' is damaged" in error
    assert "train" in hint


def fail_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*arguments: Any) -> None:
        raise failure

    monkeypatch.setattr(registry, "load_dataset", load)


def test_an_unexpected_failure_says_that_it_is_a_bug(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(RuntimeError("out of tea"), monkeypatch)
    error, hint = failed(cli("eda", "genres"), 1)
    assert error == f"This is a bug in movierec {__version__}: RuntimeError: out of tea"
    assert "MOVIEREC_DEBUG=1" in hint


def test_an_interruption_is_code_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    result = cli("eda", "genres")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "bug" not in result.stderr


@pytest.mark.parametrize("wanted", ["", "0", "1"])
def test_a_traceback_is_shown_only_when_it_is_asked_for(wanted: str, command: Command) -> None:
    done = command("evaluate", "mine", MOVIEREC_DEBUG=wanted)
    assert done.stdout == ""
    assert ("Traceback" in done.stderr) == (wanted == "1")
    assert "There is no run 'mine'." in done.stderr
    assert done.returncode != 0


def test_errors_are_never_wrapped(cli: Cli) -> None:
    long = "x" * 300
    assert f"{'/'.join([long] * 3)}" in cli("download", "--from", "/".join([long] * 3)).stderr


@pytest.mark.parametrize("format", ["table", "md", "csv", "json"])
def test_a_terminal_that_knows_only_ascii_is_served(
    format: str, trained: Path, command: Command
) -> None:
    for arguments in (
        ("recommend", "--user", "3", "-n", "120"),
        ("eda", "genres", "--dataset", SMALL),
    ):
        done = command(*arguments, "--format", format, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()
        if "recommend" in arguments:
            assert "Cafe" in done.stdout  # the data says Café


def test_a_reader_that_has_enough_leaves_no_traceback(trained: Path, tmp_path: Path) -> None:
    for arguments in ("recommend --user 3 -n 120 --json", "eda genres --dataset " + SMALL):
        line = f"'{sys.executable}' -m movierec_cli {arguments} | head -1"
        done = subprocess.run(line, shell=True, check=False, capture_output=True, text=True)
        assert done.stderr == ""
        assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "format",
    [
        "json",
        "csv",
        "table",
    ],
)
def test_a_reader_that_is_gone_from_the_start_is_no_failure(format: str, trained: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "movierec_cli", "recommend", "--user", "3", "--format", format],
            stdout=gone,
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_runs_as_a_module(command: Command) -> None:
    done = command("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"movierec {__version__}\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("format", ["table", "json", "csv", "md"])
def test_a_disk_that_is_full_is_no_bug(format: str, trained: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "movierec_cli", "recommend", "--user", "3", "--format", format],
            stdout=full,
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr == "error: The output cannot be written: No space left on device.\n"


def test_the_prose_of_a_help_has_the_width_of_the_terminal(cli: Cli) -> None:
    text = cli("evaluate", "--help").stdout
    assert "but who they are. Fold-in: 80 % of their ratings are known." in " ".join(text.split())
    assert any("Fold-in: 80 % of their ratings are known" in line for line in text.splitlines())


def test_a_title_that_is_not_quoted_is_told_to_be(cli: Cli) -> None:
    error, hint = failed(cli("films", "star", "trek"), 2)
    assert "unexpected extra argument" in error
    assert hint == 'Quote words that belong together: "star wars". See: movierec films --help'


def test_a_wrong_choice_is_told_in_words_for_people(cli: Cli) -> None:
    error, _ = failed(cli("eda", "genres", "--format", "jsn"), 2)
    assert error.startswith("Invalid value for '--format': 'jsn' is not one of")
