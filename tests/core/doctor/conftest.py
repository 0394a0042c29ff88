"""A home with everything that the doctor examines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.data import install, registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.doctor import Check, examine
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import Profile, save_profile
from movierec_cli.core.runs.store import Run, save_run
from tests.conftest import SMALL
from tests.core.runs.test_store import MANIFEST, WEIGHTS
from tests.helpers import write_zip


def finding(check: Check) -> tuple[str, str, str]:
    return str(check.state), check.detail, check.fix


def save(dataset: Dataset, paths: Paths, **changed: Any) -> Path:
    """Save a run that was trained on ``dataset``."""
    trained_on = {"name": dataset.name, "checksum": dataset.checksum()}
    manifest = replace(MANIFEST, dataset={**MANIFEST.dataset, **trained_on}, **changed)
    return save_run(Run(manifest, WEIGHTS), paths.runs)


def found(paths: Paths, environ: dict[str, str] | None = None) -> dict[str, Check]:
    """Return the findings of the doctor by name."""
    return {check.name: check for check in examine(paths, environ or {})}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, in which all files of the test lie."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def filled(home: Path, tiny: dict[str, bytes], small: Dataset, paths: Paths) -> Paths:
    """Both kinds of data, a run on synthetic data, and a profile."""
    install.bring(EDITIONS["ml-100k"], write_zip(home / "mine.zip", tiny), paths)
    registry.load_dataset(SMALL, paths)
    save(small, paths)
    save_profile("ann", Profile("ml-100k", {1: 5.0, 2: 3.0}), paths.profiles)
    return paths
