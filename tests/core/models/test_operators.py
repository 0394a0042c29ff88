"""EASE, ridge regression and sums of linear maps by products, against dense solutions."""

import numpy as np
import pytest
from scipy import sparse

from movierec_cli.core.models import operators
from movierec_cli.core.models.inverses import penalized_inverse
from movierec_cli.core.models.linear import Floats
from movierec_cli.core.models.operators import (
    LinearMap,
    ease_map,
    ease_scores,
    principal_directions,
    ridge_map,
    weighted_sum,
)
from tests.core.models.matrices import (
    GENERATOR,
    LONG,
    WIDE,
    dense_inverse,
    error,
    random_matrix,
    vectors,
)


def dense(linear_map: LinearMap, width: int) -> Floats:
    return linear_map.matmul(np.eye(width, dtype=np.float32))


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


@pytest.mark.parametrize("shape", [LONG, WIDE])
@pytest.mark.parametrize("head", [40, 60])
def test_scores_of_ease_are_the_histories_times_its_map(shape: tuple[int, int], head: int) -> None:
    inverse = penalized_inverse(random_matrix(shape), 10.0, head, 0)
    histories = random_matrix((3, shape[1]))
    expected = histories @ dense(ease_map(inverse, shape[1]), shape[1])
    assert error(ease_scores(inverse, histories), expected) < 1e-5


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


@pytest.mark.parametrize("few_rows", [0, 100], ids=["searched", "exact"])
def test_principal_directions_are_those_in_which_scores_vary_most(
    few_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "_FEW_ROWS", few_rows)
    scores = matrix_map(np.diag(np.float32([0, 2, 10])))
    directions = principal_directions(scores, (3, 3), 2, seed=0)
    np.testing.assert_allclose(np.abs(directions), [[0, 0], [0, 1], [1, 0]], atol=1e-5)


@pytest.mark.parametrize(("few_rows", "most"), [(0, 1e-3), (100, 1e-5)], ids=["searched", "exact"])
def test_principal_directions_find_a_few_of_many(
    few_rows: int, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "_FEW_ROWS", few_rows)
    left, right = (np.linalg.qr(GENERATOR.standard_normal((n, 80))).Q for n in (90, 80))
    scores = matrix_map((left * 0.7 ** np.arange(80)) @ right.T)
    directions = principal_directions(scores, (90, 80), 10, seed=0)
    np.testing.assert_allclose(directions.T @ directions, np.eye(10), atol=1e-5)
    np.testing.assert_allclose(np.abs(directions.T @ right[:, :10]), np.eye(10), atol=most)


def test_few_rows_have_no_more_directions_than_there_are_rows() -> None:
    scores = matrix_map(np.float32([[1, 2, 2, 0], [0, 0, 0, 3]]))
    directions = principal_directions(scores, (2, 4), 200, seed=0)
    expected = np.array([[1 / 3, 2 / 3, 2 / 3, 0], [0, 0, 0, 1]]).T
    np.testing.assert_allclose(directions @ directions.T, expected @ expected.T, atol=1e-6)
