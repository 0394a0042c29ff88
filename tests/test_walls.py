"""The walls of the package: permitted imports, loaded packages, no pickle, one way to the network.

The contracts of `[tool.importlinter]` in pyproject.toml hold the walls between the rooms.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import movierec_cli

PACKAGE = Path(movierec_cli.__file__).parent
MODULES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}


def test_the_import_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    linter = pytest.importorskip("importlinter.cli")
    contracts = Path(__file__).parents[1] / "pyproject.toml"
    assert linter.lint_imports(str(contracts), no_cache=True) == 0, capsys.readouterr().out


def imports(module: ast.Module) -> Iterator[str]:
    """Yield the absolute names that a module imports anywhere."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(module: ast.Module) -> list[tuple[str, ast.Call]]:
    """Return the calls of a module, each with the name of the called function."""
    found = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [(ast.unparse(call.func), call) for call in found]


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("core/")])
def test_core_never_prints_and_never_exits(name: str) -> None:
    called = {called for called, _ in calls(MODULES[name])}
    assert not called & {"print", "exit", "quit", "input", "sys.exit", "os._exit"}
    assert not {"sys.stdout", "sys.stderr"} & set(imports(MODULES[name]))


CODE_MODULES = {
    "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml",
    "subprocess", "ctypes", "runpy", "code",
}  # fmt: skip
"""Modules that may run the content of a file."""

CODE_CALLS = {
    "eval", "exec", "compile", "__import__", "torch.load", "torch.jit.load", "torch.hub.load",
    "pd.read_pickle", "os.system", "os.popen", "os.execv",
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_ever_unpickled_or_run_as_code(name: str) -> None:
    assert not CODE_MODULES & {imported.partition(".")[0] for imported in imports(MODULES[name])}
    for called, call in calls(MODULES[name]):
        assert called not in CODE_CALLS
        assert not called.endswith("to_pickle")
        options = {option.arg: ast.unparse(option.value) for option in call.keywords}
        loads_arrays = called in ("np.load", "numpy.load")
        assert options.get("allow_pickle", "missing" if loads_arrays else "False") == "False"


NETWORK = {
    "socket", "ssl", "http", "urllib.request", "urllib.error", "ftplib", "smtplib", "asyncio",
    "requests", "httpx", "aiohttp", "urllib3", "huggingface_hub", "socketserver", "xmlrpc",
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_only_the_download_knows_the_network(name: str) -> None:
    known = {
        wall
        for imported in imports(MODULES[name])
        for wall in NETWORK
        if f"{imported}.".startswith(f"{wall}.")
    }
    assert bool(known) == (name == "core/data/download.py"), known


OF_TUNE = {
    "optuna": {"core/experiments/study.py"},
    "sqlalchemy": {"core/experiments/study.py"},
    "movierec_cli.core.experiments.study": {"core/experiments/tune.py", "cli/tune.py"},
    "movierec_cli.core.experiments.tune": {"cli/tune.py"},
    "movierec_cli.cli.tune": {"cli/app.py"},
}
"""Modules of the search of hyper-parameters, and the files that may import them."""


@pytest.mark.parametrize("module", OF_TUNE)
def test_no_command_but_tune_imports_optuna(module: str) -> None:
    importers = {
        name
        for name, tree in MODULES.items()
        if any(f"{imported}.".startswith(f"{module}.") for imported in imports(tree))
    }
    assert importers == OF_TUNE[module]


def loaded_by(*arguments: str) -> set[str]:
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


HEAVY = {"optuna", "torch", "pandas", "numpy", "scipy", "safetensors", "matplotlib", "pydantic"}


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, movierec_cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("command", ["", "train", "tune", "recommend", "eda genres", "runs show"])
def test_help_loads_nothing_heavy(command: str) -> None:
    assert not HEAVY & loaded_by(*command.split(), "--help")


@pytest.mark.parametrize(
    "command",
    [
        "recommend --user 3",
        "recommend --like 1 --explain --format json",
        "similar 1",
        "neighbors --user 3",
    ],
)
def test_recommending_with_a_dnn_loads_neither_torch_nor_pandas(
    command: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    loaded = loaded_by(*command.split())
    assert "numpy" in loaded
    assert not loaded & (HEAVY - {"numpy", "safetensors"})
