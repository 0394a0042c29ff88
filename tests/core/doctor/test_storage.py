"""Stored files are read as the commands read them; leftovers of interrupted work are listed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data import install
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.default import configure_dataset
from movierec_cli.core.data.readers.own_files import OwnFiles
from movierec_cli.core.doctor import exit_code
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.checkpoint import save_checkpoint
from tests.conftest import SMALL
from tests.core.doctor.conftest import finding, found, save
from tests.core.runs.test_checkpoint import CHECKPOINT
from tests.core.runs.test_store import MANIFEST
from tests.helpers import tiny_contents, write_zip

RETRAIN = f"movierec train dnn --preset original --epochs 1 --name mine --dataset {SMALL}"
RESUME = "movierec train dnn --preset original --epochs 1 --name mine --dataset by-hand --resume"


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
    split = {"holdout": "ua", "split_seed": None}
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


def test_a_damaged_profile_is_removed(filled: Paths) -> None:
    (filled.profiles / "ann.json").write_bytes(b"{")
    checks = found(filled)
    assert checks["profile ann"].fix == "movierec profiles remove ann"
    assert exit_code(checks.values()) == 5


def test_a_foreign_folder_or_file_is_a_note(filled: Paths) -> None:
    shutil.copytree(filled.runs / "mine", filled.runs / "a b")
    (filled.profiles / "a b.json").write_bytes(b"{}")
    checks = found(filled)
    assert checks["run a b"].state == checks["profile a b"].state == "note"
    assert exit_code(checks.values()) == 0


def test_an_unfinished_training_is_a_note_with_the_command_that_continues_it(
    filled: Paths,
) -> None:
    save_checkpoint(CHECKPOINT, filled.runs / "other")
    checks = found(filled)
    assert finding(checks["unfinished training"])[::2] == ("note", RESUME)
    assert exit_code(checks.values()) == 0
    assert "leftovers" not in checks


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
