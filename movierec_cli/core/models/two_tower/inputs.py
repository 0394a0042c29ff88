"""The inputs of both towers: ratings, demographics, genres, years and numbers of ratings."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from movierec_cli.core.data.dataset import Dataset, Films, FloatArray
from movierec_cli.core.models.features import (
    YEAR_MIDDLE,
    centered_demographics,
    demographic_mean,
    film_features,
)
from movierec_cli.core.models.sparse import SparseMatrix
from movierec_cli.core.models.two_tower.model import count_features

_YEAR_EDGES = np.array(
    [1940, 1950, 1960, 1970, 1980, 1985, 1990, 1993, 1994, 1995, 1996, 1997, 2000, 2003, 2006, 2009,
     2012, 2015, 2018, 2021]
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """The inputs of a tower, Z = [R / sqrt(counts + 1), side], [n, n_other + K]."""

    rated: SparseMatrix  # R [n, n_other], a one for each rating
    side: Tensor  # [n, K], features of the users or films, and of their numbers of ratings

    @cached_property
    def _root(self) -> Tensor:
        return torch.sqrt(self.rated.row_sums + 1.0)[:, None, None]

    @cached_property
    def squared_lengths(self) -> Tensor:
        """The squared length of each column of Z, [n_other + K]."""
        of_rated = self.rated.transpose.spmm(1 / self._root.square())[:, 0, 0]
        return torch.cat([of_rated, self.side.square().sum(dim=0)])

    def matmul(self, weights: Tensor) -> Tensor:
        """Return Z @ weights, [n_other + K, C, D] -> [n, C, D]."""
        split = self.rated.shape[1]
        of_side: Tensor = torch.tensordot(self.side, weights[split:], 1)
        return self.rated.spmm(weights[:split]) / self._root + of_side

    def transposed_matmul(self, vectors: Tensor) -> Tensor:
        """Return Z' @ vectors, [n, C, D] -> [n_other + K, C, D]."""
        of_rated = self.rated.transpose.spmm(vectors / self._root)
        return torch.cat([of_rated, torch.tensordot(self.side.T, vectors, 1)])


class Inputs:
    """The training data of U users and N films as tensors; users without a rating are left out."""

    def __init__(self, train: Dataset, device: str) -> None:
        rows = np.flatnonzero(train.histories.counts)
        histories, users = train.histories.take(rows), train.users.take(rows)
        mean = float(train.ratings.values.mean(dtype=np.float64))
        demographic_means = demographic_mean(users, len(train.occupations))
        content = film_content(train.films)

        def tensor(array: NDArray[Any]) -> Tensor:
            return torch.as_tensor(array, device=device)

        self.rating_mean, self.demographic_mean = mean, demographic_means  # [K]
        # [nnz] each, sorted by user and film; the ratings are without their mean
        self.user_rows = tensor(histories.user_rows)
        self.ratings = tensor(histories.ratings - mean)
        # [U, N], a one for each rating
        self.rated = SparseMatrix.from_rows(
            histories.indptr, histories.film_rows, len(train.films), device
        )
        # side features, centered: [U, K] and [N, L]
        self.demographics = tensor(centered_demographics(users, demographic_means))
        self.content = tensor(content - content.mean(axis=0))

    def user_design(self, rated: SparseMatrix, first: int = 0) -> DesignMatrix:
        """Return the inputs of the user tower, given the rated pairs that it may see.

        The rows of ``rated`` are those of the users from ``first`` on.
        """
        side = self.demographics[first : first + rated.shape[0]]
        return DesignMatrix(rated, _with_counts(side, rated))

    def film_design(self, rated: SparseMatrix) -> DesignMatrix:
        """Return the inputs of the film tower, given the rated pairs that it may see."""
        return DesignMatrix(rated.transpose, _with_counts(self.content, rated.transpose))


def film_content(films: Films) -> FloatArray:
    """Return genres, span of years and scaled year of each film, [n_films, n_genres + 22]."""
    year, genres = np.split(film_features(films), [1], axis=1)
    spans = np.eye(len(_YEAR_EDGES) + 1, dtype=np.float32)
    years = np.nan_to_num(films.years, nan=YEAR_MIDDLE)
    span = spans[np.searchsorted(_YEAR_EDGES, years, side="right")]
    return np.hstack([genres, span, year])


def _with_counts(side: Tensor, rated: SparseMatrix) -> Tensor:
    """Append the features of the numbers of ratings, [n, K] -> [n, K + 3]."""
    counts = count_features(rated.row_sums.cpu().numpy())
    return torch.cat([side, torch.as_tensor(counts, device=side.device)], dim=1)
