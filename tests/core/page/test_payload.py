"""The text of a page's data: its header is read back, and it needs no care in HTML."""

import json
import zlib

import numpy as np

from movierec_cli.core.page.payload import encoded
from tests.core.page.test_numbers import Reader

SMALL = {"films": np.array([[300, -1], [-129, 128]], np.int32)}


def header_of(text: str) -> dict[str, object]:
    """Return the header by the reader of the page."""
    length, letters = text.split(" ")
    reader = Reader(letters)
    return dict(json.loads(zlib.decompress(bytes(reader.next(8) for _ in range(int(length))))))


def test_the_header_comes_back_with_what_the_matrices_are_read_by() -> None:
    header = header_of(encoded({"title": "Café"}, SMALL))
    assert header["title"] == "Café"
    rows, columns = header["spreads"]["films"]  # type: ignore[index]
    assert (len(rows), len(columns)) == SMALL["films"].shape
    assert header["tables"]


def test_the_text_has_no_letter_that_means_something_in_html() -> None:
    noise = np.random.default_rng(0).integers(-3000, 3000, (2000, 8)).astype(np.int32)
    text = encoded({"title": "</script><script>"}, {"noise": noise})
    assert not set(text) & set("<&'\"\\\r\0")
    assert text.encode("utf-16-le").decode("utf-16-le") == text
