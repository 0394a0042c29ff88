"""Numbers of a page as text, and vectors as whole numbers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from movierec_cli.core.page.letters import LANES, RADIX, Items, as_letters
from movierec_cli.core.page.matrices import MIDDLE, OCTAVE, SpreadMatrix, as_items, count_tables
from movierec_cli.core.page.rounding import rounded

GENERATOR = np.random.default_rng(0)


class Reader:
    """The reader of the page (templates/decode.js), in Python."""

    def __init__(self, letters: str) -> None:
        codes = np.frombuffer(letters.encode("utf-16-le"), "<u2").astype(int)
        self.digits = iter((codes - np.where(codes < 0xD800, 0x100, 0x900)).tolist())
        self.states = [next(self.digits) * RADIX + next(self.digits) for _ in range(LANES)]
        self.count = 0

    def next(self, bits: int, sizes: NDArray[np.int32] | None = None) -> int:
        lane = self.count % LANES
        self.count += 1
        slot, state = self.states[lane] % (1 << bits), self.states[lane] >> bits
        value = slot
        if sizes is not None:
            ends = np.cumsum(sizes)
            value = int(np.searchsorted(ends, slot, side="right"))
            state = state * int(sizes[value]) + slot - int(ends[value] - sizes[value])
        self.states[lane] = state if state >= 1 << 15 else state * RADIX + next(self.digits)
        return value


def test_bytes_are_read_back_from_letters() -> None:
    content = GENERATOR.bytes(3 * LANES + 7)
    reader = Reader(as_letters([Items.of_bytes(content)]))
    assert bytes(reader.next(8) for _ in content) == content


def test_letters_need_no_care_in_html() -> None:
    letters = as_letters([Items.of_bytes(GENERATOR.bytes(200_000))])
    codes = np.frombuffer(letters.encode("utf-16-le"), "<u2")
    assert codes.min() >= 0x100  # no "<", no "&", no control
    assert not np.any((codes >= 0xD800) & (codes < 0xE000))
    assert len(letters) <= 200_000 * 8 / 15.9 + 2 * LANES  # 15.9 bits a letter


DEVIATIONS = np.outer(2.0 ** np.arange(-3, 9), [0.3, 1, 40])
SPREAD = np.rint(GENERATOR.normal(size=DEVIATIONS.shape) * DEVIATIONS).astype(np.int32)
WITH_OUTLIER = SPREAD + np.eye(*SPREAD.shape, dtype=np.int32) * 70_000
LARGE = np.array([[2**20], [-(2**20)], [0], [3]], np.int32)


@pytest.mark.parametrize(
    "numbers", [SPREAD, WITH_OUTLIER, LARGE], ids=["spread", "outlier", "large"]
)
def test_a_matrix_is_read_back_by_its_tables(numbers: NDArray[np.int32]) -> None:
    matrix = SpreadMatrix.of(numbers)
    sizes = count_tables([matrix])
    assert set(sizes.sum(axis=1)) == {4096}
    reader = Reader(as_letters([as_items(matrix, sizes)]))
    read = []
    for row in matrix.rows:
        for column in matrix.columns:
            spread = min(max(int(row + column), 0), len(sizes) + 15 * OCTAVE - 1)
            shift = max((spread - len(sizes)) // OCTAVE + 1, 0)
            upper = reader.next(12, sizes[spread - OCTAVE * shift]) - MIDDLE
            read.append((upper << shift) + (reader.next(shift) if shift else 0))
    assert read == numbers.ravel().tolist()


def test_a_matrix_needs_about_its_entropy() -> None:
    # a normal deviation of 10 has log2(10 sqrt(2 pi e)) = 5.37 bits
    matrix = SpreadMatrix.of(np.rint(10 * GENERATOR.normal(size=(2000, 100))).astype(np.int32))
    letters = as_letters([as_items(matrix, count_tables([matrix]))])
    assert 16 * (len(letters) - LANES) / 200_000 == pytest.approx(5.37, rel=0.03)


def test_vectors_are_off_by_half_a_step_at_most() -> None:
    vectors = GENERATOR.normal(size=(50, 6))
    steps, coarseness = np.array([0.1, 0.2, 0.1, 0.05, 0.1, 0.3]), np.repeat([1.0, 4.0], 25)
    found = rounded(vectors, steps, coarseness)
    errors = np.abs(found.unpacked() - vectors) / (coarseness[:, None] * steps)
    assert errors.max() <= 0.5 + 1e-9
    assert np.all(found.references[1:] < np.arange(1, 50))


def test_a_film_like_an_earlier_one_is_a_multiple_of_it() -> None:
    first, other = GENERATOR.normal(size=(2, 30))
    found = rounded(np.stack([first, other, 1.5 * first]), np.full(30, 1e-3), np.ones(3))
    assert found.references[2] == 0
    assert found.factors[2] == 24  # sixteenths
    assert np.abs(found.numbers[2]).max() <= 1
