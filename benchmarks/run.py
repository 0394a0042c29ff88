"""Measure movierec beside other libraries on the same splits, and write docs/benchmarks.md.

    make bench                                  everything
    .venv/bin/python benchmarks/run.py --quick  one split seed, a printout instead of the page

MovieLens 100K has to be in the cache first: movierec download. A part of MovieLens 1M is measured
too, where it was imported as ml-1m-half. Every library gets a virtual
environment of its own from requirements/NAME.txt; one that does not install is left out and
named. Splits and answers go into a temporary folder, which is removed.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from report import write_page
from tasks import OTHER_DATA, OTHER_SEEDS

from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.registry import list_imported
from movierec_cli.core.paths import Paths

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
PEERS = (
    "implicit",
    "rectools",
    "cornac",
    "lenskit",
    "recbole",
    "scikit-surprise",
    "myfm",
    "lightfm",
)
CHECKERS = {"ranx": "ranx", "rectools": "rectools"}  # how it is called here -> environment
SECTIONS = {
    "favorites": ("favorites.py",),
    "reliability-dnn": ("reliability.py",),
    "reliability-two-tower": ("reliability.py", "two-tower"),
}
"""Sections of the page by the script that prints them, with its arguments."""
SEEDS = (705, 706, 707, 708, 709)
INSTALL_SECONDS = 300
PEER_SECONDS = 600
VENVS = Path(tempfile.gettempdir()) / "movierec-bench"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--quick", action="store_true", help="one split seed, no speed, no page")
    parser.add_argument(
        "--folder", type=Path, help="keep splits and answers here; they hold MovieLens rows"
    )
    parser.add_argument("--out", type=Path, help="the page to write")
    parser.add_argument(
        "--venvs",
        type=Path,
        default=VENVS,
        help="where the environments are made and kept",
    )
    parser.add_argument("--torch-index", default="", help="an index with a small build of torch")
    arguments = parser.parse_args()
    seeds = arguments.seeds[:1] if arguments.quick else arguments.seeds
    page = arguments.out or (None if arguments.quick else PAGE)
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        _measure(arguments.folder.resolve(), seeds, arguments, page)
    else:
        with tempfile.TemporaryDirectory(prefix="movierec-bench-") as folder:
            _measure(Path(folder), seeds, arguments, page)


def _measure(
    folder: Path, seeds: list[int], arguments: argparse.Namespace, page: Path | None
) -> None:
    started = time.perf_counter()
    _call(sys.executable, "export.py", folder, "--seeds", *seeds)
    options = ("--seeds", *seeds)
    missing = _run_peers(folder, options, arguments.venvs, arguments.torch_index)
    _say("movierec")
    _call(sys.executable, "peers/peer_movierec.py", folder, "--seeds", *seeds)
    _call(sys.executable, "measure.py", folder, "--seeds", *seeds)
    _cross_check(folder, f"fold-in-{seeds[0]}", arguments.venvs, arguments.torch_index)
    if not arguments.quick:
        _say("favorites and calibration")
        _print_sections(folder)
        _measure_other_data(folder, arguments.venvs, arguments.torch_index)
        _say("speed")
        _call(sys.executable, "speed.py", "--json", folder / "speed.json")
    seconds = time.perf_counter() - started
    about = {"seeds": seeds, "missing": missing, "seconds": seconds, "load": os.getloadavg()[0]}
    (folder / "about.json").write_text(json.dumps(about))
    write_page(page, folder)


def _print_sections(folder: Path) -> None:
    """Train both models into ``folder`` and keep what the scripts on them print."""
    environment = {**os.environ, "MOVIEREC_DATA_DIR": str(folder / "data")}
    for model in ("dnn", "two-tower"):
        command = [sys.executable, "-m", "movierec_cli", "train", model, "--quiet"]
        subprocess.run(command, check=True, env=environment)
    for name, words in SECTIONS.items():
        command = [sys.executable, str(HERE / words[0]), *words[1:]]
        with (folder / f"{name}.md").open("w") as page:
            subprocess.run(command, check=True, env=environment, stdout=page)


def _measure_other_data(folder: Path, venvs: Path, index: str) -> None:
    """Measure movierec on other data sets, each in a folder of its own."""
    here = list_imported(Paths.from_environment())
    for name, peers in OTHER_DATA.items():
        if name not in EDITIONS and name not in here:
            _say(f"{name}: is not imported")
            continue
        _say(name)
        part = folder / name
        options = ("--dataset", name, "--seeds", *OTHER_SEEDS)
        _call(sys.executable, "export.py", part, *options)
        _run_peers(part, options, venvs, index, peers)
        _call(sys.executable, "peers/peer_movierec.py", part, *options)
        _call(sys.executable, "measure.py", part, *options)


def _run_peers(
    folder: Path, options: Sequence[object], venvs: Path, index: str, peers: Sequence[str] = PEERS
) -> dict[str, str]:
    """Run every library that installs; return the others, with the reason."""
    missing = {}
    for name in peers:
        _say(name)
        python, problem = environment(name, venvs, index)
        if problem is None:
            script = f"peers/peer_{name.removeprefix('scikit-')}.py"
            problem = _call(python, script, folder, *options, seconds=PEER_SECONDS)
        if problem is not None:
            missing[name] = problem
            _say(f"{name}: {problem}")
    return missing


def _cross_check(folder: Path, task: str, venvs: Path, index: str) -> None:
    for library, name in CHECKERS.items():
        python, problem = environment(name, venvs, index)
        if problem is None:
            problem = _call(python, "crosscheck.py", library, folder, task, seconds=PEER_SECONDS)
        if problem is not None:
            _say(f"{library}: {problem}")


def environment(name: str, venvs: Path, index: str) -> tuple[Path, str | None]:
    """Return the Python of an environment, made where it is missing, or why there is none."""
    requirements = HERE / "requirements" / f"{name}.txt"
    venv = venvs / name
    python = venv / "bin" / "python"
    done = venv / f"installed-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]}"
    if done.exists():
        return python, None
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if index and "torch==" in requirements.read_text():
        pip += ["--retries", "1", "--timeout", "20", "--extra-index-url", index]
    try:
        found = subprocess.run(
            [*pip, "--requirement", requirements],
            check=False,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return python, f"did not install within {INSTALL_SECONDS} seconds"
    if found.returncode:
        errors = [line.strip() for line in found.stderr.splitlines() if "Error: " in line]
        return python, f"did not install ({errors[-1] if errors else 'pip failed'})"
    done.touch()
    return python, None


def _call(python: str | Path, script: str, *arguments: object, seconds: float = 1800) -> str | None:
    """Run a script of this folder; return what went wrong, if anything did."""
    command = [str(python), str(HERE / script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "TQDM_DISABLE": "1"}
    try:
        code = subprocess.run(
            command,
            check=False,
            timeout=seconds,
            env=environment,
            cwd=tempfile.gettempdir(),  # some libraries write logs to where they run
        ).returncode
    except subprocess.TimeoutExpired:
        return f"was stopped after {seconds:.0f} seconds"
    if code and Path(python) == Path(sys.executable):
        sys.exit(code)
    return f"ended with the exit code {code}" if code else None


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
