"""Formats of numbers and lists in the text of the report: the filters of its templates."""

import math
from collections.abc import Mapping, Sequence

_MINUS = "\N{MINUS SIGN}"


def count(number: float, one: str = "", many: str = "") -> str:
    """Format a whole number, with the noun it counts if one is given."""
    text = f"{int(number):,}"
    if not one:
        return text
    return f"{text} {one if int(number) == 1 else many or f'{one}s'}"


def decimal(value: float | None, digits: int = 2) -> str:
    """Format a number with a real minus sign; a dash stands for a missing one."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:,.{digits}f}".replace("-", _MINUS)


def percent(share: float, digits: int = 1) -> str:
    """Format a share 0..1 in per cent."""
    return f"{decimal(100 * share, digits)}\N{NO-BREAK SPACE}%"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and an "and"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def setting(value: object) -> str:
    """Format a value of a configuration."""
    if isinstance(value, Mapping):
        parts = (f"{name.replace('_', ' ')} {setting(part)}" for name, part in value.items())
        return ", ".join(parts)
    if isinstance(value, list | tuple):
        separator = "; " if any(isinstance(part, Mapping) for part in value) else ", "
        return separator.join(map(setting, value))
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".").replace("-", _MINUS)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def minus(text: str, numeric: bool) -> str:
    """Give a number in a table a real minus sign."""
    return _MINUS + text[1:] if numeric and text.startswith("-") else text
