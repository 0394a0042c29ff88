"""Numbers and lists as they stand in sentences."""

from collections.abc import Sequence

_UNBROKEN = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"


def count(number: float, one: str = "", many: str = "") -> str:
    """Write a whole number, with the noun it counts if one is given."""
    text = f"{int(number):,}"
    if not one:
        return text
    return f"{text} {one if int(number) == 1 else many or f'{one}s'}"


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number with a real minus sign; a dash stands for one that does not exist."""
    if value is None or value != value:  # noqa: PLR0124
        return "–"
    text = f"{value:,.{digits}f}"
    return _MINUS + text[1:] if text.startswith("-") else text


def percent(share: float, digits: int = 1) -> str:
    """Write a share 0..1 in per cent."""
    return f"{decimal(100 * share, digits)}{_UNBROKEN}%"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and an "and"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def strength(correlation: float) -> str:
    """Say in a word how close a correlation is."""
    size = abs(correlation)
    if size < 0.1:
        return "hardly"
    if size < 0.3:
        return "weakly"
    return "moderately" if size < 0.6 else "closely"


def setting(value: object) -> str:
    """Write a value of a configuration."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {setting(part)}" for name, part in
                         value.items())  # fmt: skip
    if isinstance(value, list | tuple):
        separator = "; " if any(isinstance(part, dict) for part in value) else ", "
        return separator.join(map(setting, value))
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".").replace("-", _MINUS)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
