"""Training the ``default`` of dnn: networks that map histories and films into one space.

Notation: B users in a batch, N films, d width of a member, K demographic features.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.features import demographic_basis
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.closed_form import demographic_part, graded, item_item_part
from movierec_cli.core.models.config import DnnConfig, MemberConfig
from movierec_cli.core.models.dnn import Dnn
from movierec_cli.core.models.liking import fit_liking
from movierec_cli.core.models.space import ALWAYS, WITH_HISTORY, Part, concatenate, whiten
from movierec_cli.core.training import TOTAL, Monitor


@dataclass(frozen=True, eq=False)
class Batch:
    """Some training users.

    Attributes
    ----------
    history
        [B, N], grades of the ratings as input; 0 where there is none.
    targets
        [B, N], grades of the ratings as target.
    demographics
        [B, K], centred.
    """

    history: Tensor
    targets: Tensor
    demographics: Tensor


class Member(nn.Module):
    """One network: the film vectors, and the way from a history to a user vector."""

    def __init__(self, config: MemberConfig, width: int, popularity: Tensor, n_basis: int) -> None:
        super().__init__()
        n_films = len(popularity)
        self.config = config
        self.films = nn.Parameter(torch.randn(n_films, width) * width**-0.5)  # searched
        self.history_offset = nn.Parameter(torch.zeros(n_films, width))
        self.demographics = nn.Parameter(torch.zeros(n_basis, width))
        self.constant = nn.Parameter(torch.zeros(width))
        uses_popularity = config.loss == "softmax"
        self.popularity = nn.Parameter(popularity.clone(), requires_grad=uses_popularity)
        if not uses_popularity:
            self.popularity.data.zero_()

    def forward(self, history: Tensor, demographics: Tensor) -> Tensor:
        """Score all films, each without its own part in the history: [B, N], [B, K] -> [B, N]."""
        pooled = history * (history > 0).sum(dim=1, keepdim=True).clamp(min=1).rsqrt()  # [B, N]
        vectors = self.films + self.history_offset  # [N, d]
        users = pooled @ vectors + demographics @ self.demographics + self.constant  # [B, d]
        own = pooled * (vectors * self.films).sum(dim=1)
        scores: Tensor = users @ self.films.T + self.popularity - own
        return scores

    def loss(self, batch: Batch, strangers: Tensor) -> Tensor:
        """Return the member's loss; ``strangers`` [B, 1] are shown without their history."""
        history = batch.history
        if self.config.hide > 0:
            kept = 1 - self.config.hide * torch.rand(len(history), 1, device=history.device)
            history = history * (torch.rand_like(history) < kept)
        scores = self(history.masked_fill(strangers, 0.0), batch.demographics)
        total = batch.targets.sum(dim=1).clamp(min=1e-6)
        weight = total**self.config.activity_power
        if self.config.loss == "cosine":
            losses = 1 - functional.cosine_similarity(scores, batch.targets, dim=1)
        else:
            log_share = functional.log_softmax(scores, dim=1)
            losses = -(batch.targets * log_share).sum(dim=1) / total
        return (losses * weight / weight.mean()).mean()

    def part(self) -> Part:
        """Return the trained network as a part of the space; popularity is one coordinate more."""
        with torch.no_grad():
            zeros = torch.zeros_like(self.popularity)
            columns = {
                "films": torch.cat([self.films, self.popularity[:, None]], dim=1),
                "history": torch.cat([self.films + self.history_offset, zeros[:, None]], dim=1),
                "demographics": functional.pad(self.demographics, (0, 1)),
                "constant": functional.pad(self.constant, (0, 1), value=1.0),
            }
        return Part(
            **{name: tensor.cpu().numpy() for name, tensor in columns.items()},
            weight=self.config.weight,
            gate=ALWAYS if self.config.loss == "softmax" else WITH_HISTORY,
        )


class DnnTask:
    """Trains the members of a `DnnConfig` together, and joins them with the solved parts.

    Parameters
    ----------
    train
        The ratings to train on.
    measure
        Measures a model on the validation part.
    """

    monitor = Monitor("ndcg", "highest")

    def __init__(
        self,
        train: Dataset,
        measure: Callable[[Model], Mapping[str, float]],
        config: DnnConfig,
        batch_size: int,
        seed: int,
        device: str,
    ) -> None:
        self._train, self._measure, self._config = train, measure, config
        self._batch_size, self._seed, self._device = batch_size, seed, device
        self._rows = np.flatnonzero(train.histories.counts)
        self._histories = train.histories.take(self._rows)
        prior, self._mean = demographic_part(train, config)
        self._solved = [item_item_part(train, config, seed), prior]
        basis = demographic_basis(train.users.take(self._rows), len(train.occupations))
        self._demographics = np.nan_to_num(basis - self._mean)  # [n_users, K]
        liked = train.ratings.values >= 4
        likes = np.bincount(train.ratings.film_rows[liked], minlength=len(train.films))
        popularity = torch.log1p(torch.as_tensor(likes, dtype=torch.float32))
        popularity = popularity - popularity.mean()
        self.module = nn.ModuleList(
            Member(member, config.dimension, popularity, basis.shape[1])
            for member in config.members
        ).to(device)

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return the parameters; weight decay is for film vectors only."""
        groups = []
        for member in self._members():
            vectors = [member.films, member.history_offset]
            rest = [member.demographics, member.constant, member.popularity]
            groups.append({"params": vectors, "weight_decay": member.config.weight_decay})
            groups.append({"params": rest, "weight_decay": 0.0})
        return groups

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._rows) // self._batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training users in a random order."""
        n_films = len(self._train.films)
        order = torch.randperm(len(self._rows), generator=generator).numpy()
        for start in range(0, len(order), self._batch_size):
            users = order[start : start + self._batch_size]
            histories = self._histories.take(users)
            yield Batch(
                self._tensor(graded(histories, self._config.history_grades, n_films)),
                self._tensor(graded(histories, self._config.target_grades, n_films)),
                self._tensor(self._demographics[users]),
            )

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the loss of each member and their sum."""
        shape = (len(batch.history), 1)
        strangers = torch.rand(shape, device=self._device) < self._config.stranger_share
        losses = {
            f"{member.config.loss}_loss": member.loss(batch, strangers)
            for member in self._members()
        }
        return {TOTAL: torch.stack(list(losses.values())).sum(), **losses}

    def validate(self) -> dict[str, float]:
        """Measure the model as it would be exported now."""
        return dict(self._measure(Dnn(self._weights())))

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that `Dnn` scores with."""
        return fit_liking(self._weights(), self._train, self._seed)

    def _weights(self) -> dict[str, FloatArray]:
        trained = [whiten(member.part()) for member in self._members()]
        n_films = len(self._train.films)
        return {
            **concatenate([*trained, *self._solved]),
            "demographic_mean": self._mean,
            "grades": np.array(self._config.history_grades, np.float32),
            "half_known": np.array([self._config.half_known], np.float32),
            "film_level": np.zeros(n_films, np.float32),
            "film_counts": np.zeros(n_films, np.float32),
            "liking": np.zeros(6, np.float32),
        }

    def _members(self) -> Iterator[Member]:
        for module in self.module:
            assert isinstance(module, Member)
            yield module

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.as_tensor(array, device=self._device)
