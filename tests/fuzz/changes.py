"""Strategies that damage sound content: bytes, tables of text, JSON."""

import copy
import os
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("MOVIEREC_TEST_FUZZ", "1"))


def examples(number: int) -> settings:
    """Return the settings for a number of cases: the same each time, new ones by ``make fuzz``."""
    return settings(max_examples=number * TIMES, derandomize=TIMES == 1)


NUMBERS = st.one_of(
    st.sampled_from([-1, 0, 1, 2, 5, 6, 2**31, 2**63, 2**64, 10**30, 10**400]),
    st.integers(),
    st.floats(),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
"""All that JSON can hold, numbers beyond 64 bits included."""

NUMERALS = st.one_of(
    st.sampled_from(["0", "6", "-1", "2.5", "151", "9" * 18, "9" * 30, "9" * 5000]),
    st.text("9²٣①Ⅷ", min_size=1, max_size=3),
)
"""Numbers out of range, very long ones, and ones with digits outside 0 to 9."""

TYPED = st.one_of(
    st.text(st.characters(exclude_characters="\0"), max_size=12),  # lone surrogates too
    st.text("!?,.;:-'\"()&/ ", max_size=3),
    st.sampled_from(["", " ", "-", "--", "nan", "1e999", "x" * 300]),
    NUMERALS,
)
"""Texts that a person or a script may give on a command line."""


@st.composite
def usually(draw: st.DrawFn, sound: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> Any:
    """Draw a sound value three times in four, so that most cases get to the next value."""
    return draw(other if draw(st.integers(0, 3)) == 3 else sound)


PIECES = st.sampled_from(
    [b"\n", b"\r", b"|", b"\t", b",", b'"', b"\0", b"\xff\xfe", b"\xc3\xa9", b"9" * 25, b"-1", b"6"]
)


@st.composite
def spoilt_bytes(draw: st.DrawFn, sound: bytes) -> bytes:
    """Flip, cut out, insert or cut off some bytes."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        change = draw(st.sampled_from(["flip", "cut", "insert", "truncate", "random"]))
        if change == "flip" and at < len(data):
            data[at] ^= draw(st.integers(1, 255))
        elif change == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif change == "insert":
            data[at:at] = draw(PIECES)
        elif change == "truncate":
            del data[at:]
        else:
            data[at:at] = draw(st.binary(max_size=20))
    return bytes(data)


@st.composite
def spoilt_table(draw: st.DrawFn, sound: bytes, separator: bytes) -> bytes:
    """Remove, double or exchange lines and columns, or replace a cell."""
    lines = [line.split(separator) for line in sound.split(b"\n")]
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(lines) - 1))
        cell = draw(st.integers(0, max(len(lines[at]) - 1, 0)))
        change = draw(st.sampled_from(["drop", "double", "narrow", "widen", "exchange", "cell"]))
        if change == "drop" and len(lines) > 1:
            del lines[at]
        elif change == "double":
            lines.insert(at, list(lines[at]))
        elif change == "narrow":
            lines = [[part for place, part in enumerate(line) if place != cell] for line in lines]
        elif change == "widen":
            lines[at].append(b"0")
        elif change == "exchange":
            lines[at].reverse()
        elif lines[at]:
            text = draw(st.one_of(st.text(max_size=6), st.integers().map(str)))
            lines[at][cell] = text.encode(draw(st.sampled_from(["utf-8", "utf-16"])))
    return b"\n".join(separator.join(line) for line in lines)


def keys(value: Any) -> list[Any]:
    """Return the keys or positions of the values in a JSON value."""
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


@st.composite
def spoilt_json(draw: st.DrawFn, sound: Any) -> Any:
    """Replace, remove or double a value at any depth."""
    inner = changed = copy.deepcopy(sound)
    key = draw(st.sampled_from(keys(inner)))
    while keys(inner[key]) and draw(st.booleans()):
        inner = inner[key]
        key = draw(st.sampled_from(keys(inner)))
    change: Callable[..., Any] = draw(st.sampled_from([_replace, _replace, _drop, _double]))
    change(draw, inner, key)
    return changed


def _replace(draw: st.DrawFn, inner: Any, key: Any) -> None:
    inner[key] = draw(ANYTHING)


def _drop(draw: st.DrawFn, inner: Any, key: Any) -> None:
    del inner[key]


def _double(draw: st.DrawFn, inner: Any, key: Any) -> None:
    if isinstance(inner, list):
        inner.insert(key, inner[key])
    else:
        inner[draw(st.text(max_size=4))] = inner[key]
