"""Checkpoints: the state of an unfinished training on disk, replaced as it goes on.

A checkpoint is one safetensors file in the folder of the run, removed when the run is saved. Its
header holds everything but the arrays as JSON, and a checksum over both. It needs no torch.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_safetensors

from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import accessing, atomic_write, entries_of, exists, is_folder
from movierec_cli.core.runs.manifest import UNREADABLE, EpochRecord, Provenance
from movierec_cli.core.runs.train_spec import retraining

FORMAT = 3
"""Version of the layout."""

FILE = "checkpoint.safetensors"
_HEADER = "movierec"
_UNREADABLE = (*UNREADABLE, SafetensorError, KeyError, TypeError, ValueError)
_REQUESTED = ("model", "preset", "split", "training")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training after a finished epoch; ``arrays`` are its state."""

    provenance: Provenance
    epochs: tuple[EpochRecord, ...]
    arrays: Mapping[str, NDArray[Any]]

    def require_same(self, provenance: Provenance) -> None:
        """Check that a training depends on the same as the one of this checkpoint.

        Raises
        ------
        UsageError
            If another model, preset, split or training option is requested.
        DataError
            If the data set, the configuration, the inputs or the versions have changed.
        """
        for field in fields(Provenance):
            earlier, now = getattr(self.provenance, field.name), getattr(provenance, field.name)
            if earlier == now:
                continue
            training = f"The unfinished training {self.provenance.name!r}"
            command = retraining(self.provenance)
            difference = _difference(field.name, earlier, now)
            if field.name in _REQUESTED:
                raise UsageError(
                    f"{training} was started with {difference}.",
                    f"Continue it with: {command} --resume",
                )
            raise DataError(
                f"{training} cannot be continued; its {field.name} changed: {difference}.",
                f"Start it again with: {command} --force",
            )


def _difference(name: str, earlier: Any, now: Any) -> str:
    """Return the differing values of a field, such as ``seed 0, not 1``."""
    if not isinstance(earlier, dict):
        earlier, now = {name: earlier}, {name: now}
    return "; ".join(
        f"{key.replace('_', ' ')} {earlier.get(key)}, not {now.get(key)}"
        for key in earlier | now
        if earlier.get(key) != now.get(key)
    )


@dataclass(frozen=True)
class _Header:
    format: int
    provenance: Provenance
    epochs: tuple[EpochRecord, ...]


def save_checkpoint(checkpoint: Checkpoint, folder: Path) -> None:
    """Replace the checkpoint in the folder of a run.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    header = _Header(FORMAT, checkpoint.provenance, checkpoint.epochs)
    text = msgspec.json.encode(header).decode()
    arrays = {name: np.asarray(array, order="C") for name, array in checkpoint.arrays.items()}
    metadata = {_HEADER: text, "sha256": _digest(text, arrays)}
    with atomic_write(folder / FILE) as file:
        file.write(save_safetensors(arrays, metadata))


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Read the checkpoint in the folder of a run; ``None`` if there is none.

    The training has the name of the folder, whichever name it was started under.

    Raises
    ------
    IntegrityError
        If it is damaged.
    DataError
        If it cannot be read, or a version of movierec with another layout wrote it.
    """
    path = folder / FILE
    if not exists(path):
        return None
    try:
        with accessing(path, "read"), path.open("rb"):  # the library names no reason
            pass
        with safe_open(path, framework="numpy") as stored:
            metadata = stored.metadata() or {}
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        text = metadata[_HEADER]
        if metadata["sha256"] != _digest(text, arrays):
            raise ValueError("its checksum differs")
        content = msgspec.json.decode(text)
        if content["format"] != FORMAT:
            raise DataError(
                f"Another version of movierec started the unfinished training {folder.name!r}.",
                "Start it again with --force in place of --resume.",
            )
        header = msgspec.convert(content, _Header)
    except _UNREADABLE as error:
        raise IntegrityError(
            f"The unfinished training {folder.name!r} is damaged: {path}: {error}.",
            "Start it again with --force in place of --resume.",
        ) from error
    provenance = replace(header.provenance, name=folder.name)
    return Checkpoint(provenance, header.epochs, arrays)


@dataclass(frozen=True)
class Unfinished:
    """A training that was interrupted or is still running, and the command that continues it."""

    name: str
    epochs: int
    command: str

    def __str__(self) -> str:
        kept = "1 epoch is" if self.epochs == 1 else f"{self.epochs} epochs are"
        if not self.epochs:
            kept = "the part before the epochs is"
        return f"The training of {self.name!r} is unfinished: {kept} kept."


def unfinished(runs: Path) -> list[Unfinished]:
    """Return the unfinished trainings under ``runs`` by name, without damaged ones."""
    found = (unfinished_training(path) for path in entries_of(runs) if is_folder(path))
    return [training for training in found if training is not None]


def unfinished_training(folder: Path) -> Unfinished | None:
    """Return the unfinished training in the folder of a run; ``None`` if it is damaged or none.

    Raises
    ------
    PlaceError
        If it cannot be read.
    """
    path = folder / FILE
    if not exists(path):
        return None
    try:
        with accessing(path, "read"), path.open("rb"):  # the library names no reason
            pass
        with safe_open(path, framework="numpy") as stored:
            header = msgspec.json.decode((stored.metadata() or {})[_HEADER], type=_Header)
    except _UNREADABLE:
        return None
    command = retraining(replace(header.provenance, name=folder.name))
    return Unfinished(folder.name, len(header.epochs), f"{command} --resume")


def remove_checkpoint(folder: Path) -> None:
    """Remove the checkpoint of a run, if there is one."""
    with accessing(folder / FILE, "removed"):
        (folder / FILE).unlink(missing_ok=True)


def _digest(text: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
        digest.update(np.asarray(arrays[name], order="C").tobytes())
    return digest.hexdigest()
