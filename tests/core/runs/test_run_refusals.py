"""Runs that are not what they should be are refused with the reason and the next command."""

# ruff: noqa: F811 - fixtures come to tests by their names

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.store import (
    list_runs,
    load_run,
    remove_run,
    save_run,
)
from tests.core.runs.test_store import (  # noqa: F401 - the fixtures among them
    MANIFEST,
    RETRAIN,
    RUN,
    WEIGHTS,
    edit,
    folder,
    saved,
    weights_of,
)


@pytest.mark.parametrize(
    "change",
    [
        {"split": {}},
        {"split": 3},
        {"split": {"holdout": "users", "split_seed": None}},
        {"split": {"holdout": "u1", "split_seed": 705}},
        {"dataset": {}},
        {"dataset": MANIFEST.dataset | {"name": 3}},
        {"film_ids": ["x"]},
        {"film_ids": []},
        {"film_ids": [10, 20, 20, 30]},
        {"film_ids": [10, 30, 20, 40]},
        {"film_ids": [10, 20, 30, 40.0]},
        {"film_ids": [10, 20, 30]},  # one less than the weights have
        {"format": -4},
        {"seconds": "1"},
        {"seconds": 10**400},
        {"created": 2026},
        {"config": [2]},
        {"training": {"epochs": [[[[[[1]]]]]]}},
        {"inputs": {"title_vectors": 3}},
        {"metrics": {"loss": "0.6"}},
        {"epochs": [1]},
        {"epochs": [MANIFEST.epochs[0] | {"train": None}]},
        {"epochs": [MANIFEST.epochs[0] | {"is_kept": "yes"}]},
        {"evaluation": [{"scenario": "fold-in"}]},
        {"weights": {"file": "w\0.safetensors", "sha256": "0"}},
    ],
    ids=str,
)
def test_a_manifest_whose_fields_hold_something_else_is_refused(
    change: dict[str, Any], saved: Path, folder: Path
) -> None:
    edit(saved, lambda manifest: manifest.update(change))
    with pytest.raises(IntegrityError):
        load_run("mine", folder)


def test_a_manifest_nested_without_end_is_refused(saved: Path, folder: Path) -> None:
    (saved / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(IntegrityError):
        load_run("mine", folder)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("film_joint", np.zeros((4, 4), np.float32), r"film_joint has the shape \(4, 4\)"),
        ("film_vectors", np.zeros((5, 2), np.float32), r"instead of \(4, 2\)"),
        ("film_vectors", np.zeros(8, np.float32), r"film_vectors has the shape \(8,\)"),
        ("user_tower.weight", np.zeros((3, 3), np.float32), r"instead of \(3, 4\)"),
        ("film_joint", np.zeros((4, 5), np.float64), "film_joint holds float64"),
        ("film_joint", np.full((4, 5), np.nan, np.float32), "holds what is no weight"),
        ("film_joint", np.full((4, 5), np.inf, np.float32), "holds what is no weight"),
        ("bias", np.float32([-2e9]), "bias holds what is no weight"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    name: str, array: np.ndarray, why: str, folder: Path
) -> None:
    save_run(replace(RUN, weights=WEIGHTS | {name: array}), folder)
    with pytest.raises(IntegrityError, match=why):
        load_run("mine", folder)


def test_weights_of_a_type_that_numpy_lacks_are_refused(saved: Path, folder: Path) -> None:
    header = b'{"bias":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'
    data = len(header).to_bytes(8, "little") + header + b"\0"
    weights_of(saved).write_bytes(data)
    edit(saved, lambda m: m["weights"].update(sha256=hashlib.sha256(data).hexdigest()))
    with pytest.raises(IntegrityError, match="is damaged"):
        load_run("mine", folder)


def test_weights_without_the_arrays_of_the_model_are_refused(folder: Path) -> None:
    lacking = {name: array for name, array in WEIGHTS.items() if name != "film_joint"}
    save_run(replace(RUN, weights=lacking), folder)
    with pytest.raises(IntegrityError, match="it lacks film_joint"):
        load_run("mine", folder)


def test_a_run_of_an_older_movierec_is_refused_with_the_command_that_trains_it_again(
    saved: Path, folder: Path
) -> None:
    edit(saved, lambda m: m.update(format=runs.FORMAT - 1))
    with pytest.raises(DataError, match="written by an older movierec") as caught:
        load_run("mine", folder)
    assert caught.value.hint == RETRAIN


def test_a_run_that_is_a_link_is_removed_without_what_it_points_to(
    saved: Path, folder: Path
) -> None:
    (folder / "link").symlink_to(saved)
    remove_run("link", folder)
    assert list_runs(folder) == ["mine"]
