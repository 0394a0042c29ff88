"""The text of a page's data, taken apart by hand."""

import json
import zlib

import numpy as np

from movierec_cli.core.page.payload import BANDS, FIRST_LETTER, encoded

ONE_ROW_EACH = BANDS


def unpacked(text: str) -> tuple[dict[str, object], bytes]:
    """The header and the bytes behind it."""
    first, second, letters = text.split(" ")
    bits = "".join(f"{ord(letter) - FIRST_LETTER:015b}" for letter in letters)
    whole = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    end = int(first) + int(second)
    return json.loads(zlib.decompress(whole[: int(first)])), zlib.decompress(
        whole[int(first) : end]
    )


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
    assert not set(text) & set("<&'\"\\\r\0")
    assert text.encode("utf-16-le").decode("utf-16-le") == text
