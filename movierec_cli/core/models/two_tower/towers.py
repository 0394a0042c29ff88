"""The weights of the two-tower while it is trained.

Notation: M members (parallel chains), U users, N films, D bias and factors, K and K' side features
of users and of films.
"""

import torch
from torch import Tensor, nn

from movierec_cli.core.models.two_tower.config import TwoTowerConfig

_AVERAGING = 0.97  # of the exponential moving average of the weights


class Towers(nn.Module):
    """The weights of both towers, and their moving averages."""

    own: Tensor
    user_tower: Tensor
    film_tower: Tensor
    own_average: Tensor
    user_tower_average: Tensor
    film_tower_average: Tensor
    steps: Tensor

    def __init__(
        self, config: TwoTowerConfig, n_user_side: int, n_film_side: int, size: tuple[int, int]
    ) -> None:
        super().__init__()
        n_users, n_films = size
        members, width = config.members, config.factors + 1
        shapes = {
            "own": n_films,  # what a film is beyond what its tower says
            "user_tower": n_films + n_user_side,
            "film_tower": n_users + n_film_side,
        }
        for name, rows in shapes.items():
            start = torch.randn(members, rows, width) * config.start
            self.register_parameter(name, nn.Parameter(start))
            self.register_buffer(f"{name}_average", start.clone())
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def weights(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return own [M, N, D], user tower [M, N + K, D] and film tower [M, U + K', D]."""
        return self.own, self.user_tower, self.film_tower

    def averages(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the moving averages of `weights`."""
        return self.own_average, self.user_tower_average, self.film_tower_average

    @torch.no_grad()
    def update_averages(self) -> None:
        """Let the averages follow the weights."""
        self.steps.add_(1)
        kept = min(_AVERAGING, 1 - 1 / float(self.steps))
        for average, weight in zip(self.averages(), self.weights(), strict=True):
            average.mul_(kept).add_(weight, alpha=1 - kept)
