"""Whole numbers as text, by range asymmetric numeral systems with 1,024 states in turn.

An item is a value of probability size / 2^bits. A state x takes it up as

    x -> floor(x / size) 2^bits + x mod size + start

and gives a digit of base `RADIX` away before it grows too large; a digit is a letter of the text,
which begins with the last states. Source: Duda (2013), Asymmetric numeral systems. The reader is
templates/decode.js.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LANES = 1024
TABLE_BITS, MOST_LOWER_BITS = 12, 15  # of an item with probabilities, and of one without
_FIRST, _LAST = 0x100, 0xFFFD  # letters of the text: no controls, no < or &
_SURROGATES, _AFTER_SURROGATES = 0xD800, 0xE000  # are no letters
RADIX = _LAST - _FIRST + 1 - (_AFTER_SURROGATES - _SURROGATES)
_LOWEST = 1 << 15  # a state is this or more, and less than `RADIX` times this

Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Items:
    """Values in the order of reading, three arrays [n]."""

    starts: Ints
    sizes: Ints
    bits: Ints

    @classmethod
    def of_bytes(cls, content: bytes) -> "Items":
        """Return bytes as items of equal probabilities."""
        values = np.frombuffer(content, np.uint8).astype(np.int32)
        return cls(values, np.ones_like(values), np.full_like(values, 8))


def as_letters(items: Sequence[Items]) -> str:
    """Return the text of all items."""
    starts, sizes, bits = (
        _by_lane(np.concatenate([getattr(part, name) for part in items]), empty)
        for name, empty in (("starts", 0), ("sizes", 1), ("bits", 0))
    )
    states = np.full(LANES, _LOWEST, np.int64)
    digits = [states[:0]]  # the last of the text first
    for start, size, n_bits in zip(starts[::-1], sizes[::-1], bits[::-1], strict=True):
        is_full = states >= RADIX * ((_LOWEST >> n_bits) * size.astype(np.int64))
        digits.append(states[is_full][::-1] % RADIX)
        states[is_full] //= RADIX
        states = ((states // size) << n_bits) + states % size + start
    first = np.stack([states // RADIX, states % RADIX], axis=1).ravel()
    codes = np.concatenate([first, np.concatenate(digits)[::-1]]) + _FIRST
    codes[codes >= _SURROGATES] += _AFTER_SURROGATES - _SURROGATES
    return codes.astype("<u2").tobytes().decode("utf-16-le")


def _by_lane(values: Ints, empty: int) -> Ints:
    """Return values [n] in rows of `LANES`, with ``empty`` at the end."""
    return np.pad(values, (0, -len(values) % LANES), constant_values=empty).reshape(-1, LANES)
