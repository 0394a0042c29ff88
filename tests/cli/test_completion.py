"""Completion of commands, options and names in the shell."""

from pathlib import Path

import pytest

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.paths import Paths
from tests.cli.conftest import Command


def offered(command: Command, line: str) -> list[str]:
    """Return the candidates of bash for the last word of a line."""
    done = command(
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
        _MOVIEREC_COMPLETE="complete_bash",
        _PYTHON__M_MOVIEREC_CLI_COMPLETE="complete_bash",
    )
    assert done.stderr == ""
    return [name for name in done.stdout.split("\n") if name]


@pytest.fixture
def cached(small: Dataset, paths: Paths) -> None:
    """Made-up data in the place of MovieLens 100K."""
    store.save(small, registry.prepared_path("ml-100k", paths))


def test_commands(command: Command) -> None:
    assert offered(command, "movierec re") == ["report", "recommend"]
    assert "genres" in offered(command, "movierec eda ")
    assert offered(command, "movierec train ") == ["dnn", "two-tower", "sequence"]
    assert "--resume" in offered(command, "movierec train dnn --re")


@pytest.mark.parametrize(
    "line",
    [
        "movierec evaluate ",
        "movierec recommend --run ",
    ],
)
def test_runs(line: str, trained: Path, command: Command) -> None:
    assert offered(command, line) == ["dnn", "two-tower"]
    assert offered(command, line + "t") == ["two-tower"]


def test_genres_and_occupations(cached: None, small: Dataset, command: Command) -> None:
    assert offered(command, "movierec recommend --genre ") == list(small.genres)
    found = offered(command, "movierec recommend --occupation " + small.occupations[0][:3])
    assert small.occupations[0] in found


def test_without_data_nothing_is_offered_and_nothing_is_made(
    command: Command, paths: Paths
) -> None:
    for line in ("recommend --genre ", "evaluate ", "recommend --profile "):
        assert offered(command, f"movierec {line}") == []
    assert not paths.cache.exists()
