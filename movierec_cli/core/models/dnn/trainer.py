"""Training of the dnn, in the order of the methods below.

1. Fit the closed-form components to the training part; in a background thread, to all ratings.
2. Train the network, one more component, with the cosine between scores and weighted ratings;
   the weights of the last epoch are kept.
3. Whiten the components and concatenate them into one joint embedding space.
4. Fit the like head to the validation part, with the components of the training part.
5. Replace the closed-form components by those of all ratings.

Notation: B users in a batch, N films, d width of the network, K demographic features.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.data.splits import Scenario, Split
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
from movierec_cli.core.models.dnn.model import Dnn, history_shares, history_weights
from movierec_cli.core.models.features import centered_demographics, dense_history
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions


@dataclass(frozen=True, eq=False)
class Batch:
    """Some training users; 0 for films not rated."""

    histories: Tensor  # [B, N], the shares of the rated films
    targets: Tensor  # [B, N], the weights of the ratings
    demographics: Tensor  # [B, K], centered


class Network(nn.Module):
    """The trained component."""

    def __init__(self, n_films: int, width: int, n_features: int) -> None:
        super().__init__()
        self.films = nn.Parameter(torch.randn(n_films, width) * width**-0.5)
        self.history_offset = nn.Parameter(torch.zeros(n_films, width))
        self.demographics = nn.Parameter(torch.zeros(n_features, width))
        self.constant = nn.Parameter(torch.zeros(width))

    def forward(self, histories: Tensor, demographics: Tensor) -> Tensor:
        """Score all films, each without its own part in the history, [B, N]."""
        # (S H + D A + b) F' - S diag(H F'), with H = F + offset
        history_vectors = self.films + self.history_offset
        users = histories @ history_vectors + demographics @ self.demographics + self.constant
        own_parts = histories * (history_vectors * self.films).sum(dim=1)
        scores: Tensor = users @ self.films.T - own_parts
        return scores

    def component(self, weight: float) -> Component:
        """Return the network as a component of the joint embedding space."""
        parameters = {
            "film_vectors": self.films,
            "history_vectors": self.films + self.history_offset,
            "demographic_vectors": self.demographics,
            "constant": self.constant,
        }
        arrays = {name: tensor.detach().cpu().numpy() for name, tensor in parameters.items()}
        return Component(**arrays, weight=weight, gate=WITH_HISTORY)


class DnnTrainer:
    """Trainer of a `Dnn`; ``measure`` returns the metrics of a model in a scenario."""

    monitor = Monitor("ndcg", "highest")

    def __init__(
        self,
        split: Split,
        config: DnnConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
    ) -> None:
        self._split, self._config, self._options = split, config, options
        self._measure = measure
        train, seed = split.train, options.seed
        self._rows = np.flatnonzero(train.histories.counts)
        self._closed_form = fit_closed_form(train, config, seed)
        executor = ThreadPoolExecutor(1, "movierec")
        self._refit = executor.submit(fit_closed_form, split.full_train, config, seed)
        executor.shutdown(wait=False)
        torch.manual_seed(seed)
        n_features = len(self._closed_form.demographic_mean)
        self.module = Network(len(train.films), config.network.dimension, n_features)
        self.module.to(options.device)

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters as one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._rows) // self._options.batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training users in a random order, some of them with one sitting only."""
        train, rating_weights = self._split.train, self._config.rating_weights
        mean, n_films = self._closed_form.demographic_mean, len(self._split.train.films)
        order = self._rows[torch.randperm(len(self._rows), generator=generator).numpy()]
        for start in range(0, len(order), self._options.batch_size):
            rows = order[start : start + self._options.batch_size]
            histories = train.histories.take(rows)
            nearness = self._nearness(histories, generator)
            shares = history_shares(histories, rating_weights) * nearness
            weights = history_weights(histories, rating_weights) * nearness
            yield Batch(
                histories=self._tensor(dense_history(histories, n_films, shares)),
                targets=self._tensor(dense_history(histories, n_films, weights)),
                demographics=self._tensor(centered_demographics(train.users.take(rows), mean)),
            )

    def _nearness(self, histories: Histories, generator: torch.Generator) -> FloatArray:
        """Return the time decay of each rating from one of its user, or 1, [n_entries]."""
        config, users = self._config, histories.user_rows
        shown, place = torch.rand(2, len(histories), generator=generator).numpy()
        chosen = histories.indptr[:-1] + (place * histories.counts).astype(np.int64)
        times = histories.timestamps[np.minimum(chosen, histories.indptr[1:] - 1)]
        gaps = np.abs(histories.timestamps - times[users]).astype(np.float32)
        decay = 1 / (1 + gaps / np.float32(config.item_item.temporal.half_seconds))
        return np.where((shown < config.network.sitting_share)[users], decay, np.float32(1))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return one minus the cosine between scores and targets, the mean over the users.

        Some users are scored without their history, which regularizes the network.
        """
        shape = (len(batch.histories), 1)
        is_hidden = (
            torch.rand(shape, device=batch.histories.device) < self._config.network.hidden_share
        )
        scores = self.module(batch.histories.masked_fill(is_hidden, 0.0), batch.demographics)
        cosine = functional.cosine_similarity(scores, batch.targets, dim=1)
        return {TOTAL: (1 - cosine).mean()}

    def validate(self) -> dict[str, float]:
        """Measure the joint embedding space of now on the validation part."""
        return dict(self._measure(self._model(self._closed_form), self._split.validation))

    def export(self) -> dict[str, FloatArray]:
        """Return the weights of the `Dnn`."""
        model = self._model(self._closed_form)
        head = fit_like_head(
            lambda histories, users: model.score(histories, users).score,
            self._split.train,
            self._split.validation,
            self._options.seed,
        )
        return {**self._model(self._refit.result()).weights, **head}

    def _model(self, closed_form: ClosedFormFit) -> Dnn:
        """Return the model with these closed-form components and a like head of zeros."""
        config, n_films = self._config, len(self._split.train.films)
        network = whiten(self.module.component(config.network.weight))
        components = [
            scale_films(network, closed_form.film_scales),
            closed_form.item_item,
            closed_form.cold_start,
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
