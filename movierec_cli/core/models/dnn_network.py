"""Training the ``default`` of dnn: networks that map histories and films into one space.

Notation: B users in a batch, N films, d width of a member, K demographic features.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.splits import Scenario
from movierec_cli.core.features import N_LIKING_FEATURES, demographic_basis
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.closed_form import graded, grades_of, solved_parts
from movierec_cli.core.models.config import DnnConfig, MemberConfig
from movierec_cli.core.models.dnn import Dnn
from movierec_cli.core.models.liking import fit_liking
from movierec_cli.core.models.space import WITH_HISTORY, Part, concatenate, whiten
from movierec_cli.core.training import TOTAL, Monitor


@dataclass(frozen=True, eq=False)
class Batch:
    """Some training users; nnz ratings between them.

    Attributes
    ----------
    starts
        [B + 1], where the ratings of each user start.
    user_rows, film_rows
        [nnz], user in the batch and film of each rating.
    grades
        [nnz], what each rating counts as input.
    targets
        [B, N], what each rating counts as target; 0 where there is none.
    demographics
        [B, K], centred.
    """

    starts: Tensor
    user_rows: Tensor
    film_rows: Tensor
    grades: Tensor
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

    def forward(self, batch: Batch, grades: Tensor) -> Tensor:
        """Score all films, each without its own part in the history, [B, N].

        ``grades`` [nnz] are those of the batch; 0 for what is hidden.
        """
        n_users = len(batch.targets)
        shown = torch.zeros(n_users, device=grades.device)
        shown = shown.index_add(0, batch.user_rows, (grades > 0).float())
        shares = grades * shown.clamp(min=1).rsqrt()[batch.user_rows]  # [nnz]
        vectors = self.films + self.history_offset  # [N, d]
        pooled = functional.embedding_bag(
            batch.film_rows,
            vectors,
            batch.starts,
            mode="sum",
            per_sample_weights=shares,
            include_last_offset=True,
        )
        users = pooled + batch.demographics @ self.demographics + self.constant  # [B, d]
        own = shares * (vectors * self.films).sum(dim=1)[batch.film_rows]  # [nnz]
        scores: Tensor = users @ self.films.T + self.popularity
        return scores.index_put((batch.user_rows, batch.film_rows), -own, accumulate=True)

    def loss(self, batch: Batch, strangers: Tensor) -> Tensor:
        """Return the member's loss; ``strangers`` [B] bool are shown without their history."""
        scores = self(batch, batch.grades.masked_fill(strangers[batch.user_rows], 0.0))
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
            gate=WITH_HISTORY,
        )


class DnnTask:
    """Trains the members of a `DnnConfig` together, and joins them with the solved parts.

    Parameters
    ----------
    train
        The ratings to train on.
    unseen
        The validation part.
    measure
        Measures a model in a scenario.
    """

    monitor = Monitor("ndcg", "highest")

    def __init__(
        self,
        train: Dataset,
        unseen: Scenario,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
        config: DnnConfig,
        batch_size: int,
        seed: int,
        device: str,
    ) -> None:
        self._train, self._unseen, self._config = train, unseen, config
        self._measure = measure
        self._batch_size, self._seed, self._device = batch_size, seed, device
        self._rows = np.flatnonzero(train.histories.counts)
        self._histories = train.histories.take(self._rows)
        self._solved, self._mean = solved_parts(train, config, seed)
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
                starts=self._tensor(histories.indptr),
                user_rows=self._tensor(histories.user_rows),
                film_rows=self._tensor(histories.film_rows.astype(np.int64)),
                grades=self._tensor(grades_of(histories, self._config.history_grades)),
                targets=self._tensor(graded(histories, self._config.target_grades, n_films)),
                demographics=self._tensor(self._demographics[users]),
            )

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the loss of each member and their sum."""
        chance = torch.rand(len(batch.targets), device=self._device)
        strangers = chance < self._config.stranger_share
        losses = {
            f"{member.config.loss}_loss": member.loss(batch, strangers)
            for member in self._members()
        }
        return {TOTAL: torch.stack(list(losses.values())).sum(), **losses}

    def validate(self) -> dict[str, float]:
        """Measure the model as it would be exported now."""
        return dict(self._measure(Dnn(self._weights()), self._unseen))

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that `Dnn` scores with."""
        return fit_liking(self._weights(), self._train, self._unseen, self._seed)

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
            "liking": np.zeros(N_LIKING_FEATURES + 1, np.float32),
        }

    def _members(self) -> Iterator[Member]:
        for module in self.module:
            assert isinstance(module, Member)
            yield module

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)
