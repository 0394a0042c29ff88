"""Plain values are converted without Typer's validation, and like with it."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from movierec_cli.cli.fast_values import convert_plainly


class Color(StrEnum):
    red = "red"
    blue = "blue"


def command(
    number: Annotated[int, typer.Option(min=1, max=10)] = 3,
    share: Annotated[float, typer.Option(min=0, max=1)] = 0.5,
    name: str | None = None,
    names: list[str] | None = None,
    numbers: list[int] | None = None,
    color: Color = Color.red,
    path: Path | None = None,
    flag: bool = False,
    parsed: Annotated[str, typer.Option(parser=str.upper)] = "x",
) -> None:
    typer.echo(repr((number, share, name, names, numbers, color, path, flag, parsed)))


def run(line: str, plainly: bool, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return exit code and output of the command with the words of a line."""
    holder = typer.Typer()
    holder.command()(command)
    made = typer.main.get_command(holder)
    for parameter in made.params if plainly else ():
        convert_plainly(parameter)
    monkeypatch.setattr("typer.testing._get_command", lambda _: made)
    result = CliRunner().invoke(holder, line.split("|") if line else [])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "line",
    [
        "",
        *(f"--number|{number}" for number in ("7", "007", "-1", "11", "1e1", " 5", "5_0", "٣", "")),
        *(f"--share|{share}" for share in ("0.25", "2", "nan")),
        "--name|Cérémonie, La|--names|a|--names|b",
        "--name|",
        "--numbers|1|--numbers|-2",
        "--numbers|1|--numbers|x",
        *(f"--color|{color}" for color in ("blue", "BLUE", "green")),
        "--path|a/b|--flag|--parsed|abc",
    ],
)
def test_every_value_is_converted_as_typer_does(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(line, True, monkeypatch) == run(line, False, monkeypatch)


def test_plain_values_need_no_pydantic() -> None:
    code = (
        "import sys\n"
        "from movierec_cli.cli.app import app\n"
        "try:\n"
        "    app('recommend --like a -n 3 --format json --run none'.split())\n"
        "except SystemExit:\n"
        "    print('pydantic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
