"""A trained dnn to make pages of."""

from pathlib import Path

import pytest

from movierec_cli.core.api import LoadedRun, load_run
from movierec_cli.core.paths import Paths


@pytest.fixture(scope="session")
def run(home: Path) -> LoadedRun:
    """The dnn of the made-up data."""
    return load_run("dnn", Paths.from_environment({"MOVIEREC_HOME": str(home)}))
