"""The text of a page's data, taken apart by hand."""

import base64
import json
import zlib

import numpy as np

from movierec_cli.core.page.payload import BANDS, encoded

ONE_ROW_EACH = BANDS


def unpacked(text: str) -> tuple[dict[str, object], bytes]:
    """The header and the bytes behind it."""
    size, letters = text.split(" ")
    in_python = letters.translate(str.maketrans(".,", "&<"))
    whole = zlib.decompress(base64.b85decode(in_python)[: int(size)])
    end = 4 + int.from_bytes(whole[:4], "little")
    return json.loads(whole[4:end]), whole[end:]


def test_header_and_arrays_come_back() -> None:
    wide = np.zeros((ONE_ROW_EACH, 2), np.int32)
    wide[0] = [300, -1]  # 300 = 256 * 1 + 44
    wide[1] = [-129, 128]  # -129 = 256 * -1 + 127, 128 = 256 * 1 - 128
    plain = np.array([0.5, -2.0], np.float32)
    header, rest = unpacked(encoded({"title": "Café"}, {"wide": wide, "plain": plain}))
    assert header["title"] == "Café"
    assert header["arrays"] == {
        "wide": {"kind": "i2", "shape": [ONE_ROW_EACH, 2]},
        "plain": {"kind": "f4", "shape": [2]},
    }
    numbers = np.frombuffer(rest, np.int8)
    assert numbers[:4].tolist() == [1, 0, 44, -1]  # a band: high bytes, then low ones
    assert numbers[4:8].tolist() == [-1, 1, 127, -128]
    assert np.frombuffer(rest[-8:], "<f4").tolist() == [0.5, -2.0]


def test_the_text_has_no_letter_that_means_something_in_html() -> None:
    noise = np.random.default_rng(0).integers(-3000, 3000, (2000, 8)).astype(np.int32)
    text = encoded({"title": "</script><script>"}, {"noise": noise})
    assert not set(text) & set("<&'\"\\")
