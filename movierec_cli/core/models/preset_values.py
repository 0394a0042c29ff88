"""Presets with other values: nested as in a JSON file, or by dotted path."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

import msgspec

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.presets import Preset

Part = TypeVar("Part")


def merged(part: Part, values: object, path: str = "") -> Part:
    """Return a configuration dataclass with the given values; others stay as they are.

    Parameters
    ----------
    values
        Field -> value as JSON holds it; a nested dataclass takes a mapping again.
    path
        The dotted path of ``part``, for error messages.

    Raises
    ------
    UsageError
        Naming the field that does not exist, has another type, or is out of range.
    """
    where = f"{path}." if path else ""
    if not isinstance(values, Mapping):
        raise UsageError(f"{path} must be an object with fields, not {values!r}.")
    names = [field.name for field in fields(part)]  # type: ignore[arg-type]
    for name in values:
        if name not in names:
            raise UsageError(f"There is no field {where}{name}.", f"There are: {', '.join(names)}")
    types = get_type_hints(type(part))
    changes = {}
    for name, value in values.items():
        earlier = getattr(part, name)
        is_part = is_dataclass(earlier)
        change = merged if is_part else _typed
        changes[name] = change(earlier if is_part else types[name], value, f"{where}{name}")
    try:
        return replace(part, **changes)  # type: ignore[type-var]
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error


def changed(preset: Preset, values: Mapping[str, Any]) -> Preset:
    """Return a preset with other values: dotted path, such as ``config.network.weight`` -> value.

    Raises
    ------
    UsageError
        As in `merged`.
    """
    nested: dict[str, Any] = {}
    for path, value in values.items():
        *parts, name = path.split(".")
        inner = nested
        for part in parts:
            inner = inner.setdefault(part, {})
        inner[name] = value
    return merged(preset, nested)


def value_at(preset: Preset, path: str) -> Any:
    """Return the value at a dotted path."""
    return attrgetter(path)(preset)


def _typed(kind: Any, value: object, path: str) -> Any:
    """Return a value of JSON as the type of a field."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {error}.") from error
