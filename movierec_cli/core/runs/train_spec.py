"""The specification of a training: its preset, its run's name, its provenance and its command."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from shlex import quote
from typing import Any

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import DEFAULT_DATASET
from movierec_cli.core.data.scenarios import SEEDED
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import check_name
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.presets import MODELS, PRESETS, Preset, usual_holdout
from movierec_cli.core.parallel.group import program
from movierec_cli.core.runs.manifest import Provenance, settings
from movierec_cli.core.runs.preset_file import PresetFile

PRESET_FILE = "preset file"
TITLE_VECTORS = "title_vectors"
PROCESSES = "processes"
"""The keys of `Provenance.inputs`: a preset file; a sentence model by name or absolute path; the
number of processes, where there are several."""


@dataclass(frozen=True)
class Overrides:
    """Training options that differ from the preset; ``None`` leaves the preset's value."""

    epochs: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    memory: float | None = None

    def given(self) -> dict[str, Any]:
        """Return the options that are not ``None``."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class TrainSpec:
    """A model to train and the part of the data to train it on.

    ``holdout``, ``split_seed`` and ``cut`` are those of `make_split`, ``seed`` and ``device``
    those of `TrainingOptions`. The values of a ``preset_file`` take the place of those of the
    preset. Without a ``name`` the run has its `default_name`.
    """

    model: str
    preset: str = "default"
    holdout: str = "users"
    split_seed: int = DEFAULT_SPLIT_SEED
    seed: int = 0
    device: str = "cpu"
    overrides: Overrides = Overrides()
    name: str | None = None
    cut: str | None = None
    preset_file: PresetFile | None = None
    text_model: Path | None = None

    def resolve(self) -> Preset:
        """Return the preset with the overrides, the seed and the device put in.

        Raises
        ------
        UsageError
            If there is no such model or preset, the file is one of another, or a value is out of
            range.
        """
        if self.model not in PRESETS:
            raise UsageError(
                f"There is no model {self.model!r}.", f"Choose one of: {', '.join(MODELS)}"
            )
        if self.preset not in PRESETS[self.model]:
            known = f"Choose one of: {', '.join(PRESETS[self.model])}"
            if self.preset == "original":
                known = f"The report does not describe its network. {known}"
            raise UsageError(f"{self.model} has no preset {self.preset!r}.", known)
        if self.text_model is not None and (self.model, self.preset) != ("dnn", "original"):
            raise UsageError(
                f"{self.model} {self.preset} reads no titles, so --text-model is for another.",
                "Use it with: movierec train dnn --preset original",
            )
        preset = self._values()
        if self.overrides.memory is not None and not isinstance(preset.config, DnnConfig):
            raise UsageError("A memory budget is for the default dnn.", "Leave out --memory.")
        changed = {"seed": self.seed, "device": self.device, **self.overrides.given()}
        return replace(preset, training=replace(preset.training, **changed))

    def _values(self) -> Preset:
        """Return the values of the preset file, or else of the preset."""
        file = self.preset_file
        if file is None:
            return PRESETS[self.model][self.preset]
        if (file.model, file.preset) != (self.model, self.preset):
            raise UsageError(
                f"{file.path} holds values of {file.model} {file.preset}, not of {self.model} "
                f"{self.preset}.",
                f"Use: movierec train {file.model} --config {quote(str(file.path))}",
            )
        if self.overrides.given():
            option = next(iter(self.overrides.given()))
            raise UsageError(
                f"--{option.replace('_', '-')} and --config exclude each other.",
                f"Change training.{option} in {file.path}.",
            )
        return file.values

    def provenance(self, dataset: Dataset, versions: Mapping[str, str]) -> Provenance:
        """Return everything that a training of this specification depends on.

        ``inputs`` has the preset file only; the trainer knows the others.

        Raises
        ------
        UsageError
            As in `resolve`, or if the run cannot have this name.
        """
        preset = self.resolve()
        return Provenance(
            name=run_name(self, dataset.name),
            model=self.model,
            preset=self.preset,
            dataset={
                "name": dataset.name,
                "checksum": dataset.checksum(),
                "users": len(dataset.users),
                "films": len(dataset.films),
                "ratings": len(dataset.ratings),
                "has_demographics": dataset.users.have_demographics,
            },
            split={
                "holdout": self.holdout,
                "split_seed": self.split_seed if self.holdout in SEEDED else None,
                "cut": self.cut,
            },
            config=settings(preset.config),
            training=settings(preset.training),
            inputs={PRESET_FILE: str(self.preset_file.path)} if self.preset_file else {},
            versions=versions,
        )


def run_name(spec: TrainSpec, dataset: str) -> str:
    """Return the name of the run of a training on a data set.

    Raises
    ------
    UsageError
        If the name has other characters than letters, digits, dots, dashes and underscores.
    """
    return check_name(spec.name or default_name(spec, dataset), "run")


def default_name(spec: TrainSpec, dataset: str) -> str:
    """Return the parts that differ from a usual training: ``dnn``, ``two-tower-original-u1``."""
    parts = [spec.model]
    if spec.preset != "default":
        parts.append(spec.preset)
    if spec.preset_file is not None:
        parts.append("custom")
    if dataset != DEFAULT_DATASET:
        parts.append(dataset)
    if spec.holdout != usual_holdout(spec.model):
        parts.append(spec.holdout)
    if spec.cut is not None:
        parts.append(spec.cut)
    if spec.holdout in SEEDED and spec.split_seed != DEFAULT_SPLIT_SEED:
        parts.append(f"split{spec.split_seed}")
    return "-".join(parts)


def train_command(spec: TrainSpec, dataset: str, processes: int | str = 1) -> str:
    """Return the command of a training, without the options that have their default."""
    usual = TrainSpec(spec.model, holdout=usual_holdout(spec.model))
    options = {
        name: getattr(spec, name)
        for name in ("preset", "holdout", "split_seed", "cut", "seed", "device")
        if getattr(spec, name) != getattr(usual, name)
    }
    if spec.preset_file is not None:
        options["config"] = str(spec.preset_file.path)
    if spec.text_model is not None:
        options["text_model"] = str(spec.text_model.absolute())
    options |= spec.overrides.given()
    if spec.name not in (None, default_name(spec, dataset)):
        options["name"] = spec.name
    if dataset != DEFAULT_DATASET:
        options["dataset"] = dataset
    words = [f"--{name.replace('_', '-')} {quote(str(value))}" for name, value in options.items()]
    return " ".join([program(processes), "train", spec.model, *words])


def retraining(provenance: Provenance) -> str:
    """Return the command that repeats a training; options that the provenance lacks are usual."""
    model, preset = provenance.model, provenance.preset
    usual = PRESETS[model][preset].training
    training = {**asdict(usual), **provenance.training}
    overrides = {
        field.name: training[field.name]
        for field in fields(Overrides)
        if training[field.name] != getattr(usual, field.name)
    }
    file = None
    if PRESET_FILE in provenance.inputs:  # the command needs its path alone
        path = Path(provenance.inputs[PRESET_FILE])
        file, overrides = PresetFile(path, model, preset, PRESETS[model][preset]), {}
    source = Path(provenance.inputs.get(TITLE_VECTORS, ""))
    split_seed = provenance.split["split_seed"]
    spec = TrainSpec(
        model,
        preset,
        holdout=provenance.split["holdout"],
        cut=provenance.split["cut"],
        split_seed=DEFAULT_SPLIT_SEED if split_seed is None else split_seed,
        seed=training["seed"],
        device=training["device"],
        overrides=Overrides(**overrides),
        name=provenance.name,
        preset_file=file,
        text_model=source if source.is_absolute() else None,
    )
    processes = provenance.inputs.get(PROCESSES, "1")
    return train_command(spec, provenance.dataset["name"], processes)
