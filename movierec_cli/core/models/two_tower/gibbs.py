"""The exact conditional distributions of the two-tower, for block Gibbs sampling.

Notation: M members, n rows of a side (users or films), D bias and factors, K side features, k all
features of a tower (who rated what, then the K side features).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from movierec_cli.core.models.two_tower.sparse import Incidence


def solve_vectors(
    prior: Tensor,
    other: Tensor,
    known: Incidence,
    ratings: Tensor,
    precision: Tensor,
    noise: float = 0.0,
) -> Tensor:
    """Return the vectors of one side that explain the ratings, given those of the other side.

    Parameters
    ----------
    prior
        [M, n, D], what the tower says.
    other
        [M, n_other, D], bias first.
    known
        [n, n_other], which pairs are rated.
    ratings
        [nnz], without their mean, in the order of the places of ``known``.
    precision
        [D], the pull towards the prior, in units of the noise of a rating.
    noise
        The variance of a rating's noise; 0 for the mean of the posterior, else a draw from it.

    Returns
    -------
    [M, n, D].
    """
    members, count, width = prior.shape
    inputs = torch.cat([torch.ones_like(other[..., :1]), other[..., 1:]], dim=2)
    upper = torch.triu_indices(width, width, device=prior.device)
    place = torch.zeros(width, width, dtype=torch.long, device=prior.device)
    place[upper[0], upper[1]] = torch.arange(upper.shape[1], device=prior.device)
    place = torch.maximum(place, place.T)
    products = inputs[..., upper[0]] * inputs[..., upper[1]]  # [M, n_other, D (D + 1) / 2]
    sums = known.pool(torch.cat([products, inputs * other[..., :1]], dim=2))
    gram = sums[..., place.flatten()].view(members, count, width, width)
    explained = sums[..., upper.shape[1] :] + (gram @ prior[..., None])[..., 0]
    moment = known.pool(inputs, ratings) - explained  # [M, n, D]
    root = torch.linalg.cholesky(gram + torch.diag(precision))
    vectors = prior + torch.cholesky_solve(moment[..., None], root)[..., 0]
    if noise:
        draw = torch.randn(members, count, width, 1, device=prior.device)
        spread = torch.linalg.solve_triangular(root.mT, draw, upper=True)[..., 0]
        vectors = vectors + math.sqrt(noise) * spread
    return vectors


@dataclass(frozen=True, eq=False)
class TowerInputs:
    """What a tower reads of each user or film.

    Attributes
    ----------
    known
        [n, n_other], who rated what; each row counts with one over the root of its size.
    side
        [n, K], demographics or genres, and counts.
    """

    known: Incidence
    side: Tensor

    @property
    def root(self) -> Tensor:
        """What a row of `known` is divided by, [n, 1]."""
        return torch.sqrt(self.known.counts + 1.0)[:, None]

    def apply(self, weights: Tensor) -> Tensor:
        """Run the tower: [M, k, D] -> [M, n, D]."""
        split = self.known.shape[1]
        return self.known.pool(weights[:, :split]) / self.root + self.side @ weights[:, split:]

    def gather(self, vectors: Tensor) -> Tensor:
        """Run it backwards, the transpose of `apply`: [M, n, D] -> [M, k, D]."""
        return torch.cat(
            [self.known.flip().pool(vectors / self.root), self.side.T @ vectors], dim=1
        )


class TowerPosterior:
    """Draws a tower's weights given the vectors that it should produce.

    The eigenvectors of one matrix, of the smaller of rows and features, are found once.
    """

    def __init__(self, inputs: TowerInputs, ridge: Tensor, precision: Tensor, noise: float) -> None:
        self._inputs, self._ridge = inputs, ridge  # ridge [k], of the weights
        self._precision, self._noise = precision, noise  # precision [D], of the vectors
        self._by_rows = inputs.known.shape[0] <= len(ridge)
        matrix = self._between_rows() if self._by_rows else self._between_features()
        self._values, self._vectors = torch.linalg.eigh(matrix)

    def draw(self, vectors: Tensor) -> Tensor:
        """Return weights [M, k, D] drawn given ``vectors`` [M, n, D]."""
        return self._draw_by_rows(vectors) if self._by_rows else self._draw_by_features(vectors)

    def _between_rows(self) -> Tensor:
        """Return Z P^-1 Z.T, [n, n], Z the inputs and P the ridge."""
        split = self._inputs.known.shape[1]
        side = self._inputs.side / self._ridge[split:].sqrt()
        matrix = side @ side.T
        start = 0
        for block in self._inputs.known.dense_columns():
            ridge = self._ridge[start : start + block.shape[1]]
            scaled = block / self._inputs.root / ridge.sqrt()
            matrix += scaled @ scaled.T
            start += block.shape[1]
        return matrix

    def _between_features(self) -> Tensor:
        """Return P^-1/2 Z.T Z P^-1/2, [k, k]."""
        flipped = self._inputs.known.flip()
        matrix = torch.zeros(len(self._ridge), len(self._ridge), device=self._ridge.device)
        start = 0
        for block in flipped.dense_columns():  # [n_other, rows of this block]
            rows = slice(start, start + block.shape[1])
            dense = (
                torch.cat([block.T / self._inputs.root[rows], self._inputs.side[rows]], dim=1)
                / self._ridge.sqrt()
            )
            matrix += dense.T @ dense
            start += block.shape[1]
        return matrix

    def _draw_by_rows(self, vectors: Tensor) -> Tensor:
        """Draw by Matheron's rule: correct a draw from the prior by what it gets wrong."""
        shape = (len(vectors), len(self._ridge), vectors.shape[2])
        device = vectors.device
        prior = torch.randn(shape, device=device) * torch.sqrt(self._noise / self._ridge)[:, None]
        noise = torch.randn_like(vectors) * torch.sqrt(self._noise / self._precision)
        wrong = self._vectors.T @ (vectors - self._inputs.apply(prior) - noise)
        correction = self._vectors @ (wrong / (self._values[:, None] + 1 / self._precision))
        return prior + self._inputs.gather(correction) / self._ridge[:, None]

    def _draw_by_features(self, vectors: Tensor) -> Tensor:
        """Draw in the eigenvectors of the features, where the weights are independent."""
        root = self._ridge.sqrt()[:, None]
        moment = self._vectors.T @ (self._inputs.gather(vectors) / root) * self._precision
        certainty = self._values[:, None] * self._precision + 1  # [k, D]
        mean = moment / certainty
        spread = torch.randn_like(mean) * torch.sqrt(self._noise / certainty)
        weights: Tensor = (self._vectors @ (mean + spread)) / root
        return weights
