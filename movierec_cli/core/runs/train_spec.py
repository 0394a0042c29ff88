"""What is asked of a training, what the run will be called, and the command that asks for it.

Nothing here needs torch until a request is resolved.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from movierec_cli.core.data.registry import DEFAULT_DATASET
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.presets import MODELS, PRESETS, Preset


@dataclass(frozen=True)
class Overrides:
    """What a person wants to be other than in the preset; ``None`` leaves it."""

    epochs: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None


@dataclass(frozen=True)
class TrainSpec:
    """What to train, and on which part of the data.

    Attributes
    ----------
    model, preset
        As in `PRESETS`.
    holdout, split_seed
        As in `make_split`.
    seed
        The source of all randomness in training.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    name
        What to call the run; `default_name` by default.
    """

    model: str
    preset: str = "default"
    holdout: str = "users"
    split_seed: int = DEFAULT_SPLIT_SEED
    seed: int = 0
    device: str = "cpu"
    overrides: Overrides = Overrides()
    name: str | None = None

    def resolve(self) -> Preset:
        """Return the preset with the overrides, the seed and the device put in.

        Raises
        ------
        UsageError
            If there is no such model, preset or device, or a value makes no sense.
        """
        if self.model not in PRESETS:
            raise UsageError(
                f"There is no model {self.model!r}.", f"Choose one of: {', '.join(MODELS)}"
            )
        if self.preset not in PRESETS[self.model]:
            raise UsageError(
                f"{self.model} has no preset {self.preset!r}.",
                f"Choose one of: {', '.join(PRESETS[self.model])}",
            )
        from movierec_cli.core.training.devices import resolve_device  # noqa: PLC0415 - loads torch

        preset = PRESETS[self.model][self.preset]
        changed = {key: value for key, value in asdict(self.overrides).items() if value is not None}
        return replace(
            preset,
            training=replace(
                preset.training, seed=self.seed, device=resolve_device(self.device), **changed
            ),
        )


def default_name(request: TrainSpec, dataset: str) -> str:
    """Name a run after all that is not the usual: ``dnn``, ``dnn-original``, ``two-tower-u1``."""
    parts = [request.model]
    if request.preset != "default":
        parts.append(request.preset)
    if dataset != DEFAULT_DATASET:
        parts.append(dataset)
    if request.holdout != "users":
        parts.append(request.holdout)
    elif request.split_seed != DEFAULT_SPLIT_SEED:
        parts.append(f"split{request.split_seed}")
    return "-".join(parts)


def train_command(request: TrainSpec, dataset: str) -> str:
    """Return the command that asks for a training."""
    usual = TrainSpec(request.model)
    words = ["movierec train", request.model]
    options = {
        **{
            field.name: getattr(request, field.name)
            for field in fields(request)
            if field.name not in ("model", "overrides", "name")
            and getattr(request, field.name) != getattr(usual, field.name)
        },
        **{key: value for key, value in asdict(request.overrides).items() if value is not None},
    }
    if request.name not in (None, default_name(request, dataset)):
        options["name"] = request.name
    if dataset != DEFAULT_DATASET:
        options["dataset"] = dataset
    words += [f"--{name.replace('_', '-')} {value}" for name, value in options.items()]
    return " ".join(words)


def spec_of(
    model: str, preset: str, name: str, split: Mapping[str, Any], training: Mapping[str, Any]
) -> TrainSpec:
    """Return the request that a run answers, from what its manifest says.

    Parameters
    ----------
    split, training
        As in a `Manifest`. What is missing there is as usual.
    """
    usual = TrainSpec(model)
    options = (
        {} if preset not in PRESETS.get(model, {}) else asdict(PRESETS[model][preset].training)
    )
    changed = {
        field.name: training[field.name]
        for field in fields(Overrides)
        if field.name in training and training[field.name] != options.get(field.name)
    }
    drawn = split["split_seed"]
    return replace(
        usual,
        preset=preset,
        holdout=split["holdout"],
        split_seed=usual.split_seed if drawn is None else drawn,
        seed=training.get("seed", usual.seed),
        device=training.get("device", usual.device),
        overrides=Overrides(**changed),
        name=name,
    )
