"""Training the ``default`` of dnn: a network that maps histories and films into one space.

Notation: B users in a batch, N films, d width of the network, K demographic features.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.data.splits import Scenario, Split
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.background import in_background
from movierec_cli.core.models.dnn.closed_form import (
    Solved,
    graded,
    grades_of,
    random_start,
    solved_parts,
)
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.ensemble import (
    WITH_HISTORY,
    Part,
    concatenate,
    scale_films,
    whiten,
)
from movierec_cli.core.models.dnn.like_head import HEAD, fit_like_head
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.dnn.temporal import moment_weights
from movierec_cli.core.models.features import N_LIKE_FEATURES, demographic_basis
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions


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
        [B, K], centered.
    """

    starts: Tensor
    user_rows: Tensor
    film_rows: Tensor
    grades: Tensor
    targets: Tensor
    demographics: Tensor


class Network(nn.Module):
    """The film vectors, and the way from a history to a user vector."""

    def __init__(self, n_films: int, width: int, n_basis: int) -> None:
        super().__init__()
        self.films = nn.Parameter(torch.randn(n_films, width) * width**-0.5)  # searched
        self.history_offset = nn.Parameter(torch.zeros(n_films, width))
        self.demographics = nn.Parameter(torch.zeros(n_basis, width))
        self.constant = nn.Parameter(torch.zeros(width))

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
        scores: Tensor = users @ self.films.T
        return scores.index_put((batch.user_rows, batch.film_rows), -own, accumulate=True)

    def part(self, weight: float) -> Part:
        """Return the trained network as a part of the space."""
        columns = {
            "films": self.films,
            "history": self.films + self.history_offset,
            "demographics": self.demographics,
            "constant": self.constant,
        }
        return Part(
            **{name: tensor.detach().cpu().numpy() for name, tensor in columns.items()},
            weight=weight,
            gate=WITH_HISTORY,
        )


class DnnTrainer:
    """Trains the network of a `DnnConfig`, and joins it with the solved parts.

    Parameters
    ----------
    split
        The network is trained on ``train``. The closed-form parts are fitted to ``full_train`` too,
        in the background; these take their place in the end.
    measure
        Measures a model in a scenario.
    """

    monitor = Monitor("ndcg", "highest")

    def __init__(
        self,
        split: Split,
        config: DnnConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
    ) -> None:
        train = split.train
        self._train, self._validation = train, split.validation
        self._config = config
        self._measure = measure
        self._batch_size, self._seed = options.batch_size, options.seed
        self._device = options.device
        self._rows = np.flatnonzero(train.histories.counts)
        self._histories = train.histories.take(self._rows)
        torch.manual_seed(self._seed)
        start = random_start(len(train.films), config)
        self._solved = solved_parts(train, config, start)
        self._complete = in_background(solved_parts, split.full_train, config, start)
        basis = demographic_basis(train.users.take(self._rows), len(train.occupations))
        self._demographics = np.nan_to_num(basis - self._solved.demographic_mean)  # [n_users, K]
        self.module = Network(len(train.films), config.dimension, basis.shape[1])
        self.module.to(self._device)

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters as one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._rows) // self._batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training users in a random order, of some of them only one moment."""
        config, n_films = self._config, len(self._train.films)
        order = torch.randperm(len(self._rows), generator=generator).numpy()
        for start in range(0, len(order), self._batch_size):
            users = order[start : start + self._batch_size]
            histories = self._histories.take(users)
            nearness = self._nearness(histories, generator)
            targets = graded(histories, config.target_grades, n_films)
            targets[histories.user_rows, histories.film_rows] *= nearness
            yield Batch(
                starts=self._tensor(histories.indptr),
                user_rows=self._tensor(histories.user_rows),
                film_rows=self._tensor(histories.film_rows.astype(np.int64)),
                grades=self._tensor(grades_of(histories, config.history_grades) * nearness),
                targets=self._tensor(targets),
                demographics=self._tensor(self._demographics[users]),
            )

    def _nearness(self, histories: Histories, generator: torch.Generator) -> FloatArray:
        """Return how much each rating counts, [nnz]: all alike, or by its user's moment."""
        config, n_users = self._config, len(histories)
        shown, moment = torch.rand(2, n_users, generator=generator).numpy()
        near = moment_weights(histories, moment, config.moment_seconds)
        one_moment = (shown < config.moment_share)[histories.user_rows]
        return np.where(one_moment, near, np.float32(1))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return one minus the cosine between scores and targets, the mean over the users.

        Some users are strangers: shown without their history.
        """
        chance = torch.rand(len(batch.targets), device=self._device)
        strangers = chance < self._config.stranger_share
        scores = self.module(batch, batch.grades.masked_fill(strangers[batch.user_rows], 0.0))
        return {TOTAL: (1 - functional.cosine_similarity(scores, batch.targets, dim=1)).mean()}

    def validate(self) -> dict[str, float]:
        """Measure the model as it would be exported now."""
        return dict(self._measure(Dnn(self._weights(self._solved)), self._validation))

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that `Dnn` scores with.

        The head is fitted with what was solved without the validation part, for on that part it is
        fitted; what was solved with all ratings takes its place only then.
        """
        without = self._weights(self._solved)
        head = fit_like_head(without, self._train, self._validation, self._seed)
        complete = self._weights(self._complete.result())
        return {**complete, **{name: head[name] for name in HEAD}}

    def _weights(self, solved: Solved) -> dict[str, FloatArray]:
        trained = whiten(self.module.part(self._config.trained_weight))
        n_films = len(self._train.films)
        return {
            **concatenate([scale_films(trained, solved.film_scales), *solved.parts]),
            "demographic_mean": solved.demographic_mean,
            "grades": np.array(self._config.history_grades, np.float32),
            "half_known": np.array([self._config.half_known], np.float32),
            "film_level": np.zeros(n_films, np.float32),
            "film_counts": np.zeros(n_films, np.float32),
            "like_head": np.zeros(N_LIKE_FEATURES + 1, np.float32),
        }

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)
