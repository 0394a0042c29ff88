"""The README and the page on Python: their commands run and print what they show."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON_PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)


def outline(output: str) -> list[str]:
    """Return the lines of an output without its numbers and lists of films.

    Weights, and so scores and lists, may differ in the last digit on another machine.
    """
    lines = [line for line in output.strip().splitlines() if not re.match(r"│ +\d+ │", line)]
    return [re.sub(r"[\d.]+|[─━┳┴┻╇┼]+| +", " ", line) for line in lines]


def shown() -> list[tuple[str, str]]:
    """Return every command in the README with the output below it."""
    found = []
    for block in BLOCKS:
        for part in re.split(r"^\$ movierec ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_the_readme_is_short_and_begins_with_the_first_result() -> None:
    assert len(README) <= 7000
    assert BLOCKS[0] == "make quickstart\n"
    assert shown()[2][0].startswith("recommend")
    assert shown()[2][1].count("\n") > 5


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([a-z-]+)", README)) | {
        block.split()[1] for block in BLOCKS if block.startswith("make ")
    }
    assert {"quickstart", "test"} <= targets
    assert {name for name in targets if f"\n{name}:" not in makefile} == set()


@pytest.mark.ml100k
def test_every_command_of_the_readme_runs_and_prints_what_it_shows(
    cli: Cli, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("download", "--from", str(archive)).exit_code == 0
    for command, output in shown():
        if command == "download":  # from the network; the archive stands in
            continue
        result = cli(*shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.stderr}"
        assert outline(result.stdout) == outline(output), command
    names: dict[str, object] = {}
    for page in (README, PYTHON_PAGE):
        for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL):
            exec(block, names)  # the examples build on each other, and on the run trained above
    assert capsys.readouterr().out.startswith("1. ")
