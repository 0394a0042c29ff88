"""Sparse products, compared with the dense matrices of the same example."""

import numpy as np
import pytest
import torch

from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.inputs import DesignMatrix

DENSE = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
"""Users 0, 1, 2 and films 0, 1: user 0 rated both films, user 1 film 1, user 2 none."""


@pytest.fixture
def rated() -> SparseMatrix:
    return SparseMatrix.from_rows(np.array([0, 2, 3, 3]), np.array([0, 1, 1]), 2, "cpu")


def test_products_sum_over_the_entries_of_a_row(rated: SparseMatrix) -> None:
    films = torch.tensor([[[1.0], [10.0]]])
    users = torch.tensor([[[1.0], [2.0], [4.0]]])
    values = torch.tensor([2.0, 3.0, 5.0])
    assert rated.row_sums.tolist() == [2, 1, 0]
    assert rated.spmm(films).flatten().tolist() == [11.0, 10.0, 0.0]
    assert rated.spmm(films, values).flatten().tolist() == [32.0, 50.0, 0.0]
    assert rated.transpose.spmm(users).flatten().tolist() == [1.0, 3.0]
    assert rated.transpose.spmm(users, values).flatten().tolist() == [2.0, 13.0]
    weighted = rated.with_values(values)
    assert weighted.row_sums.tolist() == [5.0, 5.0, 0.0]
    assert weighted.transpose.row_sums.tolist() == [2.0, 8.0]
    assert weighted.spmm(films).flatten().tolist() == [32.0, 50.0, 0.0]
    assert weighted.transpose.rows(1, 2).spmm(users).flatten().tolist() == [13.0]
    assert rated.transpose.transpose.spmm(films, values).flatten().tolist() == [32.0, 50.0, 0.0]


def test_the_gradient_of_a_product_is_that_of_the_dense_product(rated: SparseMatrix) -> None:
    torch.manual_seed(0)
    dense, outer = torch.randn(2, 2, 3, requires_grad=True), torch.randn(2, 3, 3)
    (rated.spmm(dense) * outer).sum().backward()
    assert dense.grad is not None
    torch.testing.assert_close(dense.grad, DENSE.T @ outer)


def test_a_design_matrix_multiplies_like_its_dense_form(rated: SparseMatrix) -> None:
    torch.manual_seed(0)
    side, ridge = torch.randn(3, 1), torch.tensor([2.0, 3.0, 5.0])
    design = DesignMatrix(rated, side)
    roots = torch.tensor([[3.0], [2.0], [1.0]]).sqrt()
    z = torch.cat([DENSE / roots, side], dim=1)
    weights, vectors = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    torch.testing.assert_close(design.matmul(weights), z @ weights)
    torch.testing.assert_close(design.transposed_matmul(vectors), z.T @ vectors)
    torch.testing.assert_close(design.row_gram(ridge), z @ torch.diag(1 / ridge) @ z.T)
    scaled = z / ridge.sqrt()
    torch.testing.assert_close(design.column_gram(ridge), scaled.T @ scaled)
