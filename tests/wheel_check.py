"""A check of the wheel: it is built, installed alone into a clean environment and used there.

Run by ``make test-wheel``; the arguments are options of pip for the installation of torch.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = "synthetic-120x200x5000"
FOR_DEVELOPERS = ("pytest", "hypothesis", "mypy", "ruff", "sklearn", "coverage", "tests")
EXTRAS = ("matplotlib", "pyarrow", "sentence_transformers")


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    """Run a command; return its stdout, or fail with all that it printed."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=own | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def check_contents(wheel: Path, version: str) -> None:
    """Check that the wheel holds all files of the package, its metadata and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "movierec_cli").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    metadata = f"movierec-{version}.dist-info/"
    assert {name for name in names if not name.startswith(metadata)} == package
    assert f"{metadata}licenses/LICENSE" in names


def check_use(python: Path, version: str, folder: Path) -> None:
    """Train and recommend with the installed command, in a folder outside of the repository."""

    def movierec(*arguments: str) -> str:
        home = str(folder / "home")
        return run(python.parent / "movierec", *arguments, folder=folder, MOVIEREC_HOME=home)

    found = run(
        python,
        "-c",
        "import sys, importlib.util as util; "
        "print(*[name for name in sys.argv[1:] if util.find_spec(name)])",
        *FOR_DEVELOPERS,
        *EXTRAS,
        folder=folder,
    )
    assert found.strip() == "", f"more is installed than needed: {found}"
    assert movierec("--version") == f"movierec {version}\n"
    assert "quickstart" in movierec("--help")
    movierec("train", "dnn", "--preset", "original", "--epochs", "1", "--dataset", DATA,
             "--name", "dnn")  # fmt: skip
    answer = json.loads(movierec("recommend", "--user", "3", "-n", "5", "--json"))
    assert [film["rank"] for film in answer["recommendations"]] == [1, 2, 3, 4, 5]
    packaged = json.loads(movierec("films", "the matrix", "--dataset", "ml-latest-small", "--json"))
    assert packaged["films"][0]["title"] == "Matrix, The (1999)"


def main(torch_options: list[str]) -> None:
    """Build the wheel, check its contents, install and use it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
        run(sys.executable, *pip, "wheel", "--no-deps", "-w", folder, ROOT, folder=folder)
        (wheel,) = folder.glob("*.whl")
        check_contents(wheel, version)
        run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
        python = folder / "venv" / "bin" / "python"
        pinned = (*pip, "install", "--constraint", ROOT / "constraints.txt")
        run(python, *pinned, *torch_options, "torch", folder=folder)
        run(python, *pinned, wheel, folder=folder)
        check_use(python, version, folder)
        sys.stdout.write(f"{wheel.name} is complete, and works alone.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
