"""What the README shows is what the program does."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
DETERMINISTIC = ("eda", "films")  # what depends on weights may differ in the last digit elsewhere


def shown() -> list[tuple[str, str]]:
    """Return every command that the README shows, and the output below it."""
    found = []
    for block in BLOCKS:
        for part in re.split(r"^\$ movierec ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_the_readme_starts_with_the_two_commands() -> None:
    assert BLOCKS[0] == "make quickstart\n"
    assert BLOCKS[1] == "make test\n"
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    assert "\nquickstart:" in makefile
    assert "\ntest:" in makefile


def test_every_placeholder_is_filled() -> None:
    assert "@@" not in README
    assert len(shown()) >= 6


@pytest.mark.ml100k
def test_every_command_of_the_readme_runs_and_shows_what_it_says(cli: Cli, archive: Path) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    for command, output in shown():
        result = cli(*shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.stderr}"
        if command.split()[0] in DETERMINISTIC:
            assert result.stdout.rstrip() == output.rstrip(), command
