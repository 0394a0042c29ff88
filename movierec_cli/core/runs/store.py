"""Runs on disk: trained models, never pickled, never half-written, verified when read.

A run is a folder with ``manifest.json``, the weights as safetensors, and, for other programs and
people, ``metrics.jsonl`` and ``MODEL_CARD.md``. The name of the weights file contains its checksum
and the manifest names that file. So a run changes at one moment: when its manifest is replaced.
"""

import hashlib
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save as save_safetensors

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.mapped import map_arrays
from movierec_cli.core.data.store import VERIFIED_BYTES
from movierec_cli.core.errors import DataError, IntegrityError, PlaceError
from movierec_cli.core.files import (
    accessing,
    atomic_write,
    check_name,
    entries_of,
    exclusive,
    exists,
    is_folder,
    unusable,
)
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.parallel.group import group
from movierec_cli.core.runs.checkpoint import unfinished_training
from movierec_cli.core.runs.manifest import (
    UNREADABLE,
    Manifest,
    Number,
    Provenance,
    WeightsRecord,
)
from movierec_cli.core.runs.model_card import model_card
from movierec_cli.core.runs.train_spec import retraining
from movierec_cli.core.runs.weights import check_values, check_weights, read_weights

FORMAT = 6
"""Version of the layout of a run, the arrays of the models included."""

MANIFEST = "manifest.json"
"""The name of the file that makes a folder a run."""


@dataclass(frozen=True)
class _Format:
    format: Number


@dataclass(frozen=True)
class _Weights:
    weights: WeightsRecord


@dataclass(frozen=True, eq=False)
class Run:
    """A trained model: its manifest and its weights."""

    manifest: Manifest
    weights: Mapping[str, FloatArray]

    @property
    def model(self) -> Model:
        """The model, ready to score."""
        return SCORERS[self.manifest.model][self.manifest.preset](self.weights)

    def require_same(self) -> None:
        """Check that all processes that compute together have opened this run.

        Raises
        ------
        DataError
            If they have not.
        """
        group().require_same(repr(self.manifest), "runs")

    def require_dataset(self, dataset: Dataset) -> None:
        """Check that the run was trained on this very data set.

        Raises
        ------
        DataError
            If the catalog or anything else in the data differs.
        IntegrityError
            If the data is the same and the manifest names other films.
        """
        if dataset.checksum() != self.manifest.dataset["checksum"]:
            raise DataError(
                f"The run {self.manifest.name!r} was trained on other data than the "
                f"{dataset.name} that is here now.",
                f"Train it again with: {retraining(self.manifest)} --force",
            )
        if tuple(dataset.films.ids.tolist()) != self.manifest.film_ids:
            raise IntegrityError(
                f"The run {self.manifest.name!r} is damaged: its films are not those of "
                f"{dataset.name}.",
                f"Train it again with: {retraining(self.manifest)} --force",
            )


