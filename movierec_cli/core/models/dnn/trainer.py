"""Training of the dnn, in the order of the methods below.

1. Fit the closed-form components to the training part; in a background thread, to all ratings,
   unless the validation part is less than a hundredth of them.
2. Train the network, one more component, with the cosine between scores and weighted ratings;
   the weights of the last epoch are kept.
3. Whiten the components and concatenate them into one joint embedding space.
4. Fit the like head to the validation part, with the components of the training part.
5. Replace the closed-form components by those of all ratings.
6. For the holdout ``time``, add recent popularity if it helps on the validation part.

Notation: B users in a batch and the R films that they rated, N films, d width of the network, K
demographic features.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.data.scenarios import LATER, Scenario
from movierec_cli.core.data.splits import Split
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.closed_form import ClosedFormFit, fit_closed_form
from movierec_cli.core.models.dnn.components import (
    WITH_HISTORY,
    Component,
    concatenate,
    scale_films,
    whiten,
)
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.like_head import fit_like_head
from movierec_cli.core.models.dnn.memory import exact_films, exactness
from movierec_cli.core.models.dnn.model import Dnn, history_weights
from movierec_cli.core.models.dnn.recent import recent_component
from movierec_cli.core.models.features import centered_demographics, renumbered
from movierec_cli.core.models.ordered_baselines import PRIOR_WEIGHTS
from movierec_cli.core.models.sparse import SparseMatrix, with_rows
from movierec_cli.core.parallel.group import group
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions

_SMALLEST = 1e-12  # product of squared lengths, where a user has no targets
_FEW = 0.01  # share of the ratings that the closed-form components may lack


@dataclass(frozen=True, eq=False)
class Batch:
    """Some training users, B of them in this process."""

    n_users: int  # in all processes
    films: Tensor  # [R], the rows of the films that they rated
    rated: SparseMatrix  # [B, R], the films that each rated
    targets: Tensor  # [nnz], t: the weights of the ratings
    input_scales: Tensor  # [B, 1], r: the histories are r t; 0 for users shown without a history
    demographics: Tensor  # [B, K], a: centered


class Network(nn.Module):
    """The trained component: one vector for each film, in histories and among the scored films."""

    def __init__(self, n_films: int, width: int, n_features: int) -> None:
        super().__init__()
        self.films = nn.Parameter(torch.randn(n_films, width) * width**-0.5)
        self.demographics = nn.Parameter(torch.zeros(n_features, width))
        self.constant = nn.Parameter(torch.zeros(width))

    def forward(self, batch: Batch) -> Tensor:
        """Return the cosine between the scores and the targets of each user, [B].

        A film is scored without its own part in the history. The scores [B, N] are not formed.
        """
        # s = F u - r t c, with u = r F't + A'a + b, c_i = |f_i|^2, and products by film.
        # With P = F't and O = (c F)'t, all sums over the rated films alone:
        #   s . t = u . P - r sum t^2 c,    |s|^2 = |Fu|^2 - 2 r u . O + r^2 sum t^2 c^2
        every, films = with_rows(self.films, batch.films)  # [N, d] and [R, d], the rated ones
        own = films.square().sum(dim=1, keepdim=True)  # c, [R, 1]
        of_targets, of_own = (
            batch.rated.spmm(vectors, batch.targets) for vectors in (films, own * films)
        )
        powers = torch.cat([own, own.square(), torch.ones_like(own)], dim=1)
        own_sum, own_squared, length = batch.rated.spmm(powers, batch.targets.square()).T
        scale = batch.input_scales[:, 0]
        users = batch.input_scales * of_targets + batch.demographics @ self.demographics
        users = users + self.constant
        product = (users * of_targets).sum(dim=1) - scale * own_sum
        squared = (
            _squared_lengths(every, users)
            - 2 * scale * (users * of_own).sum(dim=1)
            + scale.square() * own_squared
        )
        cosine: Tensor = product / (squared * length).clamp(min=_SMALLEST).sqrt()
        return cosine

    def component(self, weight: float) -> Component:
        """Return the network as a component of the joint embedding space."""
        films, demographics, constant = (
            parameter.detach().cpu().numpy()
            for parameter in (self.films, self.demographics, self.constant)
        )
        return Component(films, films, demographics, constant, weight, WITH_HISTORY)


def users_in_a_batch(n_users: int) -> int:
    """Return the batch size for ``n_users`` training users.

    An epoch has 25 batches of up to 512 users, or fewer of 32. More users make more batches, at
    most 100; from there on they make larger ones.
    """
    batches = min(max(n_users // 512, 25), 100)
    return max(math.ceil(n_users / batches), 32)


def _squared_lengths(films: Tensor, users: Tensor) -> Tensor:
    """Return |F u|^2 for each user, [N, d] and [B, d] -> [B]."""
    if len(users) < users.shape[1]:
        return (users @ films.T).square().sum(dim=1)
    return ((users @ (films.T @ films)) * users).sum(dim=1)


class DnnTrainer:
    """Trainer of a `Dnn`; ``measure`` returns the metrics of a model in a scenario."""

    monitor = Monitor("ndcg", "highest")

    def __init__(
        self,
        split: Split,
        config: DnnConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
        solved: Mapping[str, FloatArray] | None = None,
        progress: Progress = SILENT,
    ) -> None:
        self._split, self._config, self._options = split, config, options
        self._measure = measure
        train, seed = split.train, options.seed
        self._rows = np.flatnonzero(train.histories.counts)
        self._batch_size = options.batch_size or users_in_a_batch(len(self._rows))
        self._head = exact_films(options.memory, len(split.full_train.ratings), len(train.films))
        if solved:
            self._closed_form = ClosedFormFit.from_arrays(solved, config)
        else:
            self._closed_form = fit_closed_form(train, config, seed, self._head, progress)
        n_left_out = len(split.full_train.ratings) - len(train.ratings)
        self._refit: Callable[[], ClosedFormFit] = lambda: self._closed_form
        if n_left_out >= _FEW * len(split.full_train.ratings):
            fitted = (split.full_train, config, seed, self._head)
            self._refit = group().later(partial(fit_closed_form, *fitted))
        torch.manual_seed(seed)
        n_features = len(self._closed_form.demographic_mean)
        self.module = Network(len(train.films), config.network.dimension, n_features)
        self.module.to(options.device)

    @property
    def inputs(self) -> dict[str, str]:
        """The films of exact and of approximated solutions, for the manifest of a run."""
        return exactness(len(self._rows), len(self._split.train.films), self._head)

    @property
    def solved(self) -> dict[str, FloatArray]:
        """The closed-form components of the training part, to continue the training with."""
        return self._closed_form.arrays()

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters as one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._rows) // self._batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training users in a random order.

        Some are shown with one sitting only, or without a history, which regularizes the network.
        """
        train, rating_weights = self._split.train, self._config.rating_weights
        mean, n_films = self._closed_form.demographic_mean, len(self._split.train.films)
        hidden_share = self._config.network.hidden_share
        order = self._rows[torch.randperm(len(self._rows), generator=generator).numpy()]
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            n_users, own = len(rows), group().share(len(rows))
            sittings = torch.rand(2, n_users, generator=generator).numpy()[:, own]
            shown = torch.rand(n_users, generator=generator).numpy()[own] >= hidden_share
            rows = rows[own]
            histories = train.histories.take(rows)
            films, columns = renumbered(histories.film_rows, n_films)
            nearness = self._nearness(histories, *sittings)
            weights = history_weights(histories, rating_weights) * nearness
            scales = shown / np.sqrt(histories.counts)
            yield Batch(
                n_users=n_users,
                films=torch.as_tensor(films, device=self._options.device),
                rated=SparseMatrix.from_rows(
                    histories.indptr, columns, len(films), self._options.device
                ),
                targets=self._tensor(weights),
                input_scales=self._tensor(scales.astype(np.float32)[:, None]),
                demographics=self._tensor(centered_demographics(train.users.take(rows), mean)),
            )

    def _nearness(self, histories: Histories, shown: FloatArray, place: FloatArray) -> FloatArray:
        """Return the time decay of each rating from one of its user, or 1, [n_entries].

        Two random numbers of each user, 0..1, decide about the sitting and choose it.
        """
        config, users = self._config, histories.user_rows
        chosen = histories.indptr[:-1] + (place * histories.counts).astype(np.int64)
        gaps = np.abs(histories.timestamps - histories.timestamps[chosen][users]).astype(np.float32)
        decay = 1 / (1 + gaps / np.float32(config.item_item.temporal.half_seconds))
        return np.where((shown < config.network.sitting_share)[users], decay, np.float32(1))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return one minus the cosine between scores and targets, the mean over the users."""
        return {TOTAL: (1 - self.module(batch)).sum() / batch.n_users}

    def validate(self) -> dict[str, float]:
        """Measure the joint embedding space of now on the validation part."""
        return dict(self._measure(self._model(self._closed_form), self._split.validation))

    def export(self) -> dict[str, FloatArray]:
        """Return the weights of the `Dnn`."""
        weight = self._choose_recent_weight()
        model = self._model(self._closed_form, self._recent(self._split.train, weight))
        head = fit_like_head(
            lambda histories, users: model.score(histories, users).score,
            self._split.train,
            self._split.validation,
            self._options.seed,
        )
        recent = self._recent(self._split.full_train, weight)
        return {**self._model(self._refit(), recent).weights, **head}

    def _choose_recent_weight(self) -> float:
        """Return the weight of recent popularity, 0 where no later films are asked for."""
        train, validation = self._split.train, self._split.validation
        if validation.name != LATER:
            return 0.0
        figures = {}
        for weight in PRIOR_WEIGHTS:
            model = self._model(self._closed_form, self._recent(train, weight))
            figures[weight] = self._measure(model, validation)[self.monitor.name]
        return max(figures, key=lambda weight: figures[weight])

    def _recent(self, train: Dataset, weight: float) -> list[Component]:
        return recent_component(train, len(self._closed_form.demographic_mean), weight)

    def _model(self, closed_form: ClosedFormFit, more: Sequence[Component] = ()) -> Dnn:
        """Return the model with these closed-form components, more, and a like head of zeros."""
        config, n_films = self._config, len(self._split.train.films)
        network = whiten(self.module.component(config.network.weight))
        components = [
            scale_films(network, closed_form.film_scales),
            closed_form.item_item,
            closed_form.cold_start,
            *more,
        ]
        return Dnn(
            {
                **concatenate(components),
                "demographic_mean": closed_form.demographic_mean,
                "rating_weights": np.array(config.rating_weights, np.float32),
                "half_saturation": np.array([config.half_saturation], np.float32),
                "like_head": np.zeros(9, np.float32),
                "film_level": np.zeros(n_films, np.float32),
                "film_counts": np.zeros(n_films, np.float32),
            }
        )

    def _tensor(self, array: FloatArray) -> Tensor:
        return torch.as_tensor(array, device=self._options.device)
