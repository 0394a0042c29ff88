"""Plain values are converted without Typer's validation, everything else as Typer does it."""

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
    values = (number, share, name, names, numbers, color, path, flag, parsed)
    typer.echo(repr(values))


def run(*arguments: str, plainly: bool) -> Any:
    holder = typer.Typer()
    holder.command()(command)
    made = typer.main.get_command(holder)
    if plainly:
        for parameter in made.params:
            convert_plainly(parameter)
            convert_plainly(parameter)  # once more changes nothing
    result = CliRunner().invoke(_App(made), list(arguments))  # type: ignore[arg-type]
    return result.exit_code, result.output


class _App(typer.Typer):
    """Lets the runner run a finished command."""

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.made = made


@pytest.fixture(autouse=True)
def finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.testing._get_command", lambda app: app.made)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--number", "7"),
        ("--number", "007"),
        ("--number", "-1"),
        ("--number", "11"),
        ("--number", "1e1"),
        ("--number", " 5"),
        ("--number", "5_0"),
        ("--number", "٣"),
        ("--number", "many"),
        ("--number", ""),
        ("--share", "0.25"),
        ("--share", "2"),
        ("--share", "nan"),
        ("--name", ""),
        ("--name", "Cérémonie, La"),
        ("--names", "a", "--names", "b"),
        ("--numbers", "1", "--numbers", "-2"),
        ("--numbers", "1", "--numbers", "x"),
        ("--color", "blue"),
        ("--color", "BLUE"),
        ("--color", "green"),
        ("--path", "a/b"),
        ("--flag",),
        ("--parsed", "abc"),
    ],
    ids=" ".join,
)
def test_every_value_is_what_typer_makes_of_it(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, plainly=True) == run(*arguments, plainly=False)


def test_values_are_checked_and_converted() -> None:
    code, output = run("--number", "7", "--names", "a", "--color", "blue", plainly=True)
    assert (code, output) == (
        0,
        "(7, 0.5, None, ['a'], None, <Color.blue: 'blue'>, None, False, 'X')\n",
    )
    assert run("--number", "11", plainly=True)[0] == 2


def test_other_versions_of_typer_are_left_alone() -> None:
    convert_plainly(object())
