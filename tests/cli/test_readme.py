"""The commands and examples of the README run and print the shown output."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
DETERMINISTIC = ("eda", "films")  # figures of weights may differ in the last digit elsewhere


def shown() -> list[tuple[str, str]]:
    """Return every command of the README with the output below it."""
    found = []
    for block in BLOCKS:
        for part in re.split(r"^\$ movierec ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_the_readme_starts_with_the_two_commands() -> None:
    assert BLOCKS[0] == "make quickstart\n"
    assert BLOCKS[1] == "make test\n"
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert "\nquickstart:" in makefile
    assert "\ntest:" in makefile


def python_blocks() -> list[str]:
    """Return the Python examples of the README and of docs/python.md."""
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    found = []
    for text in (README, page):
        found += re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    return found


@pytest.mark.ml100k
def test_every_example_runs_and_prints_the_shown_output(
    cli: Cli, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    assert len(shown()) >= 6
    for command, output in shown():
        result = cli(*shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.stderr}"
        if command.split()[0] in DETERMINISTIC:
            assert result.stdout.rstrip() == output.rstrip(), command
    names: dict[str, object] = {}
    blocks = python_blocks()
    assert len(blocks) >= 2
    for block in blocks:  # they build on each other, and on the run that was trained above
        exec(block, names)
    assert capsys.readouterr().out.startswith("1. ")
