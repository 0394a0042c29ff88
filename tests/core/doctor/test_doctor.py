"""The doctor finds nothing wrong in a sound home, changes nothing, and never fails."""

import shutil
import sys
from pathlib import Path

import pytest

from movierec_cli.core import doctor
from movierec_cli.core.data import registry
from movierec_cli.core.doctor import Check, State, examine, exit_code
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.core.doctor.conftest import finding, found
from tests.core.doctor.test_machine import break_import


def test_in_a_sound_home_everything_is_ok(filled: Paths) -> None:
    by_name = found(filled)
    assert [check for check in by_name.values() if check.state is not State.ok] == []
    assert exit_code(by_name.values()) == 0
    assert {"archive ml-100k", f"prepared {SMALL}", "run mine", "profile ann", "leftovers"} <= set(
        by_name
    )
    assert by_name["run mine"].detail == f"dnn, original, {SMALL}"
    assert by_name["profile ann"].detail == "ml-100k, 2 ratings"


def test_in_an_empty_home_nothing_is_broken_and_the_next_commands_are_named(paths: Paths) -> None:
    by_name = found(paths)
    assert exit_code(by_name.values()) == 0
    assert finding(by_name["data ml-100k"])[::2] == ("note", "movierec download")
    assert finding(by_name["runs"])[::2] == ("note", "movierec train dnn")


def test_the_examination_changes_nothing(filled: Paths, home: Path) -> None:
    (filled.cache / ".ml-100k.zip.abcd1234.part").write_bytes(b"half")
    (filled.runs / "empty").mkdir()
    registry.parsed_path(SMALL, filled).write_bytes(b"damaged")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    examine(filled, {})
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_the_exit_code_is_the_highest() -> None:
    checks = [Check("", State.broken, "", "", code) for code in (0, 5, 3)]
    assert exit_code([]) == 0
    assert exit_code(checks) == 5
    assert exit_code(checks[::2]) == 3


def test_a_failing_check_does_not_hide_the_others(
    filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_import("numpy", OSError("torn"), monkeypatch)
    monkeypatch.setitem(sys.modules, "movierec_cli.core.doctor.storage", None)  # needs numpy
    monkeypatch.delattr(doctor, "storage", raising=False)
    by_name = found(filled)
    for name in ("data and runs", "leftovers"):
        assert by_name[name].state is State.broken
        assert by_name[name].fix == by_name["numpy"].fix
    assert by_name["free disk"].state is State.ok
    assert exit_code(by_name.values()) == 3


def test_no_text_contains_the_home_folder(filled: Paths, home: Path) -> None:
    (filled.runs / "mine" / ".manifest.json.abcd1234.part").write_bytes(b"half")
    (filled.profiles / "ann.json").write_bytes(b"{")
    shutil.rmtree(filled.cache)
    filled.cache.write_bytes(b"no folder")
    checks = examine(filled, {"MOVIEREC_HOME": str(home)})
    assert len([check for check in checks if "~/" in check.detail]) >= 4
    assert str(home) not in str(checks)
