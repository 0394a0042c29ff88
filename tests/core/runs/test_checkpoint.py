"""Unfinished trainings on disk: whole, or refused with the reason."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save as save_safetensors

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.runs import checkpoint as checkpoints
from movierec_cli.core.runs.checkpoint import (
    FILE,
    Checkpoint,
    Unfinished,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
    unfinished,
)

CHECKPOINT = Checkpoint(
    request={"model": "dnn", "seed": 7, "name": None},
    basis={"versions": {"movierec": "0.1.0"}},
    epochs=({"number": 1, "train": {"loss": 0.1 + 0.2}},),
    command="movierec train dnn --resume",
    arrays={
        "module.w": np.array([[1.5, -2.0]], np.float32),
        "done": np.array(3),
        "random": np.arange(5, dtype=np.uint8),
    },
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(CHECKPOINT, tmp_path / "mine")
    return tmp_path / "mine"


def test_what_is_read_is_what_was_written(folder: Path) -> None:
    found = load_checkpoint(folder)
    assert found is not None
    assert (found.request, found.basis, found.command) == (
        CHECKPOINT.request,
        CHECKPOINT.basis,
        CHECKPOINT.command,
    )
    assert found.epochs == CHECKPOINT.epochs  # 0.1 + 0.2 to the last bit
    for name, array in CHECKPOINT.arrays.items():
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].shape == array.shape
        assert (found.arrays[name] == array).all()


def test_the_next_epoch_replaces_the_one_before(folder: Path) -> None:
    save_checkpoint(replace(CHECKPOINT, command="movierec train two-tower"), folder)
    found = load_checkpoint(folder)
    assert found is not None
    assert found.command == "movierec train two-tower"
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None
    remove_checkpoint(tmp_path)


def test_unfinished_trainings_are_listed(folder: Path) -> None:
    (folder.parent / "finished").mkdir()
    (folder.parent / "damaged").mkdir()
    (folder.parent / "damaged" / FILE).write_bytes(b"no")
    (training,) = unfinished(folder.parent)
    assert training == Unfinished("mine", 1, "movierec train dnn --resume")
    assert str(training) == "The training of 'mine' is unfinished: 1 epoch is kept."
    remove_checkpoint(folder)
    assert unfinished(folder.parent) == []


def test_a_flipped_bit_anywhere_is_found(folder: Path) -> None:
    whole = (folder / FILE).read_bytes()
    for position in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        (folder / FILE).write_bytes(damaged)
        try:
            found = load_checkpoint(folder)
        except (IntegrityError, DataError):
            continue
        assert found is not None  # only padding may differ
        assert found.request == CHECKPOINT.request
        assert all((found.arrays[n] == a).all() for n, a in CHECKPOINT.arrays.items())


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_a_truncated_file_is_refused(folder: Path, kept: int) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:kept])
    with pytest.raises(IntegrityError, match="unfinished training 'mine' is damaged") as caught:
        load_checkpoint(folder)
    assert caught.value.hint == "Begin it again without --resume."


def test_another_safetensors_file_is_refused(folder: Path) -> None:
    (folder / FILE).write_bytes(save_safetensors({"w": np.zeros(2, np.float32)}))
    with pytest.raises(IntegrityError, match="is damaged"):
        load_checkpoint(folder)


def test_one_of_a_newer_movierec_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "FORMAT", checkpoints.FORMAT + 1)
    save_checkpoint(CHECKPOINT, folder)
    monkeypatch.undo()
    with pytest.raises(DataError, match="newer movierec") as caught:
        load_checkpoint(folder)
    assert "pip install --upgrade" in caught.value.hint


@pytest.mark.parametrize("header", ["[]", "null", "3", '{"format": "x"}', "{"])
def test_a_header_that_is_none_is_refused(folder: Path, header: str) -> None:
    metadata = {"movierec": header, "sha256": ""}
    (folder / FILE).write_bytes(save_safetensors({"w": np.zeros(1, np.float32)}, metadata))
    with pytest.raises(IntegrityError):
        load_checkpoint(folder)


def test_nothing_in_it_is_pickled(folder: Path) -> None:
    data = (folder / FILE).read_bytes()
    length = int.from_bytes(data[:8], "little")
    assert set(json.loads(data[8 : 8 + length])) == {"__metadata__", *CHECKPOINT.arrays}
