"""Runs: trained models on disk. Never pickled, never half-written, verified when read.

A run is a folder with ``manifest.json``, the weights as safetensors, and for people and other
programs ``metrics.jsonl`` and ``MODEL_CARD.md``, which are not read again. The
name of the weights file holds its checksum and the manifest names that file, so replacing the
manifest is the one moment at which a run changes.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_safetensors
from safetensors.numpy import save as save_safetensors

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import atomic_write, exclusive
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.runs.checkpoint import unfinished_training
from movierec_cli.core.runs.model_card import model_card
from movierec_cli.core.runs.names import check_name
from movierec_cli.core.runs.run_checks import check_manifest, check_weights
from movierec_cli.core.runs.train_spec import spec_of, train_command

FORMAT = 3
"""Version of the layout of a run, the arrays of the models included."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """Everything about a run but its weights; the content of ``manifest.json``.

    Attributes
    ----------
    name, model, preset
        What it is called and what it is.
    created
        When it was trained, ISO 8601 with time zone.
    dataset
        ``name``, ``checksum``, and the number of ``users``, ``films`` and ``ratings``.
    split
        ``holdout`` and ``split_seed``.
    config, training
        The effective values of the model's configuration and of the training options.
    inputs
        How the inputs were made, where that may differ, such as ``title_vectors``.
    versions
        Of movierec, Python, numpy and torch.
    epochs
        A record for each epoch: ``number``, ``train``, ``validation``, ``is_kept``, ``seconds``.
    kept_epoch
        The number of the epoch whose weights were kept.
    metrics
        The validation figures of the epoch that was kept.
    evaluation
        What it reaches on what was held out: ``scenario``, ``k``, ``users``, ``left_out`` and
        ``metrics`` for each scenario; empty where nothing was.
    seconds
        Training time, data preparation included.
    film_ids
        The catalog, in the order of the rows of the weights.
    """

    name: str
    model: str
    preset: str
    created: str
    dataset: Mapping[str, Any]
    split: Mapping[str, Any]
    config: Mapping[str, Any]
    training: Mapping[str, Any]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    epochs: tuple[Mapping[str, Any], ...]
    kept_epoch: int
    metrics: Mapping[str, float]
    evaluation: tuple[Mapping[str, Any], ...]
    seconds: float
    film_ids: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Run:
    """A trained model: its manifest and its weights."""

    manifest: Manifest
    weights: Mapping[str, FloatArray]

    @property
    def model(self) -> Model:
        """The model, ready to score."""
        return SCORERS[self.manifest.model][self.manifest.preset](self.weights)

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
                f"Train it again with: {retraining(self.manifest)}",
            )
        if tuple(dataset.films.ids.tolist()) != self.manifest.film_ids:
            raise IntegrityError(
                f"The run {self.manifest.name!r} is damaged: its films are not those of "
                f"{dataset.name}.",
                f"Remove it and train it again: movierec runs remove {self.manifest.name}",
            )


def retraining(manifest: Manifest) -> str:
    """Return the command that trains a run again as it was trained."""
    request = spec_of(
        manifest.model, manifest.preset, manifest.name, manifest.split, manifest.training
    )
    return train_command(request, manifest.dataset["name"])


def save_run(run: Run, folder: Path) -> Path:
    """Write a run under ``folder`` and return its own folder; a run of the same name is replaced.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    target = folder / check_name(run.manifest.name, "run")
    data = save_safetensors({name: np.ascontiguousarray(w) for name, w in run.weights.items()})
    digest = hashlib.sha256(data).hexdigest()
    weights_file = f"weights-{digest[:16]}.safetensors"
    with atomic_write(target / weights_file) as file:
        file.write(data)
    content = {
        "schema": 1,
        "format": FORMAT,
        **asdict(run.manifest),
        "weights": {"file": weights_file, "sha256": digest, "bytes": len(data)},
    }
    replaced = _named_weights(target / _MANIFEST)
    with atomic_write(target / _MANIFEST) as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False).encode())
    with atomic_write(target / "metrics.jsonl") as file:
        file.writelines(json.dumps(epoch).encode() + b"\n" for epoch in run.manifest.epochs)
    with atomic_write(target / "MODEL_CARD.md") as file:
        file.write(model_card(asdict(run.manifest)).encode())
    if replaced not in ("", weights_file):
        (target / replaced).unlink(missing_ok=True)
    return target


