"""Time whole processes: what a person waits for after pressing return.

    .venv/bin/python benchmarks/speed.py [--json FILE] [--repeats 5] [--training-repeats 3]

MovieLens 100K has to be in the cache: movierec download. Runs are trained into a temporary
folder; your own are not touched.
"""

import argparse
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from report import speed_section

BARE = [sys.executable, "-c", "import numpy, typer, rich.table"]
COMMANDS = (
    "movierec train dnn --force",  # first: others use it
    "movierec --help",
    "movierec eda genres --json",
    "movierec recommend --user 42",
    'movierec recommend --like Fargo --like "Toy Story"',
    'movierec similar "Toy Story"',
    "movierec evaluate dnn",
    "movierec train two-tower --force",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write the times here instead of a table")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--training-repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="movierec-speed-") as folder:
        environment = {**os.environ, "MOVIEREC_DATA_DIR": folder}
        found = []
        for command in COMMANDS:
            repeats = arguments.training_repeats if " train " in command else arguments.repeats
            found.append(_timed(command, repeats, int(" train " not in command), environment))
            if arguments.json:
                arguments.json.write_text(json.dumps(found))
    if not arguments.json:
        sys.stdout.write(speed_section(found) + "\n")


def _timed(
    command: str, repeats: int, warm_ups: int, environment: Mapping[str, str]
) -> dict[str, object]:
    """Return the median seconds of a command, and of the bare Python run in turn with it."""
    argv = _argv(command)
    counted, bare = [], []
    for number in range(warm_ups + repeats):
        pair = _seconds(argv, environment), _seconds(BARE, environment)
        if number >= warm_ups:
            counted.append(pair[0])
            bare.append(pair[1])
    seconds, cpu = (statistics.median(column) for column in zip(*counted, strict=True))
    bare_seconds, bare_cpu = (statistics.median(column) for column in zip(*bare, strict=True))
    return {
        "command": command,
        "seconds": seconds,
        "cpu": cpu,
        "bare": bare_seconds,
        "bare_cpu": bare_cpu,
        "runs": repeats,
    }


def _argv(command: str) -> list[str]:
    program, *rest = shlex.split(command)
    return [str(Path(sys.executable).with_name(program)), *rest]


def _seconds(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command; return how long it took, and how long it kept the processors busy."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(argv, check=True, capture_output=True, env=environment)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
