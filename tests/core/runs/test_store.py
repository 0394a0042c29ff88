"""Runs on disk: saved whole, loaded unchanged, refused when their weights are wrong."""

import errno
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.models.original.model import OriginalDnn
from movierec_cli.core.runs import store
from movierec_cli.core.runs.manifest import Manifest
from movierec_cli.core.runs.store import (
    Run,
    list_runs,
    load_run,
    remove_run,
    save_run,
)
from movierec_cli.core.runs.weights import LARGEST_WEIGHT

MANIFEST = Manifest(
    name="mine",
    model="dnn",
    preset="original",
    dataset={
        "name": "by-hand",
        "checksum": "0" * 64,
        "users": 3,
        "films": 4,
        "ratings": 5,
        "has_demographics": True,
    },
    split={"holdout": "users", "split_seed": 705, "cut": None},
    config={"hidden_dim": 2},
    training={"epochs": 1, "keep": "best", "seed": 0},
    inputs={"title_vectors": "hashed character n-grams"},
    versions={"movierec": "0.1.0"},
    created="2026-01-02T03:04:05+00:00",
    seconds=1.25,
    epochs=(
        {
            "number": 1,
            "train": {"loss": 0.1 + 0.2},
            "validation": {"loss": 0.6},
            "is_kept": True,
            "seconds": 0.5,
        },
    ),
    kept_epoch=1,
    monitor="accuracy",
    metrics={"loss": 0.6},
    evaluation=(),
    film_ids=(10, 20, 30, 40),
)
WEIGHTS = {
    "user_tower.weight": np.zeros((3, 4), np.float32),  # the narrowest: no occupations
    "user_tower.bias": np.zeros(3, np.float32),
    "user_tower.scale": np.ones(3, np.float32),
    "user_tower.shift": np.zeros(3, np.float32),
    "user_embedding.weight": np.zeros((2, 3), np.float32),
    "user_embedding.bias": np.zeros(2, np.float32),
    "user_projection.weight": np.zeros((5, 2), np.float32),
    "user_projection.bias": np.zeros(5, np.float32),
    "classifier.weight": np.zeros((1, 5), np.float32),
    "classifier.bias": np.zeros(1, np.float32),
    "film_vectors": np.float32([[1, 2], [3, 4], [5, 6], [7, 8]]),
    "film_joint": np.zeros((4, 5), np.float32),
    "bias": np.float32([-0.5]),
}
RUN = Run(MANIFEST, WEIGHTS)
OTHER = Run(
    replace(MANIFEST, metrics={"loss": float("nan")}), WEIGHTS | {"bias": np.float32([7.0])}
)
RETRAIN = (
    "Train it again with: movierec train dnn --preset original --epochs 1 --name mine "
    "--dataset by-hand --force"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs"


@pytest.fixture
def saved(folder: Path) -> Path:
    return save_run(RUN, folder)


def weights_of(saved: Path) -> Path:
    (path,) = saved.glob("weights-*.safetensors")
    return path


def edit(saved: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest on disk."""
    path = saved / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def renamed(name: str) -> Run:
    return replace(RUN, manifest=replace(MANIFEST, name=name))


def test_a_loaded_run_equals_the_saved_one(saved: Path, folder: Path) -> None:
    loaded = load_run("mine", folder)
    assert loaded.manifest == MANIFEST
    assert set(loaded.weights) == set(WEIGHTS)
    for name, array in WEIGHTS.items():
        np.testing.assert_array_equal(loaded.weights[name], array)
        assert loaded.weights[name].dtype == np.float32
    assert isinstance(loaded.model, OriginalDnn)
    assert list_runs(folder) == ["mine"]


def test_a_run_is_a_folder_whose_manifest_names_the_weights(saved: Path) -> None:
    weights = weights_of(saved)
    names = sorted(path.name for path in saved.iterdir())
    assert names == ["MODEL_CARD.md", "manifest.json", "metrics.jsonl", weights.name]
    content = json.loads((saved / "manifest.json").read_text())
    assert (content["schema"], content["format"]) == (1, store.FORMAT)
    assert content["weights"] == {
        "file": weights.name,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "bytes": weights.stat().st_size,
    }
    (line,) = (saved / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line) == MANIFEST.epochs[0]


def test_a_run_of_the_same_name_replaces_all_files(saved: Path, folder: Path) -> None:
    old = weights_of(saved)
    assert save_run(OTHER, folder) == saved
    assert not old.exists()
    assert len(list(saved.iterdir())) == 4
    assert load_run("mine", folder).manifest.metrics == {"loss": None}  # null where not finite
    assert load_run("mine", folder).weights["bias"].tolist() == [7.0]


def test_a_save_that_fails_leaves_the_old_run(
    saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.atomic_write

    def broken(target: Path) -> Any:
        if target.name == "manifest.json":
            raise DataError("The disk is full.")
        return write(target)

    monkeypatch.setattr(store, "atomic_write", broken)
    with pytest.raises(DataError, match="full"):
        save_run(OTHER, folder)
    assert load_run("mine", folder).weights["bias"].tolist() == [-0.5]


def test_an_unknown_run_is_refused_with_the_existing_names(folder: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_run("dnn", folder)
    assert caught.value.hint == "Train one with: movierec train dnn"
    save_run(RUN, folder)
    save_run(renamed("another"), folder)
    for attempt in (load_run, remove_run):
        with pytest.raises(DataError, match="There is no run 'theirs'") as caught:
            attempt("theirs", folder)
        assert caught.value.hint.endswith("another, mine")
        assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["..", "../mine", ""])
def test_a_name_that_is_a_path_is_refused(name: str, saved: Path, folder: Path) -> None:
    for attempt in (
        lambda: load_run(name, folder),
        lambda: remove_run(name, folder),
        lambda: save_run(renamed(name), folder),
    ):
        with pytest.raises(UsageError, match="name of a run"):
            attempt()
    folders = {path.name for path in folder.parent.rglob("*") if path.is_dir()}
    assert folders == {"mine", "runs"}


def test_a_run_is_removed_alone(saved: Path, folder: Path) -> None:
    save_run(renamed("another"), folder)
    (folder / "link").symlink_to(folder / "another")
    remove_run("link", folder)
    remove_run("mine", folder)
    assert list_runs(folder) == ["another"]
    assert not saved.exists()


@pytest.mark.parametrize("name", ["best", "mine (copy)"])
def test_a_run_has_the_name_of_its_folder(name: str, saved: Path, folder: Path) -> None:
    shutil.copytree(saved, folder / name)
    copy = load_run(name, folder)
    assert list_runs(folder) == sorted([name, "mine"])
    assert copy.manifest == replace(MANIFEST, name=name)
    np.testing.assert_array_equal(copy.weights["bias"], WEIGHTS["bias"])
    remove_run(name, folder)
    assert list_runs(folder) == ["mine"]


def denied(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let files of these names be unreadable; the superuser could read them otherwise."""
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if any(path.match(name) for name in names):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)


@pytest.mark.parametrize("name", ["manifest.json", "weights-*"])
def test_a_run_that_cannot_be_read_is_not_called_damaged(
    name: str, saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied(monkeypatch, name)
    with pytest.raises(DataError, match=r"mine/\S+ cannot be read: Permission denied") as caught:
        load_run("mine", folder)
    assert "permissions" in caught.value.hint
    assert "remove" not in caught.value.hint
    assert list_runs(folder) == ["mine"]


def test_a_folder_of_runs_that_is_a_file_is_an_error_and_not_an_empty_list(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_bytes(b"")
    for attempt in (lambda: list_runs(folder), lambda: load_run("mine", folder)):
        with pytest.raises(DataError, match="runs cannot be read: Not a directory"):
            attempt()


def test_a_removal_that_fails_leaves_the_run_and_one_that_breaks_off_no_half(
    saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(weights_of(saved)))

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(DataError, match=r"manifest\.json cannot be removed"):
            remove_run("mine", folder)
    assert load_run("mine", folder).manifest == MANIFEST
    with monkeypatch.context() as patch:
        patch.setattr(store.shutil, "rmtree", broken_off)
        with pytest.raises(DataError, match=r"weights\S+ cannot be removed"):
            remove_run("mine", folder)
    assert list_runs(folder) == []
    remove_run("mine", folder)
    assert not saved.exists()


def with_checksum(saved: Path, data: bytes) -> None:
    """Replace the weights, with a manifest that holds their checksum."""
    weights_of(saved).write_bytes(data)
    edit(saved, lambda m: m["weights"].update(sha256=hashlib.sha256(data).hexdigest()))


FLOAT_8 = b'{"bias":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda saved: weights_of(saved).unlink(), "No such file"),
        (lambda saved: weights_of(saved).write_bytes(b"x" + weights_of(saved).read_bytes()[1:]),
         "checksum"),
        (lambda saved: with_checksum(saved, b"\x80\x04\x95 no pickle is ever read"), "damaged"),
        (lambda saved: with_checksum(saved, len(FLOAT_8).to_bytes(8, "little") + FLOAT_8 + b"\0"),
         "damaged"),
    ],
)  # fmt: skip
def test_damaged_weights_are_refused_with_the_command_that_trains_again(
    damage: Callable[[Path], object], reason: str, saved: Path, folder: Path
) -> None:
    damage(saved)
    with pytest.raises(IntegrityError, match=reason) as caught:
        load_run("mine", folder)
    assert caught.value.hint == RETRAIN


@pytest.mark.parametrize("elsewhere", ["../theirs/{0}", "/{1}/{0}"])
def test_weights_outside_the_folder_of_the_run_are_not_read(
    elsewhere: str, saved: Path, folder: Path
) -> None:
    theirs = save_run(renamed("theirs"), folder)
    named = elsewhere.format(weights_of(theirs).name, theirs)
    edit(saved, lambda m: m["weights"].update(file=named))
    with pytest.raises(IntegrityError, match=r"weights\.file"):
        load_run("mine", folder)


@pytest.mark.parametrize(
    ("name", "array", "reason"),
    [
        ("film_joint", np.zeros((4, 4), np.float32), r"film_joint has the shape \(4, 4\)"),
        ("film_joint", np.zeros((4, 5), np.float64), "film_joint holds float64"),
        ("film_joint", np.full((4, 5), np.nan, np.float32), "film_joint holds a value"),
        ("bias", np.float32([-2 * LARGEST_WEIGHT]), "bias holds a value"),
    ],
)
def test_weights_that_do_not_fit_the_model_are_refused(
    name: str, array: np.ndarray, reason: str, folder: Path
) -> None:
    save_run(replace(RUN, weights=WEIGHTS | {name: array}), folder)
    with pytest.raises(IntegrityError, match=reason):
        load_run("mine", folder)


def test_large_weights_are_mapped_and_verified_on_demand(
    saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "VERIFIED_BYTES", 10)
    weights = load_run("mine", folder).weights
    assert all(not array.flags.writeable for array in weights.values())
    for name, array in RUN.weights.items():
        np.testing.assert_array_equal(weights[name], array)
    content = weights_of(saved).read_bytes()
    weights_of(saved).write_bytes(content[:-1] + b"?")
    load_run("mine", folder)
    with pytest.raises(IntegrityError, match="checksum"):
        store.verify_run("mine", folder)
    for damaged in (content[:-1], b"x" * 99):
        weights_of(saved).write_bytes(damaged)
        with pytest.raises(IntegrityError, match=r"not complete|no header"):
            load_run("mine", folder)


def test_a_run_of_other_data_is_refused(small: Dataset) -> None:
    record: Any = MANIFEST.dataset | {"name": small.name, "checksum": small.checksum()}
    same = replace(MANIFEST, dataset=record, film_ids=tuple(small.films.ids.tolist()))
    replace(RUN, manifest=same).require_dataset(small)
    with pytest.raises(DataError, match="trained on other data") as other_data:
        RUN.require_dataset(small)
    assert other_data.value.hint == RETRAIN
    damaged = replace(RUN, manifest=replace(same, film_ids=(*same.film_ids[:-1], 9_999)))
    with pytest.raises(IntegrityError, match="its films are not those of") as other_films:
        damaged.require_dataset(small)
    assert other_films.value.hint.endswith(f"--dataset {small.name} --force")
