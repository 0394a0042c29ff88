"""The weights that the warm start of the two-tower trains."""

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from movierec_cli.core.models.two_tower.config import TwoTowerConfig


class Towers(nn.Module):
    """The weights of the warm start and their moving average; ``n_rows`` are rows by name.

    ``film_offset`` is the part of a film vector beyond the output of its tower; ``user_tower`` and
    ``film_tower`` have a row for each input.
    """

    def __init__(self, config: TwoTowerConfig, chains: int, n_rows: Mapping[str, int]) -> None:
        super().__init__()
        width = config.factors + 1
        scale = config.warm_start.init_scale
        self.weights = nn.ParameterDict(
            {name: torch.randn(rows, chains, width) * scale for name, rows in n_rows.items()}
        )
        decay = config.warm_start.average_decay

        def moving_average(average: Tensor, weight: Tensor, n_averaged: Tensor | int) -> Tensor:
            # the plain mean until the decay is slower
            kept = min(decay, 1 - 1 / (float(n_averaged) + 1))
            return average * kept + weight * (1 - kept)

        self.average = AveragedModel(self.weights, avg_fn=moving_average)

    @property
    def averaged(self) -> nn.ParameterDict:
        """The moving average, by the same names as ``weights``."""
        return cast(nn.ParameterDict, self.average.module)
