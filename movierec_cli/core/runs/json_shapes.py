"""What JSON that movierec wrote has to look like when it is read again.

JSON can be edited by hand or damaged, and still be JSON. A `Check` tells whether a value is what
the reader relies on, so that a wrong one is refused where it is read and not met later.
"""

import math
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]

_MOST_LEVELS = 4  # of lists and groups in a setting


def text(value: Any) -> bool:
    """Tell whether it is a text."""
    return isinstance(value, str)


def texts(value: Any) -> bool:
    """Tell whether it is a group of texts by name."""
    return isinstance(value, dict) and all(map(text, value.values()))


def flag(value: Any) -> bool:
    """Tell whether it is true or false."""
    return isinstance(value, bool)


def whole(least: int, most: int = 2**63 - 1) -> Check:
    """Make a check for whole numbers from ``least`` to ``most``."""
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    )


def finite(value: Any) -> bool:
    """Tell whether it is a number that a float can hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    return isinstance(value, float) and math.isfinite(value)


def figure(value: Any) -> bool:
    """Tell whether it is a number, NaN and infinity included, or null where there is none."""
    return value is None or isinstance(value, float) or finite(value)


def figures(value: Any) -> bool:
    """Tell whether it is a group of figures by name."""
    return isinstance(value, dict) and all(map(figure, value.values()))


def settings(value: Any, levels: int = _MOST_LEVELS) -> bool:
    """Tell whether it is a group of texts, numbers, flags, and lists and groups of them."""
    return isinstance(value, dict) and all(_setting(part, levels) for part in value.values())


def _setting(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and settings(value, levels - 1)
    if isinstance(value, list):
        return levels > 0 and all(_setting(part, levels - 1) for part in value)
    return text(value) or flag(value) or figure(value)


def group(**fields: Check) -> Check:
    """Make a check for groups that have all of these fields, and perhaps others."""
    return lambda value: (
        isinstance(value, dict)
        and all(name in value and check(value[name]) for name, check in fields.items())
    )


def each(check: Check) -> Check:
    """Make a check for lists all of whose parts pass ``check``."""
    return lambda value: isinstance(value, list) and all(map(check, value))


def maybe(check: Check) -> Check:
    """Make a check that null passes too."""
    return lambda value: value is None or check(value)
