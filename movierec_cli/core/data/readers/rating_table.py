"""The values of a file of ratings as arrays, and the rules for them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Ids

_LONGEST_NUMBER = 18  # digits that 64 bits always hold


@dataclass(frozen=True, eq=False)
class IdColumn:
    """A column of ids: the name of row ``n`` is ``names[codes[n]]``; the names are distinct."""

    codes: NDArray[np.int32]
    names: Ids


@dataclass(frozen=True)
class Titles:
    """Titles by the codes of films: the first of each film, and the films that have several."""

    first: dict[int, str] = field(default_factory=dict)
    several: set[int] = field(default_factory=set)

    def add(self, codes: NDArray[np.int32], titles: Iterable[str]) -> None:
        """Add the titles of some rows; an empty one is none."""
        for code, title in zip(codes.tolist(), titles, strict=True):
            if title and self.first.setdefault(code, title) != title:
                self.several.add(code)


@dataclass(frozen=True, eq=False)
class RatingTable:
    """The rows of a file of ratings, in its order.

    Attributes
    ----------
    values
        [n] float64 on the scale of the file; NaN for a row without a rating.
    times
        [n] int64, seconds since 1970 (UTC); ``None`` for a file without times.
    titles
        Those of a column of titles; none without.
    """

    users: IdColumn
    films: IdColumn
    values: NDArray[np.float64]
    times: NDArray[np.int64] | None
    titles: Titles

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class RatingRules:
    """The bounds of a rating, and whether a row may lack one.

    Attributes
    ----------
    lowest, highest
        The bounds of a rating; infinite where the scale is not known yet.
    may_lack
        True if a row may have no rating.
    """

    lowest: float = -np.inf
    highest: float = np.inf
    may_lack: bool = False

    def allow(self, ratings: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Return which ratings may be; NaN may not."""
        allowed: NDArray[np.bool_] = np.isfinite(ratings)
        allowed &= (ratings >= self.lowest) & (ratings <= self.highest)
        return allowed

    def describe(self) -> str:
        """Return the expected value, for messages."""
        if np.isinf(self.highest):
            return "is not a number"
        return f"is not a rating of {self.lowest:g} to {self.highest:g}"


def as_ids(names: list[str]) -> Ids:
    """Return whole numbers as such if all names are, written without zeros in front."""
    if all(map(is_whole_number, names)):
        return np.array(names, np.int64)
    return np.array(names, np.str_)


def plain_id(text: str) -> str:
    """Return an id without the ``.0`` of whole numbers in a column of floats."""
    whole = text.removesuffix(".0")
    return whole if is_whole_number(whole) else text


def is_whole_number(name: str) -> bool:
    """Return whether an id is a number as it is always written: not 007, which is text."""
    return (
        name.isdecimal()
        and name.isascii()
        and len(name) <= _LONGEST_NUMBER
        and (name[0] != "0" or name == "0")
    )
