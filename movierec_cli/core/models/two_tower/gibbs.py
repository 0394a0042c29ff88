"""The exact conditional distributions that block Gibbs sampling draws from.

Notation: C chains, n rows of a side (users or films), D bias and factors, k inputs of a tower.
"""

import math

import torch
from torch import Tensor

from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.inputs import DesignMatrix


def solve_vectors(
    prior: Tensor,
    other: Tensor,
    rated: SparseMatrix,
    ratings: Tensor,
    precision: Tensor,
    noise: float = 0.0,
) -> Tensor:
    """Return the vectors of one side [C, n, D], given the ratings and the other side's vectors.

    Parameters
    ----------
    prior
        [C, n, D], the output m of the tower: the mean of the prior.
    other
        [C, n_other, D], vectors (b_j, q_j), bias first.
    ratings
        [nnz], without their mean, in the order of the entries of ``rated`` [n, n_other].
    precision
        [D], of the prior, in units of the noise variance of a rating.
    noise
        That variance, for a draw from the posterior; 0 for its mean.
    """
    # With x_j = (1, q_j) and sums over the ratings r_j of a row, the posterior is normal:
    #   A    = sum x_j x_j' + diag(precision)                            [D, D]
    #   rhs  = sum x_j (r_j - b_j) - (sum x_j x_j') m                    [D]
    #   mean = m + A^-1 rhs,  covariance = noise A^-1
    chains, count, width = prior.shape
    inputs = torch.cat([torch.ones_like(other[..., :1]), other[..., 1:]], dim=2)
    # One sparse product sums the upper triangles of x_j x_j' and the vectors x_j b_j.
    upper = torch.triu_indices(width, width, device=prior.device)
    position = torch.zeros(width, width, dtype=torch.long, device=prior.device)
    position[upper[0], upper[1]] = torch.arange(upper.shape[1], device=prior.device)
    position = torch.maximum(position, position.T)
    products = inputs[..., upper[0]] * inputs[..., upper[1]]  # [C, n_other, D (D + 1) / 2]
    sums = rated.spmm(torch.cat([products, inputs * other[..., :1]], dim=2))
    gram = sums[..., position.flatten()].view(chains, count, width, width)
    explained = sums[..., upper.shape[1] :] + (gram @ prior[..., None])[..., 0]
    shown = ratings if rated.values is None else ratings * rated.values
    rhs = rated.spmm(inputs, shown) - explained  # [C, n, D]
    root = torch.linalg.cholesky(gram + torch.diag(precision))
    vectors = prior + torch.cholesky_solve(rhs[..., None], root)[..., 0]
    if noise:
        standard = torch.randn(chains, count, width, 1, device=prior.device)
        deviation = torch.linalg.solve_triangular(root.mT, standard, upper=True)[..., 0]
        vectors = vectors + math.sqrt(noise) * deviation
    return vectors


class TowerPosterior:
    """The distribution of a tower's weights W [k, D], given the vectors V [n, D] of its side.

    ``V = Z W + noise / precision`` with a normal prior on W of precision ``ridge``. One
    eigendecomposition, of the smaller of rows and inputs, serves all draws. ``ridge`` [k] and
    ``precision`` [D] are in units of ``noise``, the noise variance of a rating.
    """

    def __init__(
        self, design: DesignMatrix, ridge: Tensor, precision: Tensor, noise: float
    ) -> None:
        self._design, self._ridge, self._precision = design, ridge[:, None], precision
        self._noise = noise
        self._by_rows = design.rated.shape[0] <= len(ridge)
        gram = design.row_gram(ridge) if self._by_rows else design.column_gram(ridge)
        self._eigenvalues, self._eigenvectors = torch.linalg.eigh(gram)

    def draw(self, vectors: Tensor) -> Tensor:
        """Return weights drawn given the vectors, [C, n, D] -> [C, k, D]."""
        return self._draw_by_rows(vectors) if self._by_rows else self._draw_by_inputs(vectors)

    def _draw_by_rows(self, vectors: Tensor) -> Tensor:
        """Draw by Matheron's rule: correct a draw W0 from the prior by its residual."""
        # W = W0 + P^-1 Z' (Z P^-1 Z' + 1 / precision)^-1 (V - Z W0 - e), with W0 and e drawn
        shape = (len(vectors), len(self._ridge), vectors.shape[2])
        standard = torch.randn(shape, device=vectors.device)
        prior = standard * torch.sqrt(self._noise / self._ridge)
        error = torch.randn_like(vectors) * torch.sqrt(self._noise / self._precision)
        residual = self._eigenvectors.T @ (vectors - self._design.matmul(prior) - error)
        scaled = residual / (self._eigenvalues[:, None] + 1 / self._precision)
        correction = self._design.transposed_matmul(self._eigenvectors @ scaled)
        return prior + correction / self._ridge

    def _draw_by_inputs(self, vectors: Tensor) -> Tensor:
        """Draw in the eigenvectors Q of the inputs, where the weights are independent."""
        # P^1/2 W = Q (mean + deviation), G = P^-1/2 Z'Z P^-1/2 = Q diag(eigenvalues) Q'
        root = self._ridge.sqrt()
        rhs = self._eigenvectors.T @ (self._design.transposed_matmul(vectors) / root)
        certainty = self._eigenvalues[:, None] * self._precision + 1  # [k, D]
        mean = rhs * self._precision / certainty
        deviation = torch.randn_like(mean) * torch.sqrt(self._noise / certainty)
        weights: Tensor = (self._eigenvectors @ (mean + deviation)) / root
        return weights
