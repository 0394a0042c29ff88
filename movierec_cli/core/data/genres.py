"""Genres as people type them: ``scifi``, ``noir`` and ``kids`` mean those of the data set."""

import re
from collections.abc import Sequence

from movierec_cli.core.data.titles import folded
from movierec_cli.core.errors import UsageError

_OTHER_NAMES = {
    "sciencefiction": "scifi",
    "sf": "scifi",
    "noir": "filmnoir",
    "kid": "children",
    "cartoon": "animation",
    "animated": "animation",
}


def find_genre(typed: str, genres: Sequence[str]) -> int:
    """Return the position of a typed genre among those of a data set.

    Case, accents, spaces, hyphens and endings such as ``'s`` do not count; usual other names do.

    Raises
    ------
    UsageError
        If there is none; the hint lists the genres.
    """
    keys = [_key(genre) for genre in genres]
    key = _key(typed)
    for wanted in (key, _OTHER_NAMES.get(key)):
        if wanted and wanted in keys:
            return keys.index(wanted)
    raise UsageError(f"There is no genre {typed!r}.", f"Choose from: {', '.join(genres)}")


def _key(name: str) -> str:
    """Return the letters and digits of a name in the singular."""
    letters = re.sub(r"[\W_]+", "", folded(name))
    if letters.endswith("ies"):
        return letters.removesuffix("ies") + "y"
    return letters.removesuffix("s")
