"""What the shell offers when Tab is pressed."""

from pathlib import Path

import pytest

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.paths import Paths
from tests.cli.conftest import Cli, Command


def offered(command: Command, line: str) -> list[str]:
    """Return what bash is offered for the word that the line ends in."""
    done = command(
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
        _MOVIEREC_COMPLETE="complete_bash",
        _PYTHON__M_MOVIEREC_CLI_COMPLETE="complete_bash",
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1] if done.stdout.endswith("\n") else done.stdout.split("\n")


@pytest.fixture
def cached(small: Dataset, paths: Paths) -> None:
    """Made-up data in the place of MovieLens 100K."""
    store.save(small, registry.parsed_path("ml-100k", paths))


def test_commands(command: Command) -> None:
    assert [name for name in offered(command, "movierec re") if name] == ["report", "recommend"]
    assert "genres" in offered(command, "movierec eda ")
    assert "--resume" in offered(command, "movierec train dnn --re")


@pytest.mark.parametrize(
    "line",
    [
        "movierec evaluate ",
        "movierec runs show ",
        "movierec runs remove ",
        "movierec recommend --run ",
        "movierec similar Fargo --run ",
    ],
)
def test_runs(line: str, trained: Path, command: Command) -> None:
    assert [name for name in offered(command, line) if name] == ["dnn", "two-tower"]
    assert [name for name in offered(command, line + "t") if name] == ["two-tower"]


def test_genres_and_occupations(cached: None, small: Dataset, command: Command) -> None:
    genres = [name for name in offered(command, "movierec recommend --genre ") if name]
    assert genres == list(small.genres)
    found = offered(command, "movierec recommend --occupation " + small.occupations[0][:3])
    assert small.occupations[0] in found


def test_without_data_nothing_is_offered_and_nothing_is_made(
    command: Command, paths: Paths
) -> None:
    assert not any(offered(command, "movierec recommend --genre "))
    assert not any(offered(command, "movierec evaluate "))
    assert not any(offered(command, "movierec recommend --profile "))
    assert not paths.cache.exists()


def test_fixed_choices(command: Command) -> None:
    assert [name for name in offered(command, "movierec train ") if name] == ["two-tower", "dnn"]
    assert "u1" in offered(command, "movierec train dnn --holdout ")
    assert "original" in offered(command, "movierec train dnn --preset ")


def test_the_shell_can_be_told_about_it(cli: Cli) -> None:
    assert "--install-completion" in cli("--help").stdout
