"""The doctor finds nothing wrong in a sound home, changes nothing, and never fails."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from movierec_cli.core import doctor
from movierec_cli.core.data import registry
from movierec_cli.core.doctor import Check, examine, exit_code
from movierec_cli.core.paths import Paths
from tests.conftest import SMALL
from tests.core.doctor.conftest import finding, found


def test_in_a_sound_home_everything_is_ok(filled: Paths) -> None:
    by_name = found(filled)
    assert [check for check in by_name.values() if check.state != "ok"] == []
    assert exit_code(by_name.values()) == 0
    assert {"archive ml-100k", f"prepared {SMALL}", "leftovers"} <= set(by_name)
    assert by_name["run mine"].detail == f"dnn, original, {SMALL}"
    assert by_name["profile ann"].detail == "ml-100k, 2 ratings"


def test_in_an_empty_home_nothing_is_broken_and_the_next_commands_are_named(paths: Paths) -> None:
    by_name = found(paths)
    assert exit_code(by_name.values()) == 0
    assert finding(by_name["data ml-100k"])[::2] == ("note", "movierec download")
    assert finding(by_name["runs"])[::2] == ("note", "movierec train dnn")


def test_the_examination_changes_nothing(filled: Paths, home: Path) -> None:
    part = filled.cache / ".ml-100k.zip.abcd1234.part"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    registry.prepared_path(SMALL, filled).write_bytes(b"damaged")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    examine(filled, {})
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_the_exit_code_is_the_highest() -> None:
    assert exit_code([]) == 0
    assert exit_code([Check("", "broken", "", "", code) for code in (0, 5, 3)]) == 5


def test_a_failing_check_does_not_hide_the_others(
    filled: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "movierec_cli.core.doctor.storage", None)  # needs numpy
    monkeypatch.delattr(doctor, "storage", raising=False)
    by_name = found(filled)
    assert finding(by_name["data and runs"])[::2] == (
        "broken", "MOVIEREC_DEBUG=1 movierec cache verify",
    )  # fmt: skip
    assert by_name["free disk"].state == "ok"
    assert exit_code(by_name.values()) == 3


def test_no_text_contains_the_home_folder(filled: Paths, home: Path) -> None:
    (filled.profiles / "ann.json").write_bytes(b"{")
    shutil.rmtree(filled.cache)
    filled.cache.write_bytes(b"no folder")
    checks = examine(filled, {"MOVIEREC_HOME": str(home)})
    assert len([check for check in checks if "~/" in check.detail]) >= 4
    assert str(home) not in str(checks)
