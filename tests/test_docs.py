"""The documentation: reference, JSON shapes, variables, links."""

import json
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import pytest

import movierec_cli
from movierec_cli.core import errors
from movierec_cli.core.data import registry, store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.resume import train_and_save
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.cli.conftest import Cli, cli  # noqa: F401 - the fixture
from tests.cli.test_compare import quick  # noqa: F401 - the fixture
from tests.conftest import SMALL

ROOT = Path(__file__).parents[1]
PACKAGE = Path(movierec_cli.__file__).parent
CONTRACT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHAPES = dict(re.findall(r"^\| `([a-z -]+)` \| `(\{.*\})` \|$", CONTRACT, flags=re.MULTILINE))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN = f"dnn-{SMALL}"
ARGUMENTS = {
    "compare": f"--dataset {SMALL} --beyond",
    "evaluate": f"{RUN} --beyond",
    "tune": "dnn --preset original --only config.gamma --trials 2",
    "recommend": "--like 1 --explain -n 2",
    "similar": "1 -n 2",
    "neighbors": "--user 3 -n 2",
    "films": "the",
    "runs show": RUN,
    "profiles show": "ann",
    "cache clear": "--dry-run",
}
OPEN = {"config", "train", "validation", "inputs", "values"}
"""Keys of manifests whose content is the model's own."""


def reference() -> str:
    made: str = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))["reference"]()
    return made


def test_the_reference_of_the_commands_is_current() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == reference(), "make it with: python docs/make_commands.py"


def test_every_command_is_in_the_readme() -> None:
    commands = re.findall(r"^## `movierec (\w+)", reference(), flags=re.MULTILINE)
    table = README[README.index("## Commands") :]
    missing = {name for name in commands if not re.search(rf"`[^`]*\b{name}\b", table)}
    assert missing <= {"COMMAND"}


def test_the_exit_codes_are_those_of_the_errors() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", CONTRACT, flags=re.MULTILINE)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert documented == {0} | {kind.exit_code for kind in kinds}


def test_every_environment_variable_is_documented() -> None:
    used = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"\bMOVIEREC_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    documented = set(re.findall(r"^\| `(MOVIEREC_[A-Z_]+)`", CONTRACT, flags=re.MULTILINE))
    assert documented == used


@pytest.fixture(scope="module")
def home(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run and a profile; made-up data stands in the place of MovieLens 100K."""
    folder = tmp_path_factory.mktemp("home")
    paths = Paths.from_environment({"MOVIEREC_HOME": str(folder)})
    registry.load_dataset(SMALL, paths)
    request = TrainSpec("dnn", overrides=Overrides(epochs=2))
    train_and_save(small, request, paths.runs, lambda _: None)
    store.save(small, registry.prepared_path(registry.DEFAULT_DATASET, paths))
    return folder


def shape(value: Any) -> str:
    """Write the keys of an object, those of the first item of a list, and nothing of values."""
    if isinstance(value, dict):
        inner = (f"{key}{': ' if shape(item) else ''}{shape(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[{shape(value[0])}]"
    return ""


def closed(value: Any) -> Any:
    """Replace what is the model's own by a mark."""
    if isinstance(value, dict):
        return {
            key: {"…": 0} if key in OPEN and isinstance(item, dict) else closed(item)
            for key, item in value.items()
        }
    return [closed(item) for item in value] if isinstance(value, list) else value


def test_the_shapes_of_all_commands_are_documented() -> None:
    commands = re.findall(r"^## `movierec ([a-z -]+?)(?: [A-Z[].*)?`$", reference(), re.MULTILINE)
    with_format = {
        name
        for name in commands
        if "--json" in reference().split(f"## `movierec {name}", 1)[1].split("\n## ", 1)[0]
    }
    assert set(SHAPES) == with_format


@pytest.mark.parametrize("command", SHAPES)
def test_json_is_what_the_contract_says(
    command: str,
    home: Path,
    cli: Cli,  # noqa: F811
    quick: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOVIEREC_HOME", str(home))
    monkeypatch.setenv("MOVIEREC_DATASET", SMALL)
    if command.startswith("profiles"):
        cli("recommend", "--like", "1", "--age", "30", "--save-profile", "ann")
    words = [*command.split(), *shlex.split(ARGUMENTS.get(command, "")), "--json"]
    result = cli(*words)
    found = json.loads(result.stdout)
    assert found["schema"] == 1
    assert shape(closed(found)) == SHAPES[command]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    paths = re.findall(r"`((?:tests|benchmarks|docs|movierec_cli)/[\w./-]+)`", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing + [path for path in paths if not (ROOT / path).exists()] == []


def test_the_page_on_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (PACKAGE / "core").iterdir() if (path / "__init__.py").exists()}
    assert set(re.findall(r"^\| `(\w+)/` \|", text, flags=re.MULTILINE)) == rooms