def _named_weights(manifest: Path) -> str:
    """Return the weights file that a manifest names; empty if there is none to be read."""
    try:
        return Path(str(json.loads(manifest.read_bytes())["weights"]["file"])).name
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def list_runs(folder: Path) -> list[str]:
    """Return the names of the runs under ``folder``, ascending."""
    return sorted(path.parent.name for path in folder.glob(f"*/{_MANIFEST}"))


def load_manifest(name: str, folder: Path) -> tuple[Manifest, Mapping[str, Any]]:
    """Read the manifest of a run, and what it says of its weights file.

    Raises
    ------
    DataError
        If there is no such run, or a newer or an older movierec wrote it.
    IntegrityError
        If the manifest is damaged.
    """
    path = folder / check_name(name, "run") / _MANIFEST
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise _no_run(name, folder) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(name, path, str(error)) from error
    version = content.get("format") if isinstance(content, dict) else None
    if not isinstance(version, int) or version < 1:
        raise _damaged(name, path, "it is no manifest")
    if version > FORMAT:
        raise DataError(
            f"The run {name!r} was written by a newer movierec.",
            "Update with: pip install --upgrade movierec",
        )
    try:
        check_manifest(content)
        manifest = _manifest_from(content)
        known = manifest.preset in SCORERS[manifest.model]
        weights: Mapping[str, Any] = {key: content["weights"][key] for key in ("file", "sha256")}
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(name, path, f"{error} is missing or wrong") from error
    if not known or manifest.name != name:
        raise _damaged(name, path, "it belongs to another run or an unknown model")
    if version < FORMAT:
        raise DataError(
            f"The run {name!r} was written by an older movierec, with other arrays.",
            f"Train it again with: {retraining(manifest)}",
        )
    return manifest, weights


def _manifest_from(content: Mapping[str, Any]) -> Manifest:
    """Build a manifest from JSON that has been checked."""
    fields = {key: content[key] for key in Manifest.__dataclass_fields__}
    for key in ("epochs", "evaluation", "film_ids"):
        fields[key] = tuple(fields[key])
    return Manifest(**fields)


def load_run(name: str, folder: Path) -> Run:
    """Read a run and verify its weights.

    Raises
    ------
    DataError
        If there is no such run, or a newer or an older movierec wrote it.
    IntegrityError
        If it is damaged.
    """
    manifest, stored = load_manifest(name, folder)
    path = folder / name / Path(str(stored["file"])).name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(name, path, error.strerror or str(error), manifest) from error
    if hashlib.sha256(data).hexdigest() != stored["sha256"]:
        raise _damaged(name, path, "its checksum differs", manifest)
    scorer = SCORERS[manifest.model][manifest.preset]
    try:
        weights = load_safetensors(data)
        check_weights(scorer, weights, len(manifest.film_ids))
    except (SafetensorError, KeyError, ValueError) as error:  # KeyError: a type numpy lacks
        raise _damaged(name, path, str(error), manifest) from error
    return Run(manifest, weights)


def remove_run(name: str, folder: Path) -> None:
    """Delete a run.

    Raises
    ------
    DataError
        If there is none of that name, or one is being trained.
    """
    target = folder / check_name(name, "run")
    if not target.is_dir():
        raise _no_run(name, folder)
    busy = DataError(
        f"The run {name!r} is being trained right now.", "Interrupt the training first."
    )
    with exclusive(target, busy):
        if target.is_symlink():
            target.unlink()
        else:
            shutil.rmtree(target)


def _no_run(name: str, folder: Path) -> DataError:
    training = unfinished_training(folder / name)
    if training is not None:
        return DataError(
            f"There is no run {name!r} yet. {training}", f"Go on with: {training.command}"
        )
    there = list_runs(folder)
    if there:
        return DataError(f"There is no run {name!r}.", f"There are: {', '.join(there)}")
    return DataError(f"There is no run {name!r}.", "Train one with: movierec train dnn")


def _damaged(name: str, path: Path, why: str, manifest: Manifest | None = None) -> IntegrityError:
    fix = (
        f"Remove it with: movierec runs remove {name}"
        if manifest is None
        else f"Train it again with: {retraining(manifest)}"
    )
    return IntegrityError(f"The run {name!r} is damaged: {path}: {why}.", fix)
