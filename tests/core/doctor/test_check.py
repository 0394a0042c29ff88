"""Paths are written without the name of the home folder, and fit for a shell."""

import shlex
from pathlib import Path

import pytest

from movierec_cli.core.doctor.check import in_shell, without_home


def test_only_the_home_itself_becomes_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/al")
    assert without_home("/home/al/x and /home/alice/x, /home/al") == "~/x and /home/alice/x, ~"


def test_a_path_in_a_command_is_quoted(home: Path) -> None:
    assert in_shell(home / "a b" / "c") == "~/'a b/c'"
    assert in_shell(Path("/other/a b")) == "'/other/a b'"
    assert shlex.split(in_shell(home / "a b")) == ["~/a b"]


def no_home() -> Path:
    raise RuntimeError("there is no home")


@pytest.mark.parametrize("home", [no_home, lambda: Path("/")])
def test_without_a_home_paths_stay(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", home)
    assert without_home("/a/b") == "/a/b"
    assert in_shell(Path("/a/b")) == "/a/b"
