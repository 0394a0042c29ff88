"""A home with tiny runs, and commands run in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from movierec_cli.core.data import download, registry
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.cli.conftest import cli  # noqa: F401 - a fixture

TINIEST = "synthetic-12x80x300"
KINDS = [(model, preset) for model, presets in PRESETS.items() for preset in presets]


def name_of(kind: tuple[str, str]) -> str:
    """Name the run of a model and a preset."""
    return "-".join(kind)


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run of each model and preset, trained on as little as there can be."""
    home = tmp_path_factory.mktemp("tiny")
    paths = Paths.from_environment({"MOVIEREC_HOME": str(home)})
    dataset = registry.load_dataset(TINIEST, paths)
    for kind in KINDS:
        request = TrainSpec(*kind, overrides=Overrides(epochs=1), name=name_of(kind))
        save_run(train_run(dataset, request, lambda _: None), paths.runs)
    return home


@pytest.fixture
def in_tiny_home(tiny_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the commands of this test find the tiny runs, and wait for no network."""
    monkeypatch.setenv("MOVIEREC_HOME", str(tiny_home))
    monkeypatch.setattr(download, "RETRY_PAUSES", ())
    yield tiny_home
