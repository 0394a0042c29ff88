"""Paths are written without the name of the home folder."""

import pytest

from movierec_cli.core.doctor.check import without_home


def test_only_the_home_itself_becomes_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/al")
    assert without_home("/home/al/x and /home/alice/x, /home/al") == "~/x and /home/alice/x, ~"
    monkeypatch.setenv("HOME", "/")
    assert without_home("/a/b") == "/a/b"
