"""Preset files: the values of a preset as JSON, in the form that a manifest has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.models.preset_values import merged
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.runs.manifest import UNREADABLE, settings

_KEYS = ("schema", "model", "preset", "config", "training")
_OPTIONS = ("seed", "device")
"""Training options that belong to the command, not to a preset."""


@dataclass(frozen=True)
class PresetFile:
    """A preset of a model with values of its own, and the file that holds them.

    ``preset`` names the preset whose network it has and whose values stand for missing ones.
    """

    path: Path
    model: str
    preset: str
    values: Preset


def load_preset_file(path: Path) -> PresetFile:
    """Read a preset file.

    Raises
    ------
    DataError
        If the file cannot be read or is not JSON.
    UsageError
        Naming the field that does not exist, has another type, or is out of range.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UNREADABLE as error:
        raise DataError(f"{path} is not JSON: {error}.") from error
    try:
        return _parsed(path.absolute(), content)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error


def _parsed(path: Path, content: Any) -> PresetFile:
    if not isinstance(content, dict):
        raise UsageError("it must be an object with fields.", f"There are: {', '.join(_KEYS)}")
    for name in content:
        if name not in _KEYS:
            raise UsageError(f"There is no field {name}.", f"There are: {', '.join(_KEYS)}")
    if content.get("schema", 1) != 1:
        raise UsageError(f"schema is {content['schema']!r}, not 1.")
    model = _one_of("model", content.get("model"), list(PRESETS))
    preset = _one_of("preset", content.get("preset", "default"), list(PRESETS[model]))
    values = {name: content.get(name, {}) for name in ("config", "training")}
    for name in _OPTIONS:
        if isinstance(values["training"], dict) and name in values["training"]:
            raise UsageError(f"There is no field training.{name}.", f"Use the option: --{name}")
    return PresetFile(path, model, preset, merged(PRESETS[model][preset], values))


def _one_of(field: str, value: object, known: list[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise UsageError(f"{field} is {value!r}.", f"Choose one of: {', '.join(known)}")
    return value


def save_preset_file(file: PresetFile) -> None:
    """Write a preset file with all values.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    training = settings(file.values.training)
    content = {
        "schema": 1,
        "model": file.model,
        "preset": file.preset,
        "config": settings(file.values.config),
        "training": {name: training[name] for name in training if name not in _OPTIONS},
    }
    with atomic_write(file.path) as target:
        target.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
