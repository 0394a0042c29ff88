"""The exact conditional distributions that block Gibbs sampling draws from.

Notation: C chains, n rows of a side (users or films), D bias and factors, k inputs of a tower.
"""

import math

import torch
from torch import Tensor

from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.batched import solve
from movierec_cli.core.models.two_tower.inputs import DesignMatrix

_BLOCK = 1_024  # rows whose vectors are solved at once
_TOLERANCE = 3e-3  # of a residual, relative to the right-hand side
_MOST_STEPS = 100
_FEW_INPUTS = 1_024  # of a tower, for which its weights are solved for with an inverse
_TINY = 1e-30  # in place of 0, where a column is solved to the last digit before the others


def solve_vectors(
    prior: Tensor,
    other: Tensor,
    rated: SparseMatrix,
    ratings: Tensor,
    precision: Tensor,
    noise: float = 0.0,
) -> Tensor:
    """Return the vectors of one side [n, C, D], given the ratings and the other side's vectors.

    Parameters
    ----------
    prior
        [n, C, D], the output m of the tower: the mean of the prior.
    other
        [n_other, C, D], vectors (b_j, q_j), bias first.
    ratings
        [nnz], without their mean, in the order of the entries of ``rated`` [n, n_other].
    precision
        [D], of the prior, in units of the noise variance of a rating.
    noise
        That variance, for a draw from the posterior; 0 for its mean.
    """
    # With x_j = (1, q_j) and sums over the ratings r_j of a row, the posterior is normal:
    #   A    = sum x_j x_j' + diag(precision)                            [D, D]
    #   mean = A^-1 (sum x_j (r_j - b_j) + precision m),  covariance = noise A^-1
    count, chains, width = prior.shape
    inputs = torch.cat([torch.ones_like(other[..., :1]), other[..., 1:]], dim=2)
    # one sparse product sums the upper triangles of x_j x_j' and the vectors x_j b_j
    row, column = torch.triu_indices(width, width, device=prior.device)
    products = [inputs[..., at:] * inputs[..., at : at + 1] for at in range(width)]
    table = torch.cat([*products, inputs * other[..., :1]], dim=2).flatten(1)
    place = torch.zeros(width, width, dtype=torch.long, device=prior.device)
    place[row, column] = place[column, row] = torch.arange(len(row), device=prior.device)
    shown = ratings if rated.values is None else ratings * rated.values
    vectors = []
    for start in range(0, count, _BLOCK):
        rows = rated.rows(start, min(start + _BLOCK, count))
        # the systems of all rows and chains lie side by side in the last dimension
        sums = rows.spmm(table).view(-1, len(row) + width).T.contiguous()  # [.., n C]
        means = prior[start : start + _BLOCK].reshape(-1, width).T
        rhs = rows.spmm(inputs, shown).view(-1, width).T - sums[len(row) :]
        gram = sums.index_select(0, place.flatten()).view(width, width, -1)
        gram = gram + torch.diag(precision)[..., None]
        random = math.sqrt(noise) * torch.randn_like(rhs) if noise else torch.zeros_like(rhs)
        solved = solve(gram, rhs + precision[:, None] * means, random)
        vectors.append(solved.T.reshape(-1, chains, width))
    return torch.cat(vectors)


class TowerPosterior:
    """The distribution of a tower's weights W [k, D], given the vectors V [n, D] of its side.

    ``V = Z W + noise / precision`` with a normal prior on W of precision ``ridge``. ``ridge`` [k]
    and ``precision`` [D] are in units of ``noise``, the noise variance of a rating.
    """

    def __init__(
        self, design: DesignMatrix, ridge: Tensor, precision: Tensor, noise: float
    ) -> None:
        self._design, self._ridge, self._precision = design, ridge[:, None, None], precision
        self._noise = noise
        # the diagonal of A, [k, 1, D]
        self._diagonal = design.squared_lengths[:, None, None] * precision + self._ridge
        self._inverses = self._inverse_by_precision() if len(ridge) <= _FEW_INPUTS else {}

    def draw(self, vectors: Tensor, start: Tensor) -> Tensor:
        """Return weights [k, C, D] drawn given the vectors [n, C, D].

        Perturb and solve: the solution of the normal equations with noise added to both kinds of
        observations is a draw. Papandreou and Yuille (2010), Gaussian sampling by local
        perturbations. The search for it begins with the weights ``start``.
        """
        # A W = precision Z'(V + e) + sqrt(ridge) g,  A = precision Z'Z + diag(ridge)
        error = torch.randn_like(vectors) * torch.sqrt(self._noise / self._precision)
        standard = torch.randn_like(start) * math.sqrt(self._noise)
        perturbed = self._precision * self._design.transposed_matmul(vectors + error)
        rhs = perturbed + self._ridge.sqrt() * standard
        if not self._inverses:
            return self._search(rhs, start)
        weights = torch.empty_like(rhs)
        for precision, inverse in self._inverses.items():
            columns = self._precision == precision
            weights[..., columns] = torch.tensordot(inverse, rhs[..., columns], 1)
        return weights

    def _inverse_by_precision(self) -> dict[float, Tensor]:
        """Return A^-1 [k, k] of the columns that have the same precision, by this precision."""
        ridge = self._ridge.flatten()
        one = torch.eye(len(ridge), device=ridge.device)
        gram = self._design.transposed_matmul(self._design.matmul(one[:, None]))[:, 0]
        precisions = set(self._precision.tolist())
        return {value: torch.linalg.inv(value * gram + torch.diag(ridge)) for value in precisions}

    def _matmul(self, weights: Tensor) -> Tensor:
        """Return A W."""
        gram = self._design.transposed_matmul(self._design.matmul(weights))
        return self._precision * gram + self._ridge * weights

    def _search(self, rhs: Tensor, weights: Tensor) -> Tensor:
        """Return A^-1 rhs by conjugate gradients for each column, preconditioned by diag A."""
        weights = weights.clone()
        residual = rhs - self._matmul(weights)
        scaled = residual / self._diagonal
        direction, length = scaled.clone(), (residual * scaled).sum(dim=0)  # [C, D]
        enough = _TOLERANCE**2 * (rhs * rhs / self._diagonal).sum(dim=0)
        for _ in range(_MOST_STEPS):
            if bool((length <= enough).all()):
                break
            product = self._matmul(direction)
            step = length / (direction * product).sum(dim=0).clamp(min=_TINY)
            weights += step * direction
            residual -= step * product
            scaled = residual / self._diagonal
            before, length = length, (residual * scaled).sum(dim=0)
            direction = scaled + length / before.clamp(min=_TINY) * direction
        return weights
