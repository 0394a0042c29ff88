"""Help, version, errors and exit codes."""

import os
import re
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
def test_every_command_has_help_with_an_example_and_without_type_names(
    path: tuple[str, ...], is_group: bool, cli: Cli
) -> None:
    command = " ".join(("movierec", *path))
    result = cli(*path, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == cli(*path, "-h").stdout
    assert f"Usage: {command}" in result.stdout
    options = ("quiet", "verbose", "no-progress", "help")
    assert all(f"--{name}" in result.stdout for name in options)
    assert not re.search(r"<[a-z]+(\||>)|<=x|\b(INTEGER|FLOAT|TEXT|RANGE)\b", result.stdout)
    if not is_group:
        _, found, examples = result.stdout.partition("Examples")
        assert found
        assert any(line.strip().startswith(command) for line in examples.splitlines())


def test_the_version(cli: Cli) -> None:
    for option in ("--version", "-V"):
        result = cli(option)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == f"movierec {__version__}\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("recommend", "fargo"), "movierec recommend --like fargo"),
        (("recommend", "star", "wars"), 'movierec recommend --like "star wars"'),
        (("recommend", "--like", "star", "wars"), 'Quote words that belong together: "star wars"'),
        (("similar", "star", "wars"), 'Quote words that belong together: "star wars"'),
    ],
)
def test_a_stray_argument_gets_the_option_or_the_quotes_that_it_lacks(
    words: tuple[str, ...], hint: str, cli: Cli
) -> None:
    result = cli(*words)
    assert result.exit_code == 2
    assert hint in result.stderr


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


@pytest.mark.parametrize(
    "line",
    [
        f"train oracle --dataset {SMALL}",
        "eda genres --dataset ml-20b",
        "evaluate a/b",
        "download --from x.zip --url https://films.example/x.zip",
    ],
)
def test_a_value_that_makes_no_sense_is_wrong_usage(line: str, cli: Cli) -> None:
    result = cli(*line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "films star trek",
        "nonsense",
        "train",
        "train dnn --epochs 0",
        "eda genres --format xml",
        "eda genres --nonsense",
    ],
)
def test_a_line_that_typer_refuses_is_wrong_usage_and_names_the_help(line: str, cli: Cli) -> None:
    _, hint = failed(cli(*line.split()), 2)
    assert re.search(r"See: movierec( \w+)* --help$", hint)


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("eda genres", 3, "movierec download"),
        ("evaluate mine", 3, "movierec train dnn"),
        ("download --from gone.zip", 3, ""),
        ("download --from page.zip", 5, "movierec download"),
    ],
)
def test_missing_data_is_code_three_and_a_wrong_file_code_five(
    line: str, code: int, hint: str, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "page.zip").write_bytes(b"<html>")
    assert hint in failed(cli(*line.split()), code)[1]


def test_a_page_that_is_not_there_is_code_four(cli: Cli, site: Site) -> None:
    result = cli("download", "--url", f"{site.url}/gone.zip")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "404" in result.stderr
    assert "hint: " in result.stderr


def test_no_network_is_code_four(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "RETRY_PAUSES", (0.0,))
    result = cli("download")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Trying again" in result.stderr
    assert "movierec download ml-100k --from FILE" in result.stderr


def fail_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*arguments: Any) -> None:
        raise failure

    monkeypatch.setattr(registry, "load_dataset", load)


def test_an_unexpected_failure_is_reported_as_a_bug(
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
    assert result.stderr == "error: Interrupted. Unfinished work is not kept.\n"


@pytest.mark.parametrize("wanted", ["0", "1"])
def test_a_traceback_is_shown_only_when_it_is_asked_for(wanted: str, command: Command) -> None:
    done = command("evaluate", "mine", MOVIEREC_DEBUG=wanted)
    assert done.stdout == ""
    assert ("Traceback" in done.stderr) == (wanted == "1")
    assert "There is no run 'mine'." in done.stderr
    assert done.returncode == 3


@pytest.mark.parametrize(("format", "title"), [("table", "Cafe"), ("json", "Café")])
def test_a_terminal_that_knows_only_ascii_gets_plain_tables_and_data_in_utf_8(
    format: str, title: str, trained: Path, command: Command
) -> None:
    arguments = ("recommend", "--user", "3", "-n", "120", "--format", format)
    done = command(*arguments, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii() == (format == "table")
    assert title in done.stdout  # the data says Café


def piped_to(target: Any, format: str) -> "subprocess.CompletedProcess[str]":
    """Recommend with stdout connected to ``target``."""
    return subprocess.run(
        [sys.executable, "-m", "movierec_cli", "recommend", "--user", "3", "--format", format],
        stdout=target,
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("format", ["json", "table"])
def test_a_reader_that_is_gone_is_no_failure(format: str, trained: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = piped_to(gone, format)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("format", ["table", "json"])
def test_a_disk_that_is_full_is_no_bug(format: str, trained: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = piped_to(full, format)
    assert done.returncode == 3
    assert done.stderr == "error: The output cannot be written: No space left on device.\n"
