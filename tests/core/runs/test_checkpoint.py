"""Checkpoints: read as they were written, or refused with the reason."""

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
from movierec_cli.core.runs.manifest import Provenance
from tests.core.runs.test_store import MANIFEST

CHECKPOINT = Checkpoint(
    provenance=Provenance(
        **{name: getattr(MANIFEST, name) for name in Provenance.__dataclass_fields__}
    ),
    epochs=MANIFEST.epochs,
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


def test_a_loaded_checkpoint_equals_the_saved_one(folder: Path) -> None:
    found = load_checkpoint(folder)
    assert found is not None
    assert found.provenance == CHECKPOINT.provenance
    assert found.epochs == CHECKPOINT.epochs  # 0.1 + 0.2 to the last bit
    for name, array in CHECKPOINT.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype


def test_without_a_checkpoint_nothing_is_loaded_or_removed(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None
    remove_checkpoint(tmp_path)


def test_unfinished_trainings_are_listed_without_damaged_ones(folder: Path) -> None:
    (folder.parent / "finished").mkdir()
    (folder.parent / "damaged").mkdir()
    (folder.parent / "damaged" / FILE).write_bytes(b"no")
    command = "movierec train dnn --preset original --epochs 1 --name mine --dataset by-hand"
    assert unfinished(folder.parent) == [Unfinished("mine", 1, f"{command} --resume")]
    assert "1 epoch is kept" in str(unfinished(folder.parent)[0])
    remove_checkpoint(folder)
    assert unfinished(folder.parent) == []


OTHER_FILE = save_safetensors({"w": np.zeros(2, np.float32)})
NO_HEADER = [
    save_safetensors({"w": np.zeros(1, np.float32)}, {"movierec": header, "sha256": ""})
    for header in ("[]", '{"format": 2}', "{")
]


@pytest.mark.parametrize("content", [b"", b"\0" * 5, OTHER_FILE, OTHER_FILE[:-1], *NO_HEADER])
def test_another_file_is_refused(content: bytes, folder: Path) -> None:
    (folder / FILE).write_bytes(content)
    with pytest.raises(IntegrityError, match="unfinished training 'mine' is damaged") as caught:
        load_checkpoint(folder)
    assert "--force in place of --resume" in caught.value.hint


@pytest.mark.parametrize("step", [1, -1])
def test_another_format_is_refused(
    step: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "FORMAT", checkpoints.FORMAT + step)
        save_checkpoint(CHECKPOINT, folder)
    with pytest.raises(DataError, match="version of movierec") as caught:
        load_checkpoint(folder)
    assert (caught.value.exit_code, "--resume" in caught.value.hint) == (3, True)
