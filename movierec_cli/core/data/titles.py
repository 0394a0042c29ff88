"""Parts of a film title such as "Godfather, The (1972)"."""

import re
import unicodedata

Film = str | int
"""A film as typed: its id, or a title in any spelling that `TitleIndex.resolve` accepts."""

# "(1995)"; of a series "(2007-)" and "(1975-1979)"; "(1995/I)" and "(1995) (V)" as IMDb had them.
_YEAR = re.compile(
    r"\s*\((\d{4})(?:\s?[-–—]\s?(?:\d{4})?|/[IVX]+)?\s*\)\s*(?:\((?:V|TV|VG)\)\s*)*$", re.ASCII
)


def year_in(title: str) -> int | None:
    """Return the year in parentheses at the end of a title; of a series, the first year."""
    last = title[-6:]
    if last[:1] == "(" and last[5:] == ")" and last.isascii() and last[1:5].isdigit():
        return int(last[1:5])  # so are nearly all titles; the pattern takes ten times as long
    match = _YEAR.search(title)
    return int(match[1]) if match else None


def without_year(title: str) -> str:
    """Return a title without the year at its end and without spaces around it."""
    return _YEAR.sub("", title).strip() if ")" in title else title.strip()


def folded(text: str) -> str:
    """Return a text without case and accents, for comparisons."""
    text = text.casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
