"""The inputs of both towers: ratings, demographics, genres, years and numbers of ratings."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from movierec_cli.core.data.dataset import Dataset, Films, FloatArray
from movierec_cli.core.models.features import centered_demographics
from movierec_cli.core.models.features import demographic_mean as mean_of_demographics
from movierec_cli.core.models.two_tower.model import count_features
from movierec_cli.core.models.two_tower.sparse import DesignMatrix, SparseMatrix

_YEAR_MIDDLE, _YEAR_SCALE = 1985.0, 15.0
_YEAR_EDGES = np.array([1940, 1950, 1960, 1970, 1980, 1985, 1990, 1993, 1994, 1995, 1996, 1997])


@dataclass(frozen=True, eq=False)
class Inputs:
    """The training data of U users and N films as tensors; users without a rating are left out."""

    user_rows: Tensor  # [nnz], sorted by user and film, as the next two
    film_rows: Tensor
    ratings: Tensor  # without their mean
    rating_mean: float
    rated: SparseMatrix  # [U, N], a one for each rating
    demographics: Tensor  # [U, K], centered, 0 where unknown
    demographic_mean: FloatArray  # [K], of the known demographics
    content: Tensor  # [N, L], genres and years of the films, centered

    @classmethod
    def from_dataset(cls, train: Dataset, device: str) -> "Inputs":
        """Copy the training data to the device."""
        rows = np.flatnonzero(train.histories.counts)
        histories = train.histories.take(rows)
        mean = float(train.ratings.values.mean(dtype=np.float64))
        users = train.users.take(rows)
        demographic_mean = mean_of_demographics(users, len(train.occupations))
        content = film_basis(train.films)
        user_rows = torch.as_tensor(histories.user_rows, device=device)
        film_rows = torch.as_tensor(histories.film_rows.astype(np.int64), device=device)
        return cls(
            user_rows=user_rows,
            film_rows=film_rows,
            ratings=torch.as_tensor(histories.ratings - mean, device=device),
            rating_mean=mean,
            rated=SparseMatrix.from_entries(user_rows, film_rows, (len(rows), len(train.films))),
            demographics=torch.as_tensor(
                centered_demographics(users, demographic_mean), device=device
            ),
            demographic_mean=demographic_mean,
            content=torch.as_tensor(content - content.mean(axis=0), device=device),
        )

    def user_design(self, rated: SparseMatrix) -> DesignMatrix:
        """Return the inputs of the user tower, given the rated pairs that it may see."""
        return DesignMatrix(rated, _with_counts(self.demographics, rated))

    def film_design(self, rated: SparseMatrix) -> DesignMatrix:
        """Return the inputs of the film tower, given the rated pairs that it may see."""
        return DesignMatrix(rated.transpose, _with_counts(self.content, rated.transpose))


def film_basis(films: Films) -> FloatArray:
    """Return genres, span of years and scaled year of each film, [n_films, n_genres + 14]."""
    years = np.nan_to_num(films.years, nan=_YEAR_MIDDLE)
    spans = np.eye(len(_YEAR_EDGES) + 1, dtype=np.float32)
    span = spans[np.searchsorted(_YEAR_EDGES, years, side="right")]
    scaled = (years - _YEAR_MIDDLE) / _YEAR_SCALE
    return np.hstack([films.genres, span, scaled[:, None]]).astype(np.float32)


def _with_counts(side: Tensor, rated: SparseMatrix) -> Tensor:
    """Append the features of the numbers of ratings, [n, K] -> [n, K + 3]."""
    counts = count_features(rated.counts.cpu().numpy())
    return torch.cat([side, torch.as_tensor(counts, device=side.device)], dim=1)
