"""A run comes back as it was; what is damaged, foreign or newer is refused with the reason."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, UsageError
from movierec_cli.core.models.original.model import OriginalDnn
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.store import (
    Manifest,
    Run,
    list_runs,
    load_manifest,
    load_run,
    remove_run,
    save_run,
)

MANIFEST = Manifest(
    name="mine",
    model="dnn",
    preset="original",
    created="2026-01-02T03:04:05+00:00",
    dataset={"name": "by-hand", "checksum": "0" * 64, "users": 3, "films": 4, "ratings": 5},
    split={"holdout": "users", "split_seed": 705},
    config={"hidden_dim": 2},
    training={"epochs": 1, "seed": 0},
    inputs={"title_vectors": "hashed character n-grams"},
    versions={"movierec": "0.1.0"},
    epochs=(
        {
            "number": 1,
            "train": {"loss": 0.5},
            "validation": {"loss": 0.6},
            "is_kept": True,
            "seconds": 0.5,
        },
    ),
    kept_epoch=1,
    metrics={"loss": 0.6},
    evaluation=(),
    seconds=1.25,
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
RETRAIN = (
    "Train it again with: movierec train dnn --preset original --epochs 1 --name mine "
    "--dataset by-hand"
)
RUN = Run(MANIFEST, WEIGHTS)


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


def test_a_run_comes_back_as_it_was(saved: Path, folder: Path) -> None:
    loaded = load_run("mine", folder)
    assert loaded.manifest == MANIFEST
    assert set(loaded.weights) == set(WEIGHTS)
    for name, array in RUN.weights.items():
        np.testing.assert_array_equal(loaded.weights[name], array)
        assert loaded.weights[name].dtype == np.float32
    assert isinstance(loaded.model, OriginalDnn)
    assert list_runs(folder) == ["mine"]


def test_a_run_is_a_folder_of_three_files_that_name_each_other(saved: Path) -> None:
    names = sorted(path.name for path in saved.iterdir())
    weights = weights_of(saved).name
    assert names == ["MODEL_CARD.md", "manifest.json", "metrics.jsonl", weights]
    content = json.loads((saved / "manifest.json").read_text())
    assert (content["schema"], content["format"]) == (1, runs.FORMAT)
    assert content["weights"]["file"] == weights
    assert content["weights"]["sha256"].startswith(weights[8:24])
    assert content["weights"]["bytes"] == weights_of(saved).stat().st_size
    (line,) = (saved / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line) == MANIFEST.epochs[0]


def test_a_run_of_the_same_name_takes_its_place_and_nothing_of_the_old_stays(
    saved: Path, folder: Path
) -> None:
    old = weights_of(saved)
    other = Run(replace(MANIFEST, seconds=9.0), {**WEIGHTS, "bias": np.float32([7.0])})
    assert save_run(other, folder) == saved
    assert not old.exists()
    assert len(list(saved.iterdir())) == 4
    assert load_run("mine", folder).manifest.seconds == 9.0
    assert load_run("mine", folder).weights["bias"].tolist() == [7.0]


def test_a_run_that_could_not_be_saved_leaves_the_old_one(
    saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = runs.atomic_write

    def broken(target: Path) -> Any:
        if target.name == "manifest.json":
            raise DataError("The disk is full.")
        return write(target)

    monkeypatch.setattr(runs, "atomic_write", broken)
    with pytest.raises(DataError, match="full"):
        save_run(Run(MANIFEST, {**WEIGHTS, "bias": np.float32([7.0])}), folder)
    assert load_run("mine", folder).weights["bias"].tolist() == [-0.5]


def test_an_unknown_run_tells_which_there_are(saved: Path, folder: Path) -> None:
    save_run(replace(RUN, manifest=replace(MANIFEST, name="another")), folder)
    with pytest.raises(DataError, match="There is no run 'theirs'") as caught:
        load_run("theirs", folder)
    assert caught.value.hint == "There are: another, mine"


def test_where_there_is_no_run_it_tells_how_to_train_one(folder: Path) -> None:
    assert list_runs(folder) == []
    with pytest.raises(DataError) as caught:
        load_run("dnn", folder)
    assert caught.value.hint == "Train one with: movierec train dnn"


@pytest.mark.parametrize("name", ["a/b", "..", ".", "", "../mine", "/etc", "a\\b", "a b", "x" * 99])
def test_a_name_that_is_a_path_is_refused(name: str, saved: Path, folder: Path) -> None:
    for attempt in (
        lambda: load_run(name, folder),
        lambda: remove_run(name, folder),
        lambda: save_run(replace(RUN, manifest=replace(MANIFEST, name=name)), folder),
    ):
        with pytest.raises(UsageError, match="cannot be the name of a run"):
            attempt()
    assert sorted(path.name for path in folder.parent.rglob("*") if path.is_dir()) == [
        "mine",
        "runs",
    ]


@pytest.mark.parametrize("position", [0, 9, -1])
def test_weights_of_which_a_byte_changed_are_refused(
    position: int, saved: Path, folder: Path
) -> None:
    data = bytearray(weights_of(saved).read_bytes())
    data[position] ^= 1
    weights_of(saved).write_bytes(data)
    with pytest.raises(
        IntegrityError, match=r"'mine' is damaged: .*its checksum differs"
    ) as caught:
        load_run("mine", folder)
    assert caught.value.hint == RETRAIN


@pytest.mark.parametrize("length", [0, 5, -1])
def test_truncated_weights_are_refused(length: int, saved: Path, folder: Path) -> None:
    weights_of(saved).write_bytes(weights_of(saved).read_bytes()[:length])
    with pytest.raises(IntegrityError, match="its checksum differs"):
        load_run("mine", folder)


def test_missing_weights_are_refused(saved: Path, folder: Path) -> None:
    weights_of(saved).unlink()
    with pytest.raises(IntegrityError, match="No such file"):
        load_run("mine", folder)


def test_weights_that_are_no_safetensors_are_refused(saved: Path, folder: Path) -> None:
    data = b"\x80\x04\x95 no pickle is ever read"
    weights_of(saved).write_bytes(data)
    edit(saved, lambda m: m["weights"].update(sha256=hashlib.sha256(data).hexdigest()))
    with pytest.raises(IntegrityError, match="is damaged"):
        load_run("mine", folder)


@pytest.mark.parametrize("elsewhere", ["../theirs/{0}", "/{1}/{0}", ".."])
def test_weights_outside_the_folder_of_the_run_are_not_read(
    elsewhere: str, saved: Path, folder: Path
) -> None:
    others = {name: array + 1 for name, array in WEIGHTS.items()}
    theirs = save_run(Run(replace(MANIFEST, name="theirs"), others), folder)
    other = json.loads((theirs / "manifest.json").read_text())["weights"]
    named = elsewhere.format(weights_of(theirs).name, theirs)
    edit(saved, lambda m: m.update(weights=other | {"file": named}))
    with pytest.raises(IntegrityError):
        load_run("mine", folder)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "3", '"text"', "{}", '{"format": "1"}', "\0", "[" * 50]
)
def test_a_manifest_that_is_none_is_refused(text: str, saved: Path, folder: Path) -> None:
    (saved / "manifest.json").write_text(text)
    with pytest.raises(IntegrityError, match=r"'mine' is damaged: .*manifest\.json"):
        load_run("mine", folder)


def test_a_manifest_in_another_encoding_is_refused(saved: Path, folder: Path) -> None:
    (saved / "manifest.json").write_bytes(b'{"name": "\xe9"}')
    with pytest.raises(IntegrityError):
        load_manifest("mine", folder)


@pytest.mark.parametrize("field", [*Manifest.__dataclass_fields__, "weights"])
def test_a_manifest_without_one_of_its_fields_is_refused(
    field: str, saved: Path, folder: Path
) -> None:
    edit(saved, lambda manifest: manifest.pop(field))
    with pytest.raises(IntegrityError, match=f"'{field}' is missing or wrong"):
        load_run("mine", folder)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "oracle"},
        {"model": ["dnn"]},
        {"preset": "oracle"},
        {"name": "theirs"},
        {"film_ids": 3},
        {"weights": {"file": "weights.safetensors"}},
        {"weights": None},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    change: dict[str, Any], saved: Path, folder: Path
) -> None:
    edit(saved, lambda manifest: manifest.update(change))
    with pytest.raises(IntegrityError, match="'mine' is damaged"):
        load_run("mine", folder)


def test_a_run_of_a_newer_movierec_is_refused_as_such(saved: Path, folder: Path) -> None:
    edit(saved, lambda manifest: manifest.update(format=runs.FORMAT + 1))
    with pytest.raises(DataError, match="written by a newer movierec") as caught:
        load_run("mine", folder)
    assert caught.value.hint == "Update with: pip install --upgrade movierec"


def test_no_damage_to_a_manifest_gives_another_error_than_ours(saved: Path, folder: Path) -> None:
    path = saved / "manifest.json"
    original = path.read_bytes()
    generator = np.random.default_rng(3)
    refused = 0
    for _ in range(400):
        damaged = bytearray(original)
        damaged[int(generator.integers(len(damaged)))] = int(generator.integers(256))
        path.write_bytes(damaged)
        try:
            load_run("mine", folder)
        except MovierecError as error:
            refused += 1
            assert error.exit_code in (3, 5)
    assert refused > 100


def test_a_run_of_other_data_is_refused(small: Dataset) -> None:
    its_own = {"name": small.name, "checksum": small.checksum()}
    ids = tuple(small.films.ids.tolist())
    replace(RUN, manifest=replace(MANIFEST, dataset=its_own, film_ids=ids)).require_dataset(small)
    with pytest.raises(DataError, match="trained on other data than the synthetic") as caught:
        RUN.require_dataset(small)
    assert caught.value.hint == RETRAIN


@pytest.mark.parametrize("change", [lambda ids: ids[:-1], lambda ids: (*ids[:-1], 9_999)])
def test_a_run_of_other_films_is_refused_though_it_names_the_data(
    change: Callable[[tuple[int, ...]], tuple[int, ...]], small: Dataset
) -> None:
    its_own = {"name": small.name, "checksum": small.checksum()}
    ids = change(tuple(small.films.ids.tolist()))
    with pytest.raises(IntegrityError, match="its films are not those of synthetic") as caught:
        replace(RUN, manifest=replace(MANIFEST, dataset=its_own, film_ids=ids)).require_dataset(
            small
        )
    assert "movierec runs remove mine" in caught.value.hint


def test_a_run_can_be_removed_alone(saved: Path, folder: Path) -> None:
    save_run(replace(RUN, manifest=replace(MANIFEST, name="another")), folder)
    remove_run("mine", folder)
    assert list_runs(folder) == ["another"]
    assert not saved.exists()
    with pytest.raises(DataError, match="There is no run 'mine'"):
        remove_run("mine", folder)


def test_of_two_savings_at_once_one_whole_run_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = runs.atomic_write
    other = Run(replace(MANIFEST, seconds=9.0), {**WEIGHTS, "bias": np.float32([7.0])})

    def interrupted(target: Path) -> Any:
        if target.name == "manifest.json":
            monkeypatch.setattr(runs, "atomic_write", write)
            save_run(other, folder)
        return write(target)

    monkeypatch.setattr(runs, "atomic_write", interrupted)
    save_run(RUN, folder)
    assert load_run("mine", folder).manifest.seconds in (1.25, 9.0)
