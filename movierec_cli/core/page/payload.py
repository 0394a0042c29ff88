"""The data of a page as one compressed text: a header in JSON, then the numbers.

Layout before compression (deflate): the length of the header in bytes (4 bytes, little end first),
the header as JSON in UTF-8, then the arrays that its ``arrays`` name:

- ``f4``: 32-bit floating point numbers, little end first, row by row;
- ``i2``: whole numbers of two bytes [N, d], in `BANDS` bands of rows: the high bytes of a band
  column by column, then the low ones. Films of about as many ratings have numbers of about the same
  size, so that bands compress well.

The text is the number of compressed bytes, and these bytes in base85, 6 % shorter than base64. Its
alphabet is that of Python without the two letters that mean something in HTML.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BANDS = 8
_IN_HTML = bytes.maketrans(b"&<", b".,")
_MEMORY = 7  # of zlib: shorter blocks, each with a code of its own, fit bands better


def encoded(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the data of a page as text; the header gets the types and shapes of ``arrays``."""
    described = {
        name: {"kind": "f4" if array.dtype == np.float32 else "i2", "shape": array.shape}
        for name, array in arrays.items()
    }
    content = {**header, "bands": BANDS, "arrays": described}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    whole = b"".join([len(text).to_bytes(4, "little"), text, *map(_bytes, arrays.values())])
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY, zlib.Z_FILTERED)
    compressed = deflate.compress(whole) + deflate.flush()
    letters = base64.b85encode(compressed, pad=True).translate(_IN_HTML).decode()
    return f"{len(compressed)} {letters}"


def _bytes(array: NDArray[Any]) -> bytes:
    if array.dtype == np.float32:
        return array.astype("<f4").tobytes()
    planes = []
    for band in np.array_split(array.astype(np.int32), BANDS):
        high = (band + 128) >> 8  # value = 256 * high + low, low in -128..127
        planes += [high.T, (band - 256 * high).T]
    return b"".join(plane.astype(np.int8).tobytes() for plane in planes)
