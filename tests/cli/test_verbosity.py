"""``--quiet``, ``--verbose`` and ``--no-progress``: the output beside the data."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Command
from tests.conftest import SMALL

TRAINING = (
    "train", "dnn", "--preset", "original", "--epochs", "2", "--batch-size", "500",
    "--dataset", SMALL,
)  # fmt: skip


def test_by_default_progress_and_the_next_command_are_printed(cli: Cli) -> None:
    lines = cli(*TRAINING).stderr.splitlines()
    header = next(at for at, line in enumerate(lines) if line.startswith("epoch"))
    rows = lines[header + 1 : header + 3]
    assert [line.split()[0].rstrip("*") for line in rows] == ["1", "2"]
    assert "movierec recommend" in lines[-1]


def test_quiet_prints_nothing_and_holds_for_one_command_only(cli: Cli) -> None:
    again = (*TRAINING, "--force")
    for arguments in ((*TRAINING, "--quiet"), ("-q", *again)):
        result = cli(*arguments)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert "epoch  " in cli(*again).stderr


def test_quiet_still_prints_errors_and_data(cli: Cli, trained: Path) -> None:
    assert "There is no run 'mine'" in cli("evaluate", "mine", "-q").stderr
    assert cli("recommend", "--user", "3", "-q").stdout == cli("recommend", "--user", "3").stdout


def test_no_progress_leaves_the_results(cli: Cli) -> None:
    text = cli(*TRAINING, "--no-progress").stderr
    assert "epoch  " not in text
    assert text.startswith("Trained dnn (original)")


def test_verbose_logs_the_files_that_are_read_and_written(command: Command) -> None:
    done = command(*TRAINING, "--verbose", "--no-progress")
    assert done.stdout == ""
    logged = re.findall(r"^ *\d+ ms  (\w+) (\S+)", done.stderr, re.MULTILINE)
    written = {Path(path).name for verb, path in logged if verb == "wrote"}
    assert {"manifest.json", f"{SMALL}.safetensors"} <= written
    again = command("evaluate", f"dnn-original-{SMALL}", "-v")
    assert again.returncode == 0
    assert re.search(rf"opened \S+{SMALL}\.safetensors", again.stderr)


@pytest.mark.parametrize("line", ["--quiet --verbose runs list", "runs -v list -q"])
def test_quiet_and_verbose_exclude_each_other(line: str, cli: Cli) -> None:
    result = cli(*line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "exclude each other" in result.stderr
