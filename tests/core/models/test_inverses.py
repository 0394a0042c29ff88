"""Penalized inverses by products, against dense ones."""

import numpy as np
import pytest
from scipy import sparse

from movierec_cli.core.models import gram, inverses, shared_rows
from movierec_cli.core.models.inverses import GramInverse, penalized_inverse
from tests.core.models.matrices import LONG, WIDE, dense_inverse, error, random_matrix, vectors


@pytest.mark.parametrize("shape", [LONG, WIDE])
def test_the_products_of_an_inverse_are_those_of_the_dense_one(shape: tuple[int, int]) -> None:
    matrix, penalty = random_matrix(shape), 2.0
    found, expected = penalized_inverse(matrix, penalty, 100, 0), dense_inverse(matrix, penalty)
    of_columns, of_rows = vectors(shape[1]), vectors(shape[0])
    assert error(found.diagonal, penalty * np.diag(expected)) < 1e-5
    assert error(found.solve(of_rows), expected @ matrix.T @ of_rows) < 1e-5
    assert error(found.predict(of_columns), matrix @ expected @ of_columns) < 1e-5
    gram = matrix.toarray().T @ matrix.toarray()
    assert error(found.smooth(of_columns), gram @ expected @ of_columns) < 1e-5


def test_the_inverse_of_a_gram_matrix_of_some_columns_leaves_the_others_alone() -> None:
    gram = np.float32([[3, 9], [1, 2]])  # the entry above the diagonal is not read
    found = GramInverse(np.asfortranarray(gram), np.array([2, 0]), 3, penalty=1.0)
    inverse = np.float64([[4, 0, -1], [0, 11, 0], [-1, 0, 3]]) / 11  # of [[3, 1], [1, 4]] and [1]
    np.testing.assert_allclose(found.diagonal, np.diag(inverse), rtol=1e-6)
    smoothed = found.smooth(np.eye(3, dtype=np.float32))
    np.testing.assert_allclose(smoothed, np.eye(3) - inverse, atol=1e-6)


def test_many_rows_are_inverted_in_the_space_of_the_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = random_matrix(WIDE)
    by_rows = penalized_inverse(matrix, 2.0, 300, 0)
    monkeypatch.setattr(inverses, "MOST_ROWS", 59)
    by_columns = penalized_inverse(matrix, 2.0, 300, 0)
    assert type(by_rows) is not type(by_columns)
    assert error(by_rows.diagonal, by_columns.diagonal) < 1e-5


def test_a_tail_in_rows_of_its_own_is_inverted_exactly() -> None:
    # columns 0 and 2 share rows; column 1 is the tail, alone in its row
    matrix = sparse.csr_array(np.float32([[2, 0, 1], [1, 0, 1], [0, 3, 0]]))
    found = penalized_inverse(matrix, 1.0, head=2, seed=0)
    inverse = np.float64([[3, 0, -3], [0, 0.9, 0], [-3, 0, 6]])  # of [[6, 3], [3, 3]] and [10]
    inverse[np.ix_([0, 2], [0, 2])] /= 9
    inverse[1, 1] = 1 / 10
    np.testing.assert_allclose(found.diagonal, np.diag(inverse), rtol=1e-5)
    np.testing.assert_allclose(
        found.predict(np.eye(3, dtype=np.float32)), matrix @ inverse, atol=1e-6
    )


def test_the_head_explains_a_part_of_the_tail_and_the_tail_a_part_of_the_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inverses, "_PROBES", 100_000)
    # column 0 is the head, with P_HH = 1 / (2 + 1), which is the leverage of row 0 as well: the
    # Schur complement of column 1 is 1 + 4 (1 - 1/3) = 11 / 3
    matrix = sparse.csr_array(np.float32([[1, 2], [1, 0]]))
    found = penalized_inverse(matrix, 1.0, head=1, seed=0)
    np.testing.assert_allclose(found.diagonal, [1 / 3, 3 / 11], rtol=0.01)
    inverse = np.float64([[5, -2], [-2, 3]]) / 11  # of [[3, 2], [2, 5]]
    solved = found.solve(np.eye(2, dtype=np.float32))
    np.testing.assert_allclose(solved, inverse @ matrix.toarray().T, atol=0.01)


def test_a_cut_inverse_is_nearer_than_that_of_the_head_alone() -> None:
    matrix, of_rows = random_matrix(LONG), vectors(LONG[0])
    expected = dense_inverse(matrix, 2.0) @ matrix.T @ of_rows
    found = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    order = np.argsort(-np.bincount(matrix.indices, minlength=60), kind="stable")
    head_only = np.zeros_like(expected)
    head = matrix[:, order[:40]]
    head_only[order[:40]] = dense_inverse(head, 2.0) @ head.T @ of_rows
    assert 1e-4 < error(found, expected) < error(head_only, expected) / 2


def test_products_with_many_rows_are_summed_by_blocks_of_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, of_rows = random_matrix(LONG), vectors(LONG[0])
    whole = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    monkeypatch.setattr(gram, "ROWS", 41)
    monkeypatch.setattr(inverses, "ROWS", 41)
    by_blocks = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    assert error(by_blocks, whole) < 1e-5


def test_products_in_threads_are_those_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, of_rows = random_matrix(LONG), vectors(LONG[0])
    in_one = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    monkeypatch.setattr(shared_rows, "_FEW_OPERATIONS", 0)
    in_two = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    assert error(in_two, in_one) < 1e-6
