"""Conversion of plain option values without Typer's validation library.

Typer converts every given value through pydantic. Its import takes 0.055 s, half of the time that
a whole ``recommend --user 42`` takes above the import of numpy, Typer and Rich (0.11 s of 0.15 s
allowed). Texts, whole numbers in their range and choices are converted here; Typer converts all
other values and words all errors.
"""

import re
from enum import Enum
from typing import Any

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_OTHER = object()


def convert_plainly(parameter: Any) -> None:
    """Let ``parameter``, an option or argument of Typer, convert plain values itself."""
    usual = getattr(parameter, "get_runtime_param", None)  # not in every version of Typer
    if usual is not None:
        parameter.get_runtime_param = lambda: _PlainFirst(usual)


class _PlainFirst:
    """Converts plain values, and has Typer convert all others."""

    def __init__(self, usual: Any) -> None:
        self._usual = usual

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of ``param`` for ``value`` from the command line."""
        plain = _plain(value, param)
        return self._usual().coerce(value, param=param, ctx=ctx) if plain is _OTHER else plain


def _plain(value: Any, parameter: Any) -> Any:
    """Return the converted value, or `_OTHER` where Typer has to convert it."""
    settings = parameter.type_descriptor.parameter_info
    kind = None if settings.parser else parameter.type_descriptor.annotation
    if value is None:
        return () if parameter.multiple else None
    if kind == list[str] and isinstance(value, list | tuple):
        return list(value)
    if kind is int:
        return _whole_number(value, settings.min, settings.max)
    if kind in (str, float) and type(value) is kind:
        return value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next((member for member in kind if value in (member, member.value)), _OTHER)
    return _OTHER


def _whole_number(value: Any, lowest: float | None, highest: float | None) -> Any:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    if type(value) is not int:
        return _OTHER
    fits = (lowest is None or value >= lowest) and (highest is None or value <= highest)
    return value if fits else _OTHER