def save_run(run: Run, folder: Path) -> Path:
    """Write a run under ``folder`` and return its own folder; a run of the same name is replaced.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    manifest = run.manifest
    target = folder / check_name(manifest.name, "run")
    data = save_safetensors({name: np.ascontiguousarray(w) for name, w in run.weights.items()})
    digest = hashlib.sha256(data).hexdigest()
    file_name = f"weights-{digest[:16]}.safetensors"
    weights: WeightsRecord = {"file": file_name, "sha256": digest, "bytes": len(data)}
    with atomic_write(target / file_name) as file:
        file.write(data)
    content = {"schema": 1, "format": FORMAT, **asdict(manifest), "weights": weights}
    replaced = _weights_file(target)
    with atomic_write(target / MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=1))
    with atomic_write(target / "metrics.jsonl") as file:
        file.writelines(msgspec.json.encode(epoch) + b"\n" for epoch in manifest.epochs)
    with atomic_write(target / "MODEL_CARD.md") as file:
        file.write(model_card(manifest).encode())
    if replaced not in (None, file_name):
        with accessing(target, "written"):
            (target / str(replaced)).unlink(missing_ok=True)
    return target


def _weights_file(target: Path) -> str | None:
    """Return the weights file that the manifest in a folder names; ``None`` without one."""
    try:
        data = (target / MANIFEST).read_bytes()
        return msgspec.json.decode(data, type=_Weights).weights["file"]
    except (OSError, *UNREADABLE):
        return None


def list_runs(folder: Path) -> list[str]:
    """Return the names of the runs under ``folder``, ascending.

    A run whose own folder cannot be read is one of them.

    Raises
    ------
    DataError
        If ``folder`` cannot be read.
    """
    return [path.name for path in entries_of(folder) if _may_hold_manifest(path)]


def _may_hold_manifest(path: Path) -> bool:
    """Return whether a folder has a manifest, or cannot be searched for one."""
    try:
        return is_folder(path) and exists(path / MANIFEST)
    except PlaceError:
        return True


def _folder_of(name: str, folder: Path) -> Path:
    """Return the folder of a run, which may have been renamed to any name, or the place for it."""
    if any(path.name == name and is_folder(path) for path in entries_of(folder)):
        return folder / name
    return folder / check_name(name, "run")


def load_manifest(name: str, folder: Path) -> tuple[Manifest, WeightsRecord]:
    """Read the manifest of a run and the description of its weights file.

    The run has the name of its folder, whichever name the manifest was written under.

    Raises
    ------
    DataError
        If there is no such run, it cannot be read, or another version of movierec wrote it.
    IntegrityError
        If the manifest is damaged.
    """
    path = _folder_of(name, folder) / MANIFEST
    try:
        data = path.read_bytes()
        if msgspec.json.decode(data, type=_Format).format != FORMAT:
            raise _of_another_version(name, data)
        manifest = msgspec.json.decode(data, type=Manifest)
        weights = msgspec.json.decode(data, type=_Weights).weights
    except FileNotFoundError as error:
        raise _no_run(name, folder) from error
    except OSError as error:
        raise unusable(path, "read", error) from error
    except UNREADABLE as error:
        raise _damaged(name, path, str(error)) from error
    return replace(manifest, name=name), weights


def load_run(name: str, folder: Path) -> Run:
    """Open a run; small weights are verified, large ones mapped, to be verified by `verify_run`.

    Raises
    ------
    DataError
        If there is no such run, it cannot be read, or another version of movierec wrote it.
    IntegrityError
        If it is damaged.
    """
    return _open(name, folder, VERIFIED_BYTES)


def verify_run(name: str, folder: Path) -> Run:
    """Open a run as `load_run` does, after reading and verifying all of its weights."""
    return _open(name, folder, sys.maxsize)


def _open(name: str, folder: Path, verified_bytes: int) -> Run:
    """Open a run and verify weights of up to ``verified_bytes``."""
    manifest, stored = load_manifest(name, folder)
    path = folder / name / stored["file"]
    try:
        is_verified = path.stat().st_size <= verified_bytes
        weights = read_weights(path, stored["sha256"]) if is_verified else map_arrays(path)[1]
        scorer = SCORERS[manifest.model][manifest.preset]
        check_weights(scorer, weights, len(manifest.film_ids))
        if is_verified:
            check_values(weights)
    except FileNotFoundError as error:
        raise _damaged(name, path, f"{error.strerror}", manifest) from error
    except OSError as error:
        raise unusable(path, "read", error) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:  # KeyError: unknown dtype
        raise _damaged(name, path, str(error), manifest) from error
    return Run(manifest, weights)


def remove_run(name: str, folder: Path) -> None:
    """Delete a run.

    Raises
    ------
    DataError
        If there is none of that name, it cannot be removed, or one is being trained.
    """
    target = _folder_of(name, folder)
    if not is_folder(target):
        raise _no_run(name, folder)
    busy = DataError(
        f"The run {name!r} is being trained right now.", "Interrupt the training first."
    )
    with exclusive(target, busy), accessing(target, "removed"):
        if target.is_symlink():
            target.unlink()
            return
        (target / MANIFEST).unlink(missing_ok=True)  # first: half of a run is none
        shutil.rmtree(target)


def _no_run(name: str, folder: Path) -> DataError:
    training = unfinished_training(folder / name)
    if training is not None:
        return DataError(
            f"There is no run {name!r} yet. {training}", f"Continue it with: {training.command}"
        )
    names = list_runs(folder)
    hint = f"There are: {', '.join(names)}" if names else "Train one with: movierec train dnn"
    return DataError(f"There is no run {name!r}.", hint)


def _of_another_version(name: str, manifest: bytes) -> DataError:
    try:
        provenance = msgspec.json.decode(manifest, type=Provenance)
        hint = f"Train it again with: {retraining(provenance)} --force"
    except UNREADABLE:
        hint = "Use it with that version, or train another run with: movierec train dnn"
    return DataError(f"The run {name!r} was written by another version of movierec.", hint)


def _damaged(
    name: str, path: Path, reason: str, provenance: Provenance | None = None
) -> IntegrityError:
    fix = f"Remove it with: movierec runs remove {name}"
    if provenance is not None:
        fix = f"Train it again with: {retraining(provenance)} --force"
    return IntegrityError(f"The run {name!r} is damaged: {path}: {reason}.", fix)
