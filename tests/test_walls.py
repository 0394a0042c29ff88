"""The walls of the house: who may know whom, and what may be loaded when."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import movierec_cli
from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.resume import train_and_save
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.conftest import SMALL

PACKAGE = Path(movierec_cli.__file__).parent
ALL = sorted(PACKAGE.rglob("*.py"))
CORE = sorted((PACKAGE / "core").rglob("*.py"))
TERMINAL = {"typer", "rich", "click", "movierec_cli.cli"}


def imports(path: Path) -> Iterator[str]:
    """Yield what a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> list[ast.Call]:
    """Return every call in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_knows_nothing_of_the_terminal(path: Path) -> None:
    known = set(imports(path))
    assert not [module for module in known for wall in TERMINAL if is_within(module, wall)]


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_never_prints_and_never_exits(path: Path) -> None:
    called = {ast.unparse(call.func) for call in calls(path)}
    assert not called & {"print", "exit", "quit", "input", "sys.exit", "os._exit"}
    assert not {"sys.stdout", "sys.stderr"} & set(imports(path))


RUNS_CODE = {
    "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml",
    "subprocess", "ctypes", "runpy", "code",
}  # fmt: skip
"""Modules that run, or may run, what is in a file."""

CALLS_CODE = {
    "eval", "exec", "compile", "__import__", "torch.load", "torch.jit.load", "torch.hub.load",
    "pd.read_pickle", "os.system", "os.popen", "os.execv", "yaml.load",
}  # fmt: skip


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_nothing_is_ever_unpickled_or_run_as_code(path: Path) -> None:
    assert not RUNS_CODE & {module.partition(".")[0] for module in imports(path)}
    for call in calls(path):
        name = ast.unparse(call.func)
        assert name not in CALLS_CODE, f"{name}, line {call.lineno}"
        assert not name.endswith("to_pickle"), f"{name}, line {call.lineno}"
        options = {option.arg: ast.unparse(option.value) for option in call.keywords}
        if name in ("np.load", "numpy.load"):
            assert options.get("allow_pickle") == "False", f"{name}, line {call.lineno}"
        assert options.get("allow_pickle", "False") == "False", f"{name}, line {call.lineno}"


NETWORK = {
    "socket", "ssl", "http", "urllib.request", "urllib.error", "ftplib", "smtplib", "asyncio",
    "requests", "httpx", "aiohttp", "urllib3", "huggingface_hub", "socketserver", "xmlrpc",
}  # fmt: skip


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_only_the_download_knows_the_network(path: Path) -> None:
    known = {wall for module in imports(path) for wall in NETWORK if is_within(module, wall)}
    assert bool(known) == (name_of(path) == "core/data/download.py"), known


def knows_a_model(path: Path) -> list[str]:
    return [module for module in imports(path) if is_within(module, "movierec_cli.core.models")]


def test_metrics_retrieval_and_eda_know_no_model() -> None:
    core = PACKAGE / "core"
    tables = sorted(core.glob("eda/*.py"))
    assert tables
    for path in (core / "evaluation" / "metrics.py", core / "models" / "topk.py", *tables):
        assert not knows_a_model(path), path


def test_data_knows_nothing_of_what_is_made_of_it() -> None:
    allowed = {"data", "errors", "files", "paths", "progress"}
    for path in (PACKAGE / "core" / "data").glob("*.py"):
        for module in imports(path):
            if is_within(module, "movierec_cli.core"):
                assert module.split(".")[2:3] == [] or module.split(".")[2] in allowed, path


def loaded_by(statement: str) -> set[str]:
    """Return the packages that are loaded once a statement has run in a new process."""
    code = (
        f"import sys, json; {statement};"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "statement",
    ["import movierec_cli", "import movierec_cli.cli.app", "import movierec_cli.__main__"],
)
def test_the_command_line_loads_nothing_heavy(statement: str) -> None:
    heavy = {"torch", "pandas", "numpy", "safetensors", "matplotlib"}
    assert not loaded_by(statement) & heavy


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        "try:\n"
        f"    app({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'torch', 'pandas', 'numpy'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "modules",
    [
        "movierec_cli.core.recommend.rank, movierec_cli.core.runs.store",
        "movierec_cli.core.data.registry",
    ],
)
def test_recommending_loads_neither_torch_nor_pandas(modules: str) -> None:
    loaded = loaded_by(f"import {modules}")
    assert "numpy" in loaded
    assert not loaded & {"torch", "pandas"}


def loaded_by_command(*arguments: str) -> set[str]:
    """Return the packages that are loaded once a command has run in a process of its own."""
    code = (
        "import sys\n"
        "from movierec_cli.__main__ import main\n"
        f"sys.argv = {['movierec', *arguments]!r}\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    names = {name.partition('.')[0] for name in sys.modules}\n"
        "    print('loaded:', *sorted(names), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("loaded: ")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("recommend", "--user", "3"),
        ("recommend", "--like", "1", "--dislike", "2", "-n", "3", "--format", "json"),
        ("recommend", "--like", "1", "--explain"),
        ("similar", "1"),
        ("neighbors", "--user", "3"),
    ],
    ids=" ".join,
)
def test_an_answer_of_a_dnn_loads_nothing_that_it_can_do_without(
    arguments: tuple[str, ...], small: Dataset, paths: Paths
) -> None:
    registry.load_dataset(SMALL, paths)
    request = TrainSpec("dnn", overrides=Overrides(epochs=2), name="dnn")
    train_and_save(small, request, paths.runs, lambda _: None)
    loaded = loaded_by_command(*arguments)
    assert "numpy" in loaded
    assert not loaded & {"torch", "pandas", "scipy", "matplotlib", "pydantic"}


def test_a_command_loads_no_other_command() -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        "try:\n"
        "    app(['films', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(*(n for n in sys.modules if n.startswith('movierec_cli.cli.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    assert "movierec_cli.cli.films" in loaded
    assert not {f"movierec_cli.cli.{name}" for name in ("train", "eda", "report")} & set(loaded)
