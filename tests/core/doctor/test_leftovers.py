"""What interrupted work left, and how paths are written for other eyes."""

# ruff: noqa: F811 - fixtures come to tests by their names

import fcntl
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from movierec_cli.core.doctor import examine, exit_code
from movierec_cli.core.doctor.check import in_shell, without_home
from movierec_cli.core.errors import DataError
from movierec_cli.core.files import exclusive
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.checkpoint import save_checkpoint
from tests.core.doctor.test_doctor import (  # noqa: F401 - the fixtures among them
    filled,
    finding,
    found,
    home,
)
from tests.core.runs.test_checkpoint import CHECKPOINT


def leave_part(paths: Paths) -> Path:
    part = paths.runs / "mine" / ".manifest.json.abcd1234.part"
    part.write_bytes(b"half")
    return part


def leave_training(paths: Paths) -> Path:
    folder = paths.runs / "other"
    folder.mkdir()
    (folder / "metrics.jsonl").write_bytes(b"")
    return folder


def leave_checkpoint(paths: Paths) -> Path:
    save_checkpoint(CHECKPOINT, paths.runs / "other")
    return paths.runs / "other"


def leave_damaged_checkpoint(paths: Paths) -> Path:
    path = paths.runs / "mine" / "checkpoint.safetensors"
    path.write_bytes(b"half")
    return path


def leave_weights(paths: Paths) -> Path:
    path = paths.runs / "mine" / "weights-0123456789abcdef.safetensors"
    path.write_bytes(b"old")
    return path


@pytest.mark.parametrize(
    ("leave", "name", "detail", "fix"),
    [
        (
            leave_part,
            "unfinished file",
            "~/home/data/runs/mine/.manifest.json.abcd1234.part: its process was killed",
            "rm ~/home/data/runs/mine/.manifest.json.abcd1234.part",
        ),
        (
            leave_training,
            "unfinished training",
            "~/home/data/runs/other holds no run",
            "movierec runs remove other",
        ),
        (
            leave_checkpoint,
            "unfinished training",
            "The training of 'other' is unfinished: 1 epoch is kept.",
            "movierec train dnn --resume",
        ),
        (
            leave_damaged_checkpoint,
            "unfinished training",
            "~/home/data/runs/mine/checkpoint.safetensors is damaged",
            "rm ~/home/data/runs/mine/checkpoint.safetensors",
        ),
        (
            leave_weights,
            "replaced weights",
            "~/home/data/runs/mine/weights-0123456789abcdef.safetensors belongs to no run",
            "rm ~/home/data/runs/mine/weights-0123456789abcdef.safetensors",
        ),
    ],
)
def test_what_interrupted_work_left_is_listed(
    leave: Callable[[Paths], Path], name: str, detail: str, fix: str, filled: Paths
) -> None:
    leave(filled)
    by_name = found(filled)
    assert finding(by_name[name]) == ("note", detail, fix)
    assert exit_code(by_name.values()) == 0
    assert "leftovers" not in by_name


@pytest.mark.parametrize("name", [".ipynb_checkpoints", "my run"])
def test_a_folder_that_can_be_no_run_is_removed_by_its_path(name: str, filled: Paths) -> None:
    (filled.runs / name).mkdir()
    fix = found(filled)["unfinished training"].fix
    assert fix.startswith("rm -r ")
    assert name.split(maxsplit=1)[0] in fix


def test_a_training_in_its_first_epoch_is_no_leftover(filled: Paths) -> None:
    with exclusive(filled.runs / "fresh", DataError("held")):
        assert "unfinished training" not in found(filled)


def test_only_the_home_itself_is_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/al")
    assert without_home("/home/al/x and /home/alice/x, /home/al") == "~/x and /home/alice/x, ~"


@pytest.mark.parametrize("place", ["cache", "profiles"])
def test_unfinished_files_are_found_everywhere(place: str, filled: Paths) -> None:
    part = getattr(filled, place) / ".x.abcd1234.part"
    part.write_bytes(b"half")
    assert part.name in found(filled)["unfinished file"].detail
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "unfinished file" not in found(filled)


def test_no_text_holds_the_home_folder(filled: Paths, home: Path) -> None:
    leave_part(filled)
    (filled.profiles / "ann.json").write_bytes(b"{")
    shutil.rmtree(filled.cache)
    filled.cache.write_bytes(b"no folder")
    checks = examine(filled, {"MOVIEREC_HOME": str(home)})
    assert len([check for check in checks if "~/" in check.detail]) >= 4
    assert str(home) not in str(checks)


def test_a_path_in_a_command_is_fit_for_a_shell(home: Path) -> None:
    assert in_shell(home / "a b" / "c") == "~/'a b/c'"
    assert in_shell(Path("/other/a b")) == "'/other/a b'"
    assert shlex.split(in_shell(home / "a b")) == ["~/a b"]


def test_a_home_that_is_everything_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    assert without_home("/a/b") == "/a/b"
    assert in_shell(Path("/a/b")) == "/a/b"
