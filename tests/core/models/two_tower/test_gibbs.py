"""The conditional distributions of the sampling, compared with those of a small dense problem."""

import numpy as np
import pytest
import torch

from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower import gibbs
from movierec_cli.core.models.two_tower.batched import solve
from movierec_cli.core.models.two_tower.gibbs import TowerPosterior, solve_vectors
from movierec_cli.core.models.two_tower.inputs import DesignMatrix

FILMS = torch.tensor([[[0.5, 1.0]], [[-0.5, 2.0]]])  # a bias and one factor each
PRIOR = torch.tensor([[[0.1, 0.2]], [[0.0, 0.0]], [[0.3, -0.3]]])
RATINGS = torch.tensor([1.0, -1.0, 0.5])
PRECISION = torch.tensor([2.0, 3.0])
# User 1 gave film 1, x = (1, 2) and bias -0.5, a rating of 0.5:
# (diag(2, 3) + x x') z = x (0.5 + 0.5)
GRAM = torch.tensor([[2.0 + 1, 2.0], [2.0, 3.0 + 4]])
MEAN = torch.linalg.solve(GRAM, torch.tensor([1.0, 2.0]))


@pytest.fixture
def rated() -> SparseMatrix:
    """User 0 rated films 0 and 1, user 1 film 1, user 2 none."""
    return SparseMatrix.from_rows(np.array([0, 2, 3, 3]), np.array([0, 1, 1]), 2, "cpu")


def test_the_mean_of_a_vector_is_a_ridge_regression_around_the_prior(rated: SparseMatrix) -> None:
    solved = solve_vectors(PRIOR, FILMS, rated, RATINGS, PRECISION)
    torch.testing.assert_close(solved[1, 0], MEAN)
    torch.testing.assert_close(solved[2, 0], PRIOR[2, 0])  # no rating


def test_draws_of_a_vector_have_the_mean_and_covariance_of_the_posterior(
    rated: SparseMatrix,
) -> None:
    torch.manual_seed(0)
    chains = 4000
    draws = solve_vectors(
        PRIOR.expand(-1, chains, -1), FILMS.expand(-1, chains, -1), rated, RATINGS, PRECISION, 0.5
    )[1]
    torch.testing.assert_close(draws.mean(0), MEAN, atol=0.03, rtol=0)
    torch.testing.assert_close(torch.cov(draws.T), 0.5 * torch.linalg.inv(GRAM), atol=0.03, rtol=0)


@pytest.mark.parametrize("n_side", [1, 6], ids=["fewer inputs than rows", "more"])
@pytest.mark.parametrize("few", [0, 100], ids=["searched", "by an inverse"])
def test_draws_of_tower_weights_have_the_mean_and_covariance_of_the_posterior(
    n_side: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gibbs, "_FEW_INPUTS", few)
    torch.manual_seed(0)
    rated = SparseMatrix.from_rows(np.array([0, 2, 3, 3, 4]), np.array([0, 1, 1, 0]), 2, "cpu")
    design = DesignMatrix(rated, torch.randn(4, n_side))
    ridge = torch.full((2 + n_side,), 2.0)
    precision, noise = torch.tensor([3.0]), 0.5
    vectors = torch.randn(4, 1, 1)
    posterior = TowerPosterior(design, ridge, precision, noise)
    draws = posterior.draw(vectors.expand(-1, 4000, -1), torch.ones(2 + n_side, 4000, 1))[..., 0].T
    z = design.matmul(torch.eye(2 + n_side)[:, None])[:, 0]  # [4, inputs]
    certainty = (3.0 * z.T @ z + torch.diag(ridge)) / noise
    mean = torch.linalg.solve(certainty, 3.0 * z.T @ vectors[:, 0, 0] / noise)
    torch.testing.assert_close(draws.mean(0), mean, atol=0.03, rtol=0)
    torch.testing.assert_close(torch.cov(draws.T), torch.linalg.inv(certainty), atol=0.03, rtol=0)


@pytest.mark.parametrize("few", [0, 100], ids=["searched", "by an inverse"])
def test_each_column_of_tower_weights_has_its_own_precision(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gibbs, "_FEW_INPUTS", few)
    monkeypatch.setattr(gibbs, "_TOLERANCE", 1e-6)
    torch.manual_seed(0)
    rated = SparseMatrix.from_rows(np.array([0, 2, 3, 3, 4]), np.array([0, 1, 1, 0]), 2, "cpu")
    design, vectors = DesignMatrix(rated, torch.randn(4, 3)), torch.randn(4, 2, 3)
    ridge, precision = torch.tensor([2.0, 2.0, 5.0, 5.0, 5.0]), torch.tensor([3.0, 7.0, 3.0])
    drawn = TowerPosterior(design, ridge, precision, 0.0).draw(vectors, torch.zeros(5, 2, 3))
    z = design.matmul(torch.eye(5)[:, None])[:, 0]
    for column, value in enumerate(precision.tolist()):
        certainty = value * z.T @ z + torch.diag(ridge)
        expected = torch.linalg.solve(certainty, value * z.T @ vectors[..., column])
        torch.testing.assert_close(drawn[..., column], expected, atol=1e-4, rtol=1e-4)


def test_many_rows_are_solved_in_blocks(
    rated: SparseMatrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = solve_vectors(PRIOR, FILMS, rated, RATINGS, PRECISION)
    monkeypatch.setattr(gibbs, "_BLOCK", 2)
    torch.testing.assert_close(solve_vectors(PRIOR, FILMS, rated, RATINGS, PRECISION), whole)


def test_the_gradients_of_a_solution_are_those_of_dense_algebra() -> None:
    torch.manual_seed(0)
    roots = torch.randn(5, 4, 4, dtype=torch.float64)
    matrices = (roots @ roots.mT + torch.eye(4)).permute(1, 2, 0).requires_grad_()
    rhs, zeros = torch.randn(4, 5, dtype=torch.float64, requires_grad=True), torch.zeros(4, 5)
    outer = torch.randn(4, 5)
    solved = solve(matrices, rhs, zeros)
    expected = torch.linalg.solve(matrices.permute(2, 0, 1), rhs.T).T
    torch.testing.assert_close(solved, expected)
    gradients, wanted = (
        torch.autograd.grad((value * outer).sum(), (matrices, rhs)) for value in (solved, expected)
    )
    torch.testing.assert_close(gradients, wanted)


def test_columns_that_are_solved_before_the_others_stay_finite(rated: SparseMatrix) -> None:
    design = DesignMatrix(rated, torch.zeros(3, 1))
    posterior = TowerPosterior(design, torch.ones(3), torch.ones(2), noise=0.0)
    vectors = torch.zeros(3, 1, 2)
    vectors[..., 1] = torch.tensor([[1.0], [2.0], [3.0]])
    drawn = posterior.draw(vectors, torch.zeros(3, 1, 2))
    z = design.matmul(torch.eye(3)[:, None])[:, 0]
    expected = torch.linalg.solve(z.T @ z + torch.eye(3), z.T @ vectors[:, 0])
    torch.testing.assert_close(drawn[:, 0], expected, atol=1e-2, rtol=0)
