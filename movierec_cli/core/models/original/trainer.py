"""The two networks of the report, as it describes them: preset ``original``.

Both see a user and a film only through features (25 numbers for a user; 20 or 403 for a film),
never through who watched what. Notation: B ratings in a batch, H `hidden_dim`, E `embedding_dim`,
J `joint_dim`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import RELEVANT_RATING, FloatArray, Ratings, Users
from movierec_cli.core.data.splits import Scenario, Split
from movierec_cli.core.models.features import film_features, user_features
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions

Weights = dict[str, FloatArray]

_VALIDATION_BATCH = 4096


@dataclass(frozen=True, eq=False)
class Examples:
    """Ratings as row numbers and values, on the device; each [n_ratings]."""

    user_rows: Tensor
    film_rows: Tensor
    ratings: Tensor

    @classmethod
    def from_ratings(cls, ratings: Ratings, device: str) -> "Examples":
        """Copy ratings to the device."""
        return cls(
            torch.as_tensor(ratings.user_rows.astype(np.int64), device=device),
            torch.as_tensor(ratings.film_rows.astype(np.int64), device=device),
            torch.as_tensor(ratings.values, device=device),
        )

    @classmethod
    def from_scenario(cls, scenario: Scenario, users: Users, device: str) -> "Examples":
        """Copy the targets of a scenario to the device; user rows are positions in ``users``."""
        targets = scenario.targets
        rows = np.searchsorted(users.ids, scenario.users.ids)
        return cls(
            torch.as_tensor(rows[targets.user_rows], device=device),
            torch.as_tensor(targets.film_rows.astype(np.int64), device=device),
            torch.as_tensor(targets.ratings, device=device),
        )

    def __len__(self) -> int:
        return len(self.ratings)

    def take(self, selection: Tensor) -> "Examples":
        """Return the examples at the positions."""
        return Examples(
            self.user_rows[selection], self.film_rows[selection], self.ratings[selection]
        )

    def batches(self, size: int, generator: torch.Generator) -> Iterator["Examples"]:
        """Yield all examples in a random order; a last batch of one is left out."""
        order = torch.randperm(len(self), generator=generator).to(self.ratings.device)
        for selection in torch.split(order, size):
            if len(selection) > 1:  # batch norm needs two
                yield self.take(selection)

    def in_order(self) -> Iterator["Examples"]:
        """Yield all examples in large batches."""
        order = torch.arange(len(self), device=self.ratings.device)
        for selection in torch.split(order, _VALIDATION_BATCH):
            yield self.take(selection)


def _tower(n_inputs: int, width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_inputs, width), nn.ReLU(), nn.BatchNorm1d(width), nn.Dropout(dropout)
    )


def _tower_weights(tower: nn.Sequential) -> Weights:
    """Copy the user tower to numpy, batch norm as scale and shift."""
    linear, _, norm, _ = tower
    assert isinstance(linear, nn.Linear)
    assert isinstance(norm, nn.BatchNorm1d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    shift = norm.bias - norm.running_mean * scale
    return _linear_weights("user_tower", linear) | {
        "user_tower.scale": _numpy(scale),
        "user_tower.shift": _numpy(shift),
    }


def _linear_weights(name: str, linear: nn.Linear) -> Weights:
    return {f"{name}.weight": _numpy(linear.weight), f"{name}.bias": _numpy(linear.bias)}


def _numpy(tensor: Tensor) -> FloatArray:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)


class TwoTowerNetwork(nn.Module):
    """Two towers, concatenated, through a head of layers that halve, to a rating."""

    def __init__(self, config: OriginalTwoTowerConfig, user_dim: int, item_dim: int) -> None:
        super().__init__()
        width = config.hidden_dim
        self.user_tower = _tower(user_dim, width, config.dropout)
        self.film_tower = _tower(item_dim, width, config.dropout)
        widths = [2 * width, width, width // 2, width // 4]
        layers: list[nn.Module] = []
        for n_inputs, n_outputs in pairwise(widths):
            layers += [nn.Linear(n_inputs, n_outputs), nn.ReLU()]
        self.head = nn.Sequential(*layers, nn.Linear(widths[-1], 1))

    def forward(self, users: Tensor, films: Tensor) -> Tensor:
        """Predict ratings: [B, user_dim], [B, item_dim] -> [B]."""
        both = torch.cat([self.user_tower(users), self.film_tower(films)], dim=1)  # [B, 2H]
        ratings: Tensor = self.head(both).squeeze(1)
        return ratings


class DnnNetwork(nn.Module):
    """Two towers into embeddings, projected to one space and added, to P(rating >= 4)."""

    def __init__(self, config: OriginalDnnConfig, user_dim: int, item_dim: int) -> None:
        super().__init__()
        hidden, embedding = config.hidden_dim, config.embedding_dim
        self.user_tower = _tower(user_dim, hidden, config.dropout)
        self.film_tower = _tower(item_dim, hidden, config.dropout)
        self.user_embedding = nn.Linear(hidden, embedding)
        self.film_embedding = nn.Linear(hidden, embedding)
        self.user_projection = nn.Linear(embedding, config.joint_dim)
        self.film_projection = nn.Linear(embedding, config.joint_dim)
        self.classifier = nn.Linear(config.joint_dim, 1)

    def embed_users(self, users: Tensor) -> Tensor:
        """[B, user_dim] -> [B, E]."""
        vectors: Tensor = self.user_embedding(self.user_tower(users))
        return vectors

    def embed_films(self, films: Tensor) -> Tensor:
        """[B, item_dim] -> [B, E]."""
        vectors: Tensor = self.film_embedding(self.film_tower(films))
        return vectors

    def classify(self, user_vectors: Tensor, film_vectors: Tensor) -> Tensor:
        """Return the logit of "rated 4 or higher": [B, E], [B, E] -> [B]."""
        joint = self.user_projection(user_vectors) + self.film_projection(film_vectors)  # [B, J]
        logits: Tensor = self.classifier(torch.relu(joint)).squeeze(1)
        return logits


class _OriginalTrainer(ABC):
    """What training the two networks has in common: the features and the batches."""

    def __init__(self, split: Split, films: FloatArray, options: TrainingOptions) -> None:
        train, device = split.train, options.device
        users = user_features(train.users, len(train.occupations))
        self.users = torch.as_tensor(users, device=device)  # [n_users, user_dim]
        self.films = torch.as_tensor(films, device=device)  # [n_films, item_dim]
        self._train = Examples.from_ratings(train.ratings, device)
        self._validation = Examples.from_scenario(split.validation, train.users, device)
        self._batch_size = options.batch_size

    module: nn.Module

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters in one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._train) // self._batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Examples]:
        """Yield the training ratings in random batches."""
        return self._train.batches(self._batch_size, generator)

    @abstractmethod
    def losses(self, batch: Examples) -> dict[str, Tensor]:
        """Return the losses of a batch."""

    def validate(self) -> dict[str, float]:
        """Return the means of the losses over the validation ratings."""
        sums: dict[str, float] = {}
        for batch in self._validation.in_order():
            for name, value in self.losses(batch).items():
                sums[name] = sums.get(name, 0.0) + float(value) * len(batch)
        return {name: total / len(self._validation) for name, total in sums.items()}


class OriginalTwoTowerTrainer(_OriginalTrainer):
    """Mean squared error on the rating."""

    monitor = Monitor(TOTAL, "lowest")

    def __init__(
        self, split: Split, config: OriginalTwoTowerConfig, options: TrainingOptions
    ) -> None:
        super().__init__(split, film_features(split.train.films), options)
        self.module: TwoTowerNetwork = TwoTowerNetwork(
            config, self.users.shape[1], self.films.shape[1]
        ).to(options.device)

    def losses(self, batch: Examples) -> dict[str, Tensor]:
        """Return the mean squared error."""
        predicted = self.module(self.users[batch.user_rows], self.films[batch.film_rows])
        return {TOTAL: functional.mse_loss(predicted, batch.ratings)}

    def export(self) -> Weights:
        """Return the weights that `OriginalTwoTower` scores with."""
        with torch.no_grad():
            film_outputs = self.module.film_tower(self.films)  # [n_films, H]
            first, *rest = [layer for layer in self.module.head if isinstance(layer, nn.Linear)]
            width = film_outputs.shape[1]
            film_part = film_outputs @ first.weight[:, width:].T + first.bias  # [n_films, H]
        weights = _tower_weights(self.module.user_tower) | {
            "user_part.weight": _numpy(first.weight[:, :width]),
            "film_part": _numpy(film_part),
        }
        for number, layer in enumerate(rest):
            weights |= _linear_weights(f"head.{number}", layer)
        return weights


class OriginalDnnTrainer(_OriginalTrainer):
    """Binary cross-entropy on "rated 4 or higher", plus gamma times the cosine trainer."""

    monitor = Monitor("accuracy", "highest")

    def __init__(
        self, split: Split, films: FloatArray, config: OriginalDnnConfig, options: TrainingOptions
    ) -> None:
        super().__init__(split, films, options)
        self._gamma = config.gamma
        self.module: DnnNetwork = DnnNetwork(config, self.users.shape[1], self.films.shape[1]).to(
            options.device
        )

    def losses(self, batch: Examples) -> dict[str, Tensor]:
        """Return the total, classifier and vector loss, and the accuracy."""
        users = self.module.embed_users(self.users[batch.user_rows])
        films = self.module.embed_films(self.films[batch.film_rows])
        logits = self.module.classify(users, films)
        liked = batch.ratings >= RELEVANT_RATING
        classifier = functional.binary_cross_entropy_with_logits(logits, liked.float())
        vector = functional.cosine_embedding_loss(users, films, liked.float() * 2 - 1)
        return {
            TOTAL: classifier + self._gamma * vector,
            "classifier_loss": classifier,
            "vector_loss": vector,
            "accuracy": ((logits > 0) == liked).float().mean(),
        }

    def export(self) -> Weights:
        """Return the weights that `OriginalDnn` scores with."""
        network = self.module
        with torch.no_grad():
            film_vectors = network.embed_films(self.films)
            film_joint = network.film_projection(film_vectors)
            normalized = functional.normalize(film_vectors, dim=1)
        return {
            **_tower_weights(network.user_tower),
            **_linear_weights("user_embedding", network.user_embedding),
            **_linear_weights("user_projection", network.user_projection),
            **_linear_weights("classifier", network.classifier),
            "film_vectors": _numpy(normalized),
            "film_joint": _numpy(film_joint),
        }
