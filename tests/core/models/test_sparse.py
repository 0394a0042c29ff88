"""Sparse products, compared with the dense matrices of the same example."""

import numpy as np
import pytest
import torch

from movierec_cli.core.models.sparse import SparseMatrix, with_rows
from movierec_cli.core.models.two_tower.inputs import DesignMatrix

DENSE = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
"""Users 0, 1, 2 and films 0, 1: user 0 rated both films, user 1 film 1, user 2 none."""


@pytest.fixture
def rated() -> SparseMatrix:
    return SparseMatrix.from_rows(np.array([0, 2, 3, 3]), np.array([0, 1, 1]), 2, "cpu")


def test_products_sum_over_the_entries_of_a_row(rated: SparseMatrix) -> None:
    films, users = torch.tensor([[1.0], [10.0]]), torch.tensor([[1.0], [2.0], [4.0]])
    values = torch.tensor([2.0, 3.0, 5.0])
    assert rated.row_sums.tolist() == [2, 1, 0]
    assert rated.spmm(films).flatten().tolist() == [11.0, 10.0, 0.0]
    assert rated.spmm(films, values).flatten().tolist() == [32.0, 50.0, 0.0]
    assert rated.transpose.spmm(users).flatten().tolist() == [1.0, 3.0]
    assert rated.transpose.spmm(users, values).flatten().tolist() == [2.0, 13.0]
    assert rated.transpose.transpose.spmm(films, values).flatten().tolist() == [32.0, 50.0, 0.0]


def test_a_matrix_with_values_multiplies_and_sums_them(rated: SparseMatrix) -> None:
    weighted = rated.with_values(torch.tensor([2.0, 3.0, 5.0]))
    films, users = torch.tensor([[1.0], [10.0]]), torch.tensor([[1.0], [2.0], [4.0]])
    assert weighted.row_sums.tolist() == [5.0, 5.0, 0.0]
    assert weighted.transpose.row_sums.tolist() == [2.0, 8.0]
    assert weighted.spmm(films).flatten().tolist() == [32.0, 50.0, 0.0]
    assert weighted.rows(1, 3).spmm(films).flatten().tolist() == [50.0, 0.0]
    assert weighted.transpose.rows(1, 2).spmm(users).flatten().tolist() == [13.0]


def test_the_gradient_of_a_product_is_that_of_the_dense_product(rated: SparseMatrix) -> None:
    torch.manual_seed(0)
    dense, outer = torch.randn(2, 4, 3, requires_grad=True), torch.randn(3, 4, 3)
    (rated.spmm(dense) * outer).sum().backward()
    assert dense.grad is not None
    torch.testing.assert_close(dense.grad, torch.tensordot(DENSE.T, outer, 1))


def test_a_design_matrix_multiplies_like_its_dense_form(rated: SparseMatrix) -> None:
    torch.manual_seed(0)
    side = torch.randn(3, 1)
    design = DesignMatrix(rated, side)
    roots = torch.tensor([[3.0], [2.0], [1.0]]).sqrt()
    z = torch.cat([DENSE / roots, side], dim=1)
    weights, vectors = torch.randn(3, 2, 4), torch.randn(3, 2, 4)
    torch.testing.assert_close(design.matmul(weights), torch.tensordot(z, weights, 1))
    torch.testing.assert_close(design.transposed_matmul(vectors), torch.tensordot(z.T, vectors, 1))
    torch.testing.assert_close(design.squared_lengths, z.square().sum(dim=0))


def test_a_matrix_without_rows_and_columns_has_an_empty_product() -> None:
    dense = torch.zeros(0, 3, requires_grad=True)
    matrix = SparseMatrix.from_rows(np.array([0]), np.array([], np.int32), 0, "cpu")
    product = matrix.spmm(dense)
    product.sum().backward()
    assert product.shape == (0, 3)
    assert dense.grad is not None and dense.grad.shape == (0, 3)


@pytest.mark.parametrize("also_whole", [True, False])
def test_the_gradient_of_a_table_and_its_rows_is_their_sum(also_whole: bool) -> None:
    table = torch.arange(8.0).reshape(4, 2).requires_grad_()
    whole, rows = with_rows(table, torch.tensor([3, 1]))
    torch.testing.assert_close(rows, torch.tensor([[6.0, 7.0], [2.0, 3.0]]))
    loss = (rows * torch.tensor([[1.0, 2.0], [10.0, 20.0]])).sum()
    loss = loss + whole.sum() if also_whole else loss  # a gradient whose numbers share one place
    loss.backward()
    expected = torch.tensor([[0.0, 0.0], [10.0, 20.0], [0.0, 0.0], [1.0, 2.0]])
    torch.testing.assert_close(table.grad, expected + float(also_whole))


def test_the_transpose_of_the_transpose_is_the_matrix_itself() -> None:
    first, other = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 6.0, 7.0])
    indptr, columns = np.array([0, 2, 3]), np.array([0, 2, 1])  # [[1, 0, 2], [0, 3, 0]]
    matrix = SparseMatrix.from_rows(indptr, columns, 3, "cpu").with_values(first)
    for again, numbers in ((matrix, first), (matrix.with_values(other), other)):
        twice = again.transpose.transpose
        assert twice.columns is again.columns  # not sorted anew
        expected = torch.tensor([[numbers[0], 0, numbers[1]], [0, numbers[2], 0]])
        torch.testing.assert_close(twice.spmm(torch.eye(3)), expected)
