"""Commands in several processes: shared, refused, failing, and killed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from movierec_cli.cli import verbosity
from movierec_cli.core.parallel import group as parallel
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.checkpoint import unfinished
from tests.cli.conftest import Cli
from tests.conftest import SMALL

LOCAL = {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}


def torchrun(*arguments: str) -> "subprocess.Popen[str]":
    """Start ``movierec`` in two processes."""
    options = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "--")
    return subprocess.Popen(
        [sys.executable, *options, "movierec_cli", *arguments],
        env={**os.environ, **LOCAL},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def exit_codes(stderr: str) -> list[int]:
    """Return the exit codes of the processes, from the report of torchrun."""
    return sorted(map(int, re.findall(r"exitcode  : (-?\d+)", stderr)))


def process_of(rank: int, launcher: int) -> int:
    """Return the id of a process that torchrun has started."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    for child in children:
        if f"\0RANK={rank}\0" in Path(f"/proc/{child}/environ").read_text():
            return int(child)
    raise AssertionError(f"no process {rank} among {children}")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to find a process in")
def test_a_killed_process_ends_the_others_and_what_is_kept_continues(paths: Paths) -> None:
    options = ("--dataset", SMALL, "--batch-size", "500", "--epochs", "100000")
    with torchrun("train", "dnn", *options) as launcher:
        assert launcher.stderr is not None
        rows = 0
        while rows < 2:
            line = launcher.stderr.readline()
            assert line, "it ended by itself"
            rows += line.split()[:1] == [str(rows + 1)]
        os.kill(process_of(1, launcher.pid), signal.SIGKILL)
        started = time.monotonic()
        _, stderr = launcher.communicate(timeout=60)
        assert time.monotonic() - started < 30
    assert launcher.returncode != 0
    assert exit_codes(stderr) == [-signal.SIGKILL, 130]
    assert stderr.count("error: ") == 1
    (left,) = unfinished(paths.runs)
    assert f"Continue it with: {left.command}\n" in stderr
    assert left.command.startswith("torchrun --standalone --nproc-per-node 2 -m movierec_cli train")
    kept = [path.name for path in (paths.runs / left.name).iterdir()]
    assert kept == ["checkpoint.safetensors"]


def test_an_error_of_one_process_ends_all_with_its_exit_code_and_one_message(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    output = "/proc/none/films.csv"  # where the first process, the only one that writes, cannot
    launcher = torchrun("recommend", "--all-users", "--run", "dnn", "-o", output)
    stdout, stderr = launcher.communicate(timeout=60)
    assert exit_codes(stderr) == [3, 3]
    assert stderr.count("error: ") == 1
    assert f"error: {output} cannot be written" in stderr
    assert stdout == ""


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be the first of two."""
    two = parallel.Group()
    two.size = 2
    monkeypatch.setattr(parallel, "_CURRENT", [two])


@pytest.mark.parametrize(
    "arguments",
    [
        ["datasets", "list"],
        ["recommend", "--user", "3", "--run", "dnn"],
        ["train", "two-tower", "--dataset", SMALL, "--name", "new"],
        ["train", "dnn", "--preset", "original", "--dataset", SMALL, "--name", "new"],
    ],
)
def test_what_several_processes_cannot_share_is_refused(
    arguments: list[str], second: None, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    done = cli(*arguments)
    assert done.exit_code == 2
    assert "runs in one process, not in 2." in done.stderr
    assert "movierec train dnn" in done.stderr


def test_several_processes_do_not_ask(
    second: None, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    done = cli("train", "dnn", "--dataset", SMALL, "--name", "dnn")
    assert (done.exit_code, "--force" in done.stderr) == (2, True)


def test_a_muted_process_shows_errors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbosity.CURRENT, "muted", True)
    assert not verbosity.CURRENT.notes
    assert not verbosity.CURRENT.progress
