"""Unfinished trainings on disk: what it takes to go on after the last finished epoch.

One file in the folder of the run, replaced after each epoch and removed when the run is saved:
arrays as safetensors, everything else as JSON in the header of that file, with a checksum over
both. Nothing here needs torch.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_safetensors

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import atomic_write

FORMAT = 1
"""Version of the layout."""

FILE = "checkpoint.safetensors"
_HEADER = "movierec"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training after a finished epoch.

    Attributes
    ----------
    request
        What was asked for: the fields of a `TrainSpec`, the name filled in.
    basis
        What it rests on, and what has to be the same to go on: versions, data set, configuration.
    epochs
        A record for each finished epoch, as in a manifest.
    command
        What goes on with it.
    arrays
        The state of the training.
    """

    request: Mapping[str, Any]
    basis: Mapping[str, Any]
    epochs: tuple[Mapping[str, Any], ...]
    command: str
    arrays: Mapping[str, NDArray[Any]]


def save_checkpoint(checkpoint: Checkpoint, folder: Path) -> None:
    """Replace the checkpoint in the folder of a run.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    header = {
        "format": FORMAT,
        "request": checkpoint.request,
        "basis": checkpoint.basis,
        "epochs": checkpoint.epochs,
        "command": checkpoint.command,
    }
    arrays = {name: np.asarray(array, order="C") for name, array in checkpoint.arrays.items()}
    text = json.dumps(header)
    metadata = {_HEADER: text, "sha256": _digest(text, arrays)}
    with atomic_write(folder / FILE) as file:
        file.write(save_safetensors(arrays, metadata))


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Read the checkpoint in the folder of a run; ``None`` if there is none.

    Raises
    ------
    IntegrityError
        If it is damaged.
    DataError
        If a newer movierec wrote it.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as stored:
            metadata = stored.metadata() or {}
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        text = metadata[_HEADER]
        header = json.loads(text)
        newer = header["format"] > FORMAT
        whole = metadata["sha256"] == _digest(text, arrays)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, str(error)) from error
    if newer:
        raise DataError(
            f"The unfinished training {folder.name!r} was started by a newer movierec.",
            "Update with: pip install --upgrade movierec",
        )
    if not whole:
        raise _damaged(path, "its checksum differs")
    return Checkpoint(
        header["request"],
        header["basis"],
        tuple(header["epochs"]),
        header["command"],
        arrays,
    )


@dataclass(frozen=True)
class Unfinished:
    """A training that was interrupted, or still goes on.

    Attributes
    ----------
    name
        Of its run.
    epochs
        The number that are finished.
    command
        What goes on with it.
    """

    name: str
    epochs: int
    command: str

    def __str__(self) -> str:
        kept = "1 epoch is" if self.epochs == 1 else f"{self.epochs} epochs are"
        return f"The training of {self.name!r} is unfinished: {kept} kept."


def unfinished(runs: Path) -> list[Unfinished]:
    """Return the unfinished trainings under ``runs`` in the order of their names.

    A damaged one is left out; `load_checkpoint` says why.
    """
    found = (unfinished_training(path.parent) for path in sorted(runs.glob(f"*/{FILE}")))
    return [training for training in found if training is not None]


def unfinished_training(folder: Path) -> Unfinished | None:
    """Return the unfinished training in the folder of a run; ``None`` if none can be read."""
    try:
        with safe_open(folder / FILE, framework="numpy") as stored:
            header = json.loads((stored.metadata() or {})[_HEADER])
            return Unfinished(folder.name, len(header["epochs"]), str(header["command"]))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError):
        return None


def remove_checkpoint(folder: Path) -> None:
    """Forget the unfinished training of a run, if there is one."""
    (folder / FILE).unlink(missing_ok=True)


def _digest(text: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
        digest.update(np.asarray(arrays[name], order="C").tobytes())
    return digest.hexdigest()


def _damaged(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"The unfinished training {path.parent.name!r} is damaged: {path}: {why}.",
        "Begin it again without --resume.",
    )
