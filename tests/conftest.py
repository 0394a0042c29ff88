"""Isolation of each test: its own folders, no network, no color, fixed width."""

import os

os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"  # read when Typer is imported
os.environ["TERMINAL_WIDTH"] = "200"

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from movierec_cli.cli import output as console
from movierec_cli.core.data import registry, synthetic
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.paths import Paths
from tests.helpers import Site, edition_of, serving, tiny_contents

ARCHIVE_VARIABLE = "MOVIEREC_TEST_ML100K"
HALF_VARIABLE = "MOVIEREC_TEST_ML1M_HALF"
UNREACHABLE = "http://127.0.0.1:1"  # nothing listens on port 1
SMALL = "synthetic-120x200x5000"

hypothesis.settings.register_profile(
    "the same everywhere",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("the same everywhere")


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test folders of its own, and hide the caller's environment from it."""
    for name in list(os.environ):
        if name.startswith("MOVIEREC_") and name not in (ARCHIVE_VARIABLE, HALF_VARIABLE):
            monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "NO_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MOVIEREC_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    # pytest-socket guards this process only. An unreachable proxy also stops the downloads of
    # child processes, before a name is looked up; children that ignore it are not guarded.
    monkeypatch.setenv("http_proxy", UNREACHABLE)
    monkeypatch.setenv("https_proxy", UNREACHABLE)
    monkeypatch.setenv("no_proxy", "127.0.0.1,::1,localhost")
    console.stdout.cache_clear()  # they hold the streams of the test before
    console.stderr.cache_clear()
    yield


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """The folders that the commands of this test use."""
    return Paths(cache=tmp_path / "home" / "cache", data=tmp_path / "home" / "data")


@pytest.fixture(scope="session")
def small() -> Dataset:
    """A synthetic data set that trains in a moment: 120 users, 200 films, 5,000 ratings."""
    return synthetic.generate(synthetic.parse_name(SMALL), name=SMALL)


def train_home(home: Path, dataset: Dataset, **presets: str) -> Path:
    """Fill a home with the data set and with a run of one epoch for each model and preset."""
    from movierec_cli.core.experiments.train import train_run
    from movierec_cli.core.runs.store import save_run
    from movierec_cli.core.runs.train_spec import Overrides, TrainSpec

    paths = Paths.from_environment({"MOVIEREC_HOME": str(home)})
    registry.load_dataset(dataset.name, paths)
    for name, preset in presets.items():
        model = name.replace("_", "-")
        spec = TrainSpec(model, preset, overrides=Overrides(epochs=1), name=model)
        save_run(train_run(dataset, spec, lambda _: None), paths.runs)
    return home


@pytest.fixture(scope="session")
def home(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the default dnn and the original two-tower."""
    return train_home(tmp_path_factory.mktemp("home"), small, dnn="default", two_tower="original")


@pytest.fixture(scope="session")
def medium() -> Dataset:
    """Synthetic data of a size at which models differ: 400 users, 500 films, 30,000 ratings."""
    name = "synthetic-400x500x30000"
    return synthetic.generate(synthetic.parse_name(name), name=name)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files of a tiny archive, which this test takes for those of MovieLens 100K."""
    contents = tiny_contents()
    monkeypatch.setitem(EDITIONS, "ml-100k", edition_of(contents))
    return contents


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with serving() as site:
        yield site


def archive_named_by(variable: str) -> Path:
    """Return the path in an environment variable; skip the test without it."""
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} does not name the real archive")
    return Path(named)


@pytest.fixture(scope="session")
def archive() -> Path:
    """The real archive of MovieLens 100K; tests that need it are skipped without."""
    return archive_named_by(ARCHIVE_VARIABLE)


@pytest.fixture(scope="session")
def ml100k(archive: Path) -> Dataset:
    """The real data set."""
    return EDITIONS["ml-100k"].read(archive, str(archive))


@pytest.fixture(scope="session")
def half_archive() -> Path:
    """The archive of half of MovieLens 1M; tests that need it are skipped without."""
    return archive_named_by(HALF_VARIABLE)


@pytest.fixture(scope="session")
def latest_small() -> Dataset:
    """The real data set that comes with movierec."""
    edition = EDITIONS["ml-latest-small"]
    assert edition.packaged_archive is not None
    return edition.read(edition.packaged_archive, "packaged")
