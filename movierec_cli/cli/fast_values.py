"""Plain option values without Typer's validation library.

Typer converts every given value through pydantic, whose import takes longer than a whole
``recommend``. A text that is to stay a text, and a whole number within its range, need none of
it; anything else, wrong values above all, goes Typer's own way and gets Typer's own words.
"""

import re
from enum import Enum
from typing import Any, get_args, get_origin

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_MISSING = object()


def convert_plainly(parameter: Any) -> None:
    """Let ``parameter``, an option or argument of Typer, convert plain values itself."""
    usual = getattr(parameter, "get_runtime_param", None)  # not in every version of Typer
    if usual is not None and "get_runtime_param" not in vars(parameter):
        parameter.get_runtime_param = lambda: _PlainFirst(usual)


class _PlainFirst:
    """Converts what is plain, and asks Typer for everything else."""

    def __init__(self, usual: Any) -> None:
        self._usual = usual

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of ``param`` that ``value`` from the command line stands for."""
        plain = _plain(value, param)
        return self._usual().coerce(value, param=param, ctx=ctx) if plain is _MISSING else plain


def _plain(value: Any, parameter: Any) -> Any:
    """Return the converted value, or `_MISSING` where that takes more than this."""
    several = parameter.multiple or parameter.nargs == -1
    if value is None:
        return () if several else None
    kind = parameter.type_descriptor.annotation
    if not several:
        return _plain_one(value, kind, parameter)
    if get_origin(kind) is not list or not isinstance(value, list | tuple):
        return _MISSING
    items = [_plain_one(item, get_args(kind)[0], parameter) for item in value]
    return _MISSING if any(item is _MISSING for item in items) else items


def _plain_one(value: Any, kind: Any, parameter: Any) -> Any:
    if getattr(parameter.type_descriptor.parameter_info, "parser", None) is not None:
        return _MISSING
    if kind is int:
        return _whole_number(value, parameter.min, parameter.max)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next((member for member in kind if value in (member, member.value)), _MISSING)
    return value if kind in (str, float) and type(value) is kind else _MISSING


def _whole_number(value: Any, lowest: float | None, highest: float | None) -> Any:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    fits = (
        type(value) is int
        and (lowest is None or value >= lowest)
        and (highest is None or value <= highest)
    )
    return value if fits else _MISSING
