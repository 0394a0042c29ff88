"""Parts of a film title such as "Godfather, The (1972)"."""

import re
import unicodedata

_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")


def year_in(title: str) -> int | None:
    """Return the year in parentheses at the end of a title, if there is one."""
    match = _YEAR.search(title)
    return int(match[1]) if match else None


def without_year(title: str) -> str:
    """Return a title without the year at its end."""
    return _YEAR.sub("", title)


def folded(text: str) -> str:
    """Return a text without case and accents, for comparisons."""
    text = text.casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
