"""Penalized inverses, EASE and ridge regression by products, against dense solutions."""

import numpy as np
import pytest
from scipy import sparse

from movierec_cli.core.models import operators, shared_rows
from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.operators import (
    LinearMap,
    ease_map,
    lower_gram,
    penalized_inverse,
    principal_directions,
    ridge_map,
    weighted_sum,
)

GENERATOR = np.random.default_rng(0)
LONG, WIDE = (300, 60), (60, 300)
"""Shapes that are inverted in the space of the columns, and in that of the rows."""


def random_matrix(shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix with a fifth of its entries; the first columns have the most."""
    share = np.linspace(0.38, 0.02, shape[1])
    values = GENERATOR.random(shape) * (GENERATOR.random(shape) < share)
    return sparse.csr_array(values.astype(np.float32))


def dense_inverse(matrix: sparse.csr_array, penalty: float) -> Floats:
    dense = matrix.toarray().astype(np.float64)
    return np.asarray(np.linalg.inv(dense.T @ dense + penalty * np.eye(matrix.shape[1])))


def vectors(size: int) -> Floats:
    return GENERATOR.standard_normal((size, 5)).astype(np.float32)


def dense(linear_map: LinearMap, width: int) -> Floats:
    return linear_map.matmul(np.eye(width, dtype=np.float32))


def error(found: Floats, expected: Floats) -> float:
    """Return the relative error in the Euclidean norm."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


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


def test_many_rows_are_inverted_in_the_space_of_the_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = random_matrix(WIDE)
    by_rows = penalized_inverse(matrix, 2.0, 300, 0)
    monkeypatch.setattr(operators, "MOST_ROWS", 59)
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
    monkeypatch.setattr(operators, "_PROBES", 100_000)
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


@pytest.mark.parametrize("entries", [10**6, 500], ids=["all rows at once", "some rows at once"])
def test_a_gram_matrix_is_summed_by_blocks_of_columns_and_rows(
    entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "_BLOCK", 7)
    monkeypatch.setattr(operators, "_ENTRIES", entries)
    matrix = random_matrix(LONG)
    expected = matrix.toarray().T @ matrix.toarray()
    np.testing.assert_allclose(np.tril(lower_gram(matrix)), np.tril(expected), rtol=1e-5)


def test_a_matrix_without_entries_has_a_gram_matrix_of_zeros() -> None:
    assert not lower_gram(sparse.csr_array((3, 2), dtype=np.float32)).any()


def test_products_with_many_rows_are_summed_by_blocks_of_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix, of_rows = random_matrix(LONG), vectors(LONG[0])
    whole = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    monkeypatch.setattr(operators, "_ROWS", 41)
    by_blocks = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    assert error(by_blocks, whole) < 1e-5


def test_products_in_threads_are_those_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, of_rows = random_matrix(LONG), vectors(LONG[0])
    in_one = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    monkeypatch.setattr(shared_rows, "_FEW_OPERATIONS", 0)
    in_two = penalized_inverse(matrix, 2.0, head=40, seed=0).solve(of_rows)
    assert error(in_two, in_one) < 1e-6


def test_ease_predicts_each_column_from_the_others() -> None:
    # A'A = [[4, 2], [2, 3]]; column 0 from 1: w = 2 / (3 + 1), column 1 from 0: w = 2 / (4 + 1)
    matrix = sparse.csr_array(np.float32([[2, 1], [0, 2**0.5]]))
    ease = ease_map(penalized_inverse(matrix, 1.0, 3, 0), n_inputs=3)
    np.testing.assert_allclose(dense(ease, 2), [[0, 2 / 5], [2 / 4, 0], [0, 0]], atol=1e-6)
    transposed = ease.transposed_matmul(np.eye(3, dtype=np.float32))
    np.testing.assert_allclose(transposed, [[0, 2 / 4, 0], [2 / 5, 0, 0]], atol=1e-6)


@pytest.mark.parametrize("shape", [LONG, WIDE])
def test_ease_is_that_of_the_dense_inverse(shape: tuple[int, int]) -> None:
    matrix = random_matrix(shape)
    inverse = dense_inverse(matrix, 10.0)
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    ease, some = ease_map(penalized_inverse(matrix, 10.0, 60, 0), shape[1]), vectors(shape[1])
    assert error(ease.matmul(some), expected @ some) < 1e-5
    assert error(ease.transposed_matmul(some), expected.T @ some) < 1e-5


def test_a_ridge_regression_by_hand() -> None:
    inputs = sparse.csr_array(np.float32([[1, 0], [0, 2]]))
    targets = sparse.csr_array(np.float32([[4, 2], [3, 0]]))
    found = ridge_map(penalized_inverse(inputs, 1.0, 3, 0), targets)
    np.testing.assert_allclose(dense(found, 2), [[2, 1], [1.2, 0]], atol=1e-6)
    transposed = found.transposed_matmul(np.eye(2, dtype=np.float32))
    np.testing.assert_allclose(transposed, [[2, 1.2], [1, 0]], atol=1e-6)


def matrix_map(matrix: Floats) -> LinearMap:
    return LinearMap(lambda v: matrix @ v, lambda v: matrix.T @ v)


def test_a_weighted_sum_of_maps_has_weighted_rows() -> None:
    one, other = np.float32([[1, 2, 3], [4, 5, 6]]), np.float32([[1, 0, 0], [0, 1, 0]])
    rows = np.float32([[1], [10]])
    total = weighted_sum([(2.0, matrix_map(one)), (-1.0, matrix_map(other))], rows)
    expected = np.float32([[1, 4, 6], [80, 90, 120]])
    np.testing.assert_allclose(dense(total, 3), expected)
    np.testing.assert_allclose(total.transposed_matmul(np.eye(2)), expected.T)


def test_principal_directions_are_those_in_which_scores_vary_most() -> None:
    scores = matrix_map(np.diag(np.float32([0, 2, 10])))
    directions = principal_directions(scores, 3, 2, seed=0)
    np.testing.assert_allclose(np.abs(directions), [[0, 0], [0, 1], [1, 0]], atol=1e-5)


def test_principal_directions_find_a_few_of_many() -> None:
    left, right = (np.linalg.qr(GENERATOR.standard_normal((n, 80))).Q for n in (90, 80))
    scores = matrix_map((left * 0.7 ** np.arange(80)) @ right.T)
    directions = principal_directions(scores, 80, 10, seed=0)
    np.testing.assert_allclose(directions.T @ directions, np.eye(10), atol=1e-5)
    np.testing.assert_allclose(np.abs(directions.T @ right[:, :10]), np.eye(10), atol=1e-3)
