"""``--quiet``, ``--verbose`` and ``--no-progress``: what is told beside the data."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Command
from tests.conftest import SMALL

TRAINING = (
    "train", "dnn", "--preset", "original", "--epochs", "2", "--batch-size", "500",
    "--dataset", SMALL,
)  # fmt: skip


def test_usually_progress_and_hints_are_told(cli: Cli) -> None:
    told = cli(*TRAINING).stderr.splitlines()
    assert told[0].startswith("epoch")
    assert [line.split()[0].rstrip("*") for line in told[1:3]] == ["1", "2"]
    assert told[-1].startswith("Use it with: movierec recommend")


def test_quiet_tells_nothing(cli: Cli) -> None:
    for arguments in ((*TRAINING, "--quiet"), ("-q", *TRAINING)):
        result = cli(*arguments)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_quiet_still_tells_errors_and_prints_data(cli: Cli, trained: Path) -> None:
    assert "There is no run 'mine'" in cli("evaluate", "mine", "-q").stderr
    assert cli("recommend", "--user", "3", "-q").stdout == cli("recommend", "--user", "3").stdout


def test_no_progress_leaves_the_results(cli: Cli) -> None:
    told = cli(*TRAINING, "--no-progress").stderr
    assert "epoch  " not in told
    assert told.startswith("Trained dnn (original)")


def test_the_next_command_is_as_loud_as_usual(cli: Cli) -> None:
    cli(*TRAINING, "-q")
    assert "epoch  " in cli(*TRAINING).stderr


def test_verbose_tells_which_files_are_read_and_written(command: Command) -> None:
    done = command(*TRAINING, "--verbose", "--no-progress")
    assert done.stdout == ""
    logged = re.findall(r"^ *\d+ ms  (\w+) (\S+)", done.stderr, re.MULTILINE)
    assert ("wrote", "manifest.json") in [(verb, Path(path).name) for verb, path in logged]
    assert ("wrote", f"{SMALL}.npz") in [(verb, Path(path).name) for verb, path in logged]
    again = command("evaluate", f"dnn-original-{SMALL}", "-v")
    assert again.returncode == 0
    assert f"read {Path('cache')}" in again.stderr.replace(str(Path.cwd() / "home") + "/", "")


@pytest.mark.parametrize("place", [0, 1, 2], ids=["before", "between", "behind"])
def test_quiet_and_verbose_exclude_each_other(place: int, cli: Cli) -> None:
    words = ["runs", "list"]
    words[place:place] = ["--quiet", "--verbose"] if place != 1 else ["-v", "-q"]
    result = cli(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "ask for opposite things" in result.stderr


def test_the_options_stand_in_every_help(cli: Cli) -> None:
    for words in ((), ("train",), ("eda", "genres"), ("runs",), ("runs", "show")):
        text = cli(*words, "--help").stdout
        assert all(f"--{name}" in text for name in ("quiet", "verbose", "no-progress")), words
