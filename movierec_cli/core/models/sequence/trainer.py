"""Training of the sequence model, in the order of the methods below.

1. Fit the closed-form parts, recency and transitions, to the training part.
2. Train the transformer to predict the next film at every place of a window.
3. Choose the weights of the parts on the validation part.
4. Replace the closed-form parts by those of training and validation part together.

Notation: B users in a batch, L places, R ranked films.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.data.ordering import unordered
from movierec_cli.core.data.scenarios import NEXT, Scenario
from movierec_cli.core.data.splits import Split
from movierec_cli.core.errors import DataError
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.sequence.config import SequenceConfig
from movierec_cli.core.models.sequence.film_pairs import fit_ease, fit_transitions
from movierec_cli.core.models.sequence.loss import next_film_loss
from movierec_cli.core.models.sequence.model import Sequence, ranked
from movierec_cli.core.models.sequence.network import Network
from movierec_cli.core.models.sequence.windows import Windows, sample_windows
from movierec_cli.core.models.topk import list_gain
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions, check_fields

_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Weights of transitions and transformer that are tried, beside 1 for recency."""

_FEWEST = 3  # films of the longest history
_LIST = 10  # films of the list that they are chosen by
_MOST_USERS = 1_000  # that validate
_BLOCK = 256  # users scored at once
_USERS_OF_AN_EPOCH = 400  # of them, after each epoch


class SequenceTrainer:
    """Trainer of a `Sequence`; ``measure`` returns the metrics of a model in a scenario.

    Raises
    ------
    DataError
        If no history has three films: two to train on, and one to validate.
    """

    monitor = Monitor("ndcg", "highest")

    # Step 1: closed-form parts

    def __init__(
        self,
        split: Split,
        config: SequenceConfig,
        options: TrainingOptions,
        measure: Callable[[Model, Scenario], Mapping[str, float]],
    ) -> None:
        check_fields(options, positive="batch_size")
        self._split, self._config, self._options = split, config, options
        self._measure = measure
        ratings = split.full_train.ratings
        self._popularity = np.bincount(ratings.film_rows, minlength=len(split.full_train.films))
        by_popularity = np.argsort(-self._popularity, kind="stable")
        self._rows = np.sort(by_popularity[: config.most_films])
        longest = self._ranked(split.full_train.histories).counts.max(initial=0)
        name = split.full_train.name
        if longest < _FEWEST:
            raise DataError(
                f"No training history of {name} has {_FEWEST} films: too few to learn from their "
                "order.",
                f"Train a model that needs none: movierec train dnn --dataset {name}",
            )
        self._histories = self._ranked(split.train.histories)
        self._closed_form = self._fit_closed_form(self._histories)
        validating = np.random.default_rng(options.seed).permutation(len(split.validation.users))
        self._validation = split.validation.take(np.sort(validating[:_MOST_USERS]), NEXT)
        if not config.ORDERED:
            histories = unordered(self._validation.histories)
            self._validation = replace(self._validation, histories=histories)
        torch.manual_seed(options.seed)
        self.module = Network(len(self._rows), config.transformer).to(options.device)

    def _ranked(self, histories: Histories) -> Histories:
        """Return training histories of the ranked films, all tied for the unordered model."""
        return ranked(histories if self._config.ORDERED else unordered(histories), self._rows)

    def _fit_closed_form(self, histories: Histories) -> dict[str, FloatArray]:
        config, n_films = self._config, len(self._rows)
        return {
            "ease": fit_ease(histories, n_films, config.recency),
            "transitions": fit_transitions(
                histories, n_films, config.transitions, self._options.seed
            ),
        }

    # Step 2: transformer

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters of the transformer as one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        n_users = np.count_nonzero(self._histories.counts > 1)
        most = self._config.transformer.users_per_epoch
        return -(-min(int(n_users), most) // self._options.batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Windows]:
        """Yield windows of random users, at random places, with ties in a random order."""
        config = self._config.transformer
        seed = int(torch.randint(2**62, (1,), generator=generator))
        yield from sample_windows(
            self._histories,
            config.window,
            config.users_per_epoch,
            self._options.batch_size,
            np.random.default_rng(seed),
        )

    def losses(self, windows: Windows) -> dict[str, Tensor]:
        """Return the cross-entropy of the next film, the mean over all places."""
        states = self.module(self._tensor(windows.films))[self._tensor(windows.is_film)]
        places, films = map(self._tensor, windows.seen())
        next_films = self._tensor(windows.next_films[windows.is_film])
        network = self.module
        loss = next_film_loss(states, network.films, network.film_bias, (places, films), next_films)
        return {TOTAL: loss}

    def validate(self) -> dict[str, float]:
        """Measure the transformer alone, with one order of ties, on some validation users."""
        model = self._model(self._closed_form, (0.0, 0.0, 1.0), tie_orders=1)
        few = np.arange(min(_USERS_OF_AN_EPOCH, len(self._validation.users)))
        return dict(self._measure(model, self._validation.take(few, self._validation.name)))

    # Steps 3 and 4: weights of the parts, and export

    def export(self) -> dict[str, FloatArray]:
        """Return the weights of the `Sequence`."""
        config = self._config
        part_weights = self._choose_weights()
        histories = self._ranked(self._split.full_train.histories)
        model = self._model(
            self._fit_closed_form(histories), part_weights, config.transformer.tie_orders
        )
        return dict(model.weights)

    def _choose_weights(self) -> tuple[float, ...]:
        """Return the weights of the parts with the highest gain on the validation users."""
        tie_orders = self._config.transformer.tie_orders
        model = self._model(self._closed_form, (1.0, 1.0, 1.0), tie_orders)
        tried = [(1.0, *pair) for pair in product(_WEIGHTS, _WEIGHTS)]
        gains = np.zeros(len(tried))
        users = np.arange(len(self._validation.users))
        for block in np.split(users, users[_BLOCK::_BLOCK]):
            known = ranked(self._validation.histories.take(block), self._rows)
            targets = ranked(self._validation.targets.take(block), self._rows)
            parts = model.part_scores(known)
            for number, weights in enumerate(tried):
                scores = np.tensordot(np.array(weights, np.float32), parts, axes=1)
                scores[known.user_rows, known.film_rows] = -np.inf
                gains[number] += list_gain(scores, targets, _LIST)
        return tried[int(np.argmax(gains))]

    def _model(
        self,
        closed_form: Mapping[str, FloatArray],
        part_weights: tuple[float, ...],
        tie_orders: int,
    ) -> Sequence:
        config, transformer = self._config, self._config.transformer
        decays = [config.recency.decay, config.transitions.decay]
        return Sequence(
            {
                **closed_form,
                **self.module.arrays(),
                "popularity": self._popularity.astype(np.float32),
                "film_rows": self._rows.astype(np.float32),
                "lag_decays": np.array(decays, np.float32),
                "lag_floor": np.array([config.recency.floor], np.float32),
                "part_weights": np.array(part_weights, np.float32),
                "tie_orders": np.array([tie_orders], np.float32),
                "heads": np.array([transformer.heads], np.float32),
                "input_scale": np.array([transformer.input_scale], np.float32),
            }
        )

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._options.device)
