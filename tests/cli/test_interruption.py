"""Trainings that are interrupted, in processes of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.checkpoint import unfinished
from tests.cli.conftest import Command
from tests.conftest import SMALL

TRAINING = ("train", "dnn", "--dataset", SMALL, "--batch-size", "500")
LONG = (*TRAINING, "--epochs", "100000")  # hours: no machine ends it before the signal
NAME = f"dnn-{SMALL}"


@contextmanager
def training(*options: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a long training and wait for the first line of its log; end it if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "movierec_cli", *LONG, *options], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    process.stderr.readline()
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def kept_epochs(runs: Path) -> int:
    return sum(left.epochs for left in unfinished(runs))


def interrupt(number: signal.Signals, *options: str) -> tuple[int, str]:
    """Send a signal to a training that has kept two more epochs; return code and rest of stderr."""
    runs = Paths.from_environment().runs
    wanted = kept_epochs(runs) + 2
    with training(*options) as process:
        assert process.stderr is not None
        while kept_epochs(runs) < wanted:
            assert process.stderr.readline(), "it ended by itself"
        process.send_signal(number)
        _, rest = process.communicate(timeout=60)
        return process.returncode, rest


def test_an_interruption_does_not_wait_for_background_threads() -> None:
    code = (
        "import sys, threading, time\n"
        "import movierec_cli.__main__ as program\n"
        "def interrupted(prog_name):\n"
        "    threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "    sys.stdout.write('printed before')\n"
        "    sys.exit(130)\n"
        "program.app = interrupted\n"
        "program.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "printed before", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_130_and_the_command_that_continues(
    number: signal.Signals, paths: Paths
) -> None:
    code, stderr = interrupt(number)
    assert code == 130
    assert "Traceback" not in stderr
    (left,) = unfinished(paths.runs)
    assert (left.name, left.epochs >= 2) == (NAME, True)
    assert f"{left.command}\n" in stderr
    words = set(left.command.split())
    assert {"--resume", "--dataset", SMALL, "--batch-size", "500", "--epochs"} <= words


def test_a_killed_training_can_be_resumed_and_leaves_no_litter(paths: Paths) -> None:
    code, _ = interrupt(signal.SIGKILL)
    assert code == -signal.SIGKILL
    (left,) = unfinished(paths.runs)
    folder = paths.runs / left.name
    for part in folder.glob(".*.part"):  # killed while writing: the next write removes it
        os.utime(part, (0, 0))
    code, _ = interrupt(signal.SIGINT, "--resume")
    assert code == 130
    (later,) = unfinished(paths.runs)
    assert later.epochs > left.epochs
    assert [path.name for path in folder.iterdir()] == ["checkpoint.safetensors"]


def test_other_commands_name_the_unfinished_training_and_nothing_replaces_it_unasked(
    command: Command,
) -> None:
    interrupt(signal.SIGINT)
    listed = command("runs", "list")
    assert listed.returncode == 0
    evaluated = command("evaluate", NAME)
    assert evaluated.returncode == 3
    refused = command(*TRAINING, "--epochs", "1")
    assert refused.returncode == 2
    for done in (listed, evaluated, refused):
        assert "--resume" in done.stderr
    assert "There is a run" not in refused.stderr
    forced = command(*TRAINING, "--epochs", "1", "--quiet", "--force")
    assert (forced.returncode, forced.stderr) == (0, "")
    assert "There is a run" in command(*TRAINING, "--epochs", "1").stderr


def test_commands_compute_with_one_thread(trained: object, command: Command) -> None:
    code = (
        "import os, sys\n"
        "import movierec_cli.__main__ as program\n"
        "program.app = lambda prog_name: None\n"
        "program.main()\n"
        "print({os.environ[name] for name in program._THREAD_VARIABLES}, 'numpy' in sys.modules)\n"
        "print(os.environ['THP_MEM_ALLOC_ENABLE'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "7", "OMP_NUM_THREADS": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{'1'} False\n1\n"
    answers = {
        command(
            "recommend", "--user", "3", "-n", "100", "--json",
            OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads,
        ).stdout
        for threads in ("1", "5")
    }  # fmt: skip
    assert len(answers) == 1
