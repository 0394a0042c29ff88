"""Stored files are read as the commands read them; leftovers of interrupted work are listed."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data import install
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.default import configure_dataset
from movierec_cli.core.data.readers.own_files import OwnFiles
from movierec_cli.core.doctor import examine, exit_code
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.checkpoint import save_checkpoint
from tests.conftest import SMALL
from tests.core.doctor.conftest import finding, found, save
from tests.core.runs.test_checkpoint import CHECKPOINT
from tests.core.runs.test_store import MANIFEST
from tests.helpers import tiny_contents, write_zip

RETRAIN = f"movierec train dnn --preset original --epochs 1 --name mine --dataset {SMALL} --force"
RESUME = "movierec train dnn --preset original --epochs 1 --name other --dataset by-hand --resume"


def test_damaged_data_is_an_integrity_failure(filled: Paths) -> None:
    write_zip(filled.cache / "ml-100k.zip", tiny_contents(u_user=b""))
    checks = found(filled)
    assert finding(checks["archive ml-100k"])[::2] == (
        "broken",
        "movierec download ml-100k --force",
    )
    assert "u.user" in checks["archive ml-100k"].detail
    assert exit_code(checks.values()) == 5


def test_an_unreadable_cache_does_not_hide_the_runs(filled: Paths) -> None:
    shutil.rmtree(filled.cache)
    filled.cache.write_bytes(b"no folder")
    checks = found(filled)
    assert finding(checks["cached data"])[::2] == (
        "broken",
        "export MOVIEREC_CACHE_DIR=~/movierec/cache",
    )
    assert checks["run mine"].state == "note"  # there is no data to compare with
    assert exit_code(checks.values()) == 3


def cut_weights(run: Path) -> None:
    (weights,) = run.glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])


def cut_manifest(run: Path) -> None:
    (run / "manifest.json").write_bytes(b"{")


def set_other_format(run: Path) -> None:
    path = run / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": runs.FORMAT + 1}))


@pytest.mark.parametrize(
    ("damage", "fix", "code"),
    [
        (cut_weights, RETRAIN, 5),
        (cut_manifest, "movierec runs remove mine", 5),
        (set_other_format, RETRAIN, 3),
    ],
    ids=["weights", "manifest", "format"],
)
def test_an_unusable_run_is_broken_and_its_fix_named(
    damage: Callable[[Path], None], fix: str, code: int, filled: Paths
) -> None:
    damage(filled.runs / "mine")
    checks = found(filled)
    assert finding(checks["run mine"])[::2] == ("broken", fix)
    assert exit_code(checks.values()) == code


def test_a_run_of_other_data_is_trained_again_on_the_same_split(
    filled: Paths, small: Dataset
) -> None:
    other = replace(small, genres=(*small.genres[:-1], "Eastern"))
    split = {"holdout": "ua", "split_seed": None, "cut": None}
    save(other, filled, split=split, training={**MANIFEST.training, "seed": 3}, name="ua")
    checks = found(filled)
    assert checks["run ua"].state == "broken"
    for option in ("train dnn", "--holdout ua", "--seed 3", "--name ua", f"--dataset {SMALL}"):
        assert option in checks["run ua"].fix
    assert exit_code(checks.values()) == 3


@pytest.mark.parametrize(
    ("dataset", "fix"), [("ml-100k", "movierec download"), ("synthetic-99x99x2000", "")]
)
def test_a_run_without_its_data_is_a_note(
    dataset: str, fix: str, paths: Paths, small: Dataset
) -> None:
    save(replace(small, name=dataset), paths)
    checks = found(paths)
    assert finding(checks["run mine"])[::2] == ("note", fix)
    assert exit_code(checks.values()) == 0


def test_a_damaged_profile_is_broken(filled: Paths) -> None:
    (filled.profiles / "ann.json").write_bytes(b"{")
    checks = found(filled)
    assert checks["profile ann"].fix == "movierec profiles import ann FILE --force"
    assert exit_code(checks.values()) == 5


def test_a_copied_run_or_profile_is_checked_under_its_own_name(filled: Paths) -> None:
    shutil.copytree(filled.runs / "mine", filled.runs / "mine (copy)")
    shutil.copy(filled.profiles / "ann.json", filled.profiles / "ann (copy).json")
    checks = found(filled)
    assert checks["run mine (copy)"].state == checks["profile ann (copy)"].state == "ok"


def test_an_unfinished_training_is_a_note_with_the_command_that_continues_it(
    filled: Paths,
) -> None:
    save_checkpoint(CHECKPOINT, filled.runs / "other")
    checks = found(filled)
    assert finding(checks["unfinished training"])[::2] == ("note", RESUME)
    assert exit_code(checks.values()) == 0
    assert "leftovers" not in checks


def test_a_damaged_checkpoint_is_broken_and_the_run_beside_it_is_not(filled: Paths) -> None:
    path = filled.runs / "mine" / "checkpoint.safetensors"
    save_checkpoint(CHECKPOINT, path.parent)
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    checks = found(filled)
    assert checks["run mine"].state == "ok"
    check = checks["unfinished training mine"]
    assert (check.state, check.exit_code) == ("broken", 5)
    assert check.fix == RESUME.replace("other", "mine").replace("--resume", "--force")
    path.write_bytes(b"")
    assert found(filled)["unfinished training mine"].fix == f"rm {path}"


def test_what_interrupted_work_left_is_listed_with_its_removal(filled: Paths) -> None:
    (filled.runs / "mine" / "manifest.json").unlink()
    fresh, *old = (
        filled.cache / ".ml-1m.zip.0.part", filled.runs / "mine" / ".manifest.json.1.part",
        filled.profiles / ".ann.json.2.part",
    )  # fmt: skip
    for part in (fresh, *old):
        part.write_bytes(b"12345")
    for part in old:
        os.utime(part, (0, 0))
    checks = [check for check in examine(filled, {}) if check.name.startswith(("left", "run "))]
    half, of_run, of_profile = checks
    assert finding(half)[::2] == ("note", "movierec runs remove mine")
    assert [of_run.fix, of_profile.fix] == [f"rm {part}" for part in old]
    assert "1 unfinished" in of_run.detail
    assert "5 bytes" in of_run.detail


@pytest.mark.parametrize("name", ["runs", "datasets", "profiles"])
def test_a_folder_that_cannot_be_read_hides_nothing_else(name: str, filled: Paths) -> None:
    folder = filled.data / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_bytes(b"")
    checks = found(filled)
    broken = [check for check in checks.values() if check.state == "broken"]
    assert {check.fix for check in broken} == {"export MOVIEREC_DATA_DIR=~/movierec/data"}
    assert f"data/{name} cannot be read: Not a directory" in broken[0].detail
    assert checks["prepared ml-100k"].state == "ok"
    assert ("run mine" in checks) == (name != "runs")
    assert ("profile ann" in checks) == (name != "profiles")
    assert exit_code(checks.values()) == 3


def import_table(paths: Paths) -> Path:
    """Import ratings as ``mine``; return the file of the data set."""
    table = paths.data.parent / "mine.csv"
    lines = [f"{user},{film},{1 + (user + film) % 5}" for user in range(10) for film in range(10)]
    table.write_text("\n".join(["user,film,rating", *lines]))
    return install.keep_import(install.read_import(OwnFiles(table), "mine"), paths)


def test_imported_data_is_verified(filled: Paths) -> None:
    path = import_table(filled)
    assert finding(found(filled)["imported mine"])[0] == "ok"
    path.write_bytes(path.read_bytes()[:-1])
    checks = found(filled)
    state, _, fix = finding(checks["imported mine"])[:3]
    assert (state, fix) == ("broken", "movierec import PATH --name mine")
    assert exit_code(checks.values()) == 5


def test_the_default_data_set_is_checked(filled: Paths) -> None:
    configure_dataset("ml-1m", filled)
    check = found(filled)["data ml-1m"]
    assert check.state == "note"
    assert check.fix == "movierec download ml-1m"
    (filled.data / "config.json").write_text('{"dataset": "gone"}')
    check = found(filled)["default data set"]
    assert (check.state, check.fix) == ("broken", "movierec config dataset ml-100k")
