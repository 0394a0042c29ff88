"""Trainings that are interrupted, in processes of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.checkpoint import unfinished
from tests.cli.conftest import Command
from tests.conftest import SMALL

TRAINING = ("train", "dnn", "--dataset", SMALL, "--preset", "original", "--batch-size", "500")
LONG = (*TRAINING, "--epochs", "500", "--learning-rate", "0.00001")
ENDED_BY_KILL = -signal.SIGKILL


def interrupt_after_an_epoch(number: signal.Signals) -> "tuple[int, str]":
    """Start a training, send it a signal once an epoch is told; return exit code and stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", "movierec_cli", *LONG], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    told = ""
    while not told.lstrip().startswith("2"):
        told = process.stderr.readline()
        assert told, "it ended by itself"
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)
    return process.returncode, rest


def test_who_interrupts_does_not_wait_for_what_is_computed_beside_the_training() -> None:
    code = (
        "import sys, time\n"
        "import movierec_cli.__main__ as program\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def interrupted(prog_name):\n"
        "    ThreadPoolExecutor(1).submit(time.sleep, 600)\n"
        "    sys.stdout.write('what was printed before')\n"
        "    sys.exit(130)\n"
        "program.app = interrupted\n"
        "program.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, "")
    assert done.stdout == "what was printed before"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_130_and_says_how_to_go_on(number: signal.Signals, paths: Paths) -> None:
    code, stderr = interrupt_after_an_epoch(number)
    assert code == 130
    assert "error: Interrupted. The training of 'dnn-original-synthetic-120x200x5000'" in stderr
    (training,) = unfinished(paths.runs)
    assert training.epochs >= 2
    assert f"hint: Go on with: {training.command}\n" in stderr
    assert training.command == " ".join(("movierec", *sorted_as_written(LONG), "--resume"))
    assert "Traceback" not in stderr


def sorted_as_written(words: tuple[str, ...]) -> list[str]:
    """Return the words of `LONG` in the order in which movierec writes a command."""
    model = list(words[:2])
    options = dict(zip(words[2::2], words[3::2], strict=True))
    options["--learning-rate"] = str(float(options["--learning-rate"]))
    order = ("--preset", "--epochs", "--learning-rate", "--batch-size", "--dataset")
    return model + [word for name in order for word in (name, options[name])]


def test_what_was_killed_goes_on_and_leaves_no_litter(paths: Paths, command: Command) -> None:
    code, _ = interrupt_after_an_epoch(signal.SIGKILL)
    assert code == ENDED_BY_KILL
    (training,) = unfinished(paths.runs)
    folder = paths.runs / training.name
    for part in folder.glob(".*.part"):  # killed while writing: the next write sweeps it
        os.utime(part, (0, 0))
    code, _ = interrupt_resumed()
    assert code == 130
    (later,) = unfinished(paths.runs)
    assert later.epochs > training.epochs
    assert [path.name for path in folder.iterdir()] == ["checkpoint.safetensors"]


def interrupt_resumed() -> "tuple[int, str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "movierec_cli", *LONG, "--resume"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for _ in range(3):  # the header and two epochs
        assert process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    return process.returncode, rest


def test_a_second_training_of_the_name_is_refused_while_one_goes_on(
    paths: Paths, command: Command
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "movierec_cli", *LONG], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    process.stderr.readline()
    try:
        done = command(*TRAINING)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Another process is training the run" in done.stderr
    assert "--name" in done.stderr


def test_going_on_with_nothing_is_refused(command: Command) -> None:
    done = command(*TRAINING, "--resume")
    assert done.returncode == 3
    assert "There is no unfinished training" in done.stderr


def test_models_list_names_unfinished_trainings(paths: Paths, command: Command) -> None:
    interrupt_after_an_epoch(signal.SIGINT)
    done = command("runs", "list")
    assert done.returncode == 0
    assert "is unfinished" in done.stderr
    assert "--resume" in done.stderr
    evaluated = command("evaluate", "dnn-original-synthetic-120x200x5000")
    assert evaluated.returncode == 3
    assert "--resume" in evaluated.stderr


def test_it_computes_alike_whatever_threads_are_asked_for(trained: Path, command: Command) -> None:
    code = (
        "import os, sys\n"
        "import movierec_cli.__main__ as program\n"
        "program.app = lambda prog_name: None\n"
        "program.main()\n"
        "print({os.environ[name] for name in program._THREAD_VARIABLES}, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "7", "OMP_NUM_THREADS": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{'1'} False\n"
    answers = {
        command(
            "recommend", "--user", "3", "-n", "100", "--json",
            OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads,
        ).stdout
        for threads in ("1", "2", "5")
    }  # fmt: skip
    assert len(answers) == 1


def test_what_a_training_replaces_is_said_while_it_can_still_be_interrupted(
    paths: Paths, command: Command
) -> None:
    interrupt_after_an_epoch(signal.SIGINT)
    (training,) = unfinished(paths.runs)
    first = command(*TRAINING, "--epochs", "1")
    assert f"This one takes its place; to go on with it: {training.command}\n" in first.stderr
    assert "it replaces the run" not in first.stderr
    second = command(*TRAINING, "--epochs", "1", "--quiet")
    assert (second.returncode, second.stderr) == (0, "")
    assert "it replaces the run" in command(*TRAINING, "--epochs", "1").stderr
