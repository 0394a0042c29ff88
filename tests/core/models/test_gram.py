"""Gram matrices of sparse matrices."""

import numpy as np
import pytest
from scipy import sparse

from movierec_cli.core.models import gram
from movierec_cli.core.models.gram import lower_gram, mirrored
from tests.core.models.matrices import LONG, random_matrix


@pytest.mark.parametrize("entries", [10**6, 500], ids=["all rows at once", "some rows at once"])
def test_a_gram_matrix_is_summed_by_blocks_of_columns_and_rows(
    entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gram, "_BLOCK", 7)
    monkeypatch.setattr(gram, "_ENTRIES", entries)
    matrix = random_matrix(LONG)
    expected = matrix.toarray().T @ matrix.toarray()
    np.testing.assert_allclose(np.tril(lower_gram(matrix)), np.tril(expected), rtol=1e-5)


def test_a_matrix_without_entries_has_a_gram_matrix_of_zeros() -> None:
    assert not lower_gram(sparse.csr_array((3, 2), dtype=np.float32)).any()


def test_a_lower_triangle_is_mirrored_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gram, "_BLOCK", 2)
    lower = np.float32([[1, 9, 9], [2, 3, 9], [4, 5, 6]])
    np.testing.assert_array_equal(mirrored(lower), [[1, 2, 4], [2, 3, 5], [4, 5, 6]])
