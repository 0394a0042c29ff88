"""Training of the two original networks: preset ``original``.

1. Inputs: 25 features of a user; 20 of a film for the two-tower, 403 with its title for the dnn.
2. Networks: two towers and a head (`TwoTowerNetwork`), or two towers, embeddings and a joint space
   (`DnnNetwork`), with their losses.
3. Export: batch norm becomes a scale and a shift; the parts of the films are computed once.
4. Training: batches of ratings, Adam.

The kept weights are those of the epoch with the best monitored figure on the validation users: the
lowest loss for the two-tower, the highest accuracy for the dnn.

Notation: B ratings in a batch, H hidden width, E embedding width, J joint width.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import TensorDataset

from movierec_cli.core.data.dataset import RELEVANT_RATING, FloatArray
from movierec_cli.core.data.splits import Split
from movierec_cli.core.models.features import user_features
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.training.loop import TOTAL, Monitor
from movierec_cli.core.training.options import TrainingOptions, check_fields

Weights = dict[str, FloatArray]

Batch = tuple[Tensor, ...]
"""User rows, film rows and ratings, [B] each."""

_VALIDATION_BATCH = 4096

# Step 2: networks


def _tower(n_inputs: int, width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_inputs, width), nn.ReLU(), nn.BatchNorm1d(width), nn.Dropout(dropout)
    )


class TwoTowerNetwork(nn.Module):
    """Two towers, their concatenation, and a head of narrowing layers that gives the rating."""

    monitor = Monitor(TOTAL, "lowest")

    def __init__(
        self, config: OriginalTwoTowerConfig, user_dim: int, item_dim: int, lowest_rating: float
    ) -> None:
        super().__init__()
        self.lowest_rating = lowest_rating
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

    def losses(self, users: Tensor, films: Tensor, ratings: Tensor) -> dict[str, Tensor]:
        """Return the mean squared error of the rating."""
        return {TOTAL: functional.mse_loss(self(users, films), ratings)}

    def export(self, films: Tensor) -> Weights:
        """Return the weights of `OriginalTwoTower`."""
        film_outputs = self.film_tower(films)  # [n_films, H]
        first, *rest = [layer for layer in self.head if isinstance(layer, nn.Linear)]
        width = film_outputs.shape[1]
        weights = _tower_weights(self.user_tower) | {
            "user_part.weight": _numpy(first.weight[:, :width]),
            "film_part": _numpy(film_outputs @ first.weight[:, width:].T + first.bias),
            "lowest_rating": np.array([self.lowest_rating], np.float32),
        }
        for number, layer in enumerate(rest):
            weights |= _linear_weights(f"head.{number}", layer)
        return weights


class DnnNetwork(nn.Module):
    """Two towers, embeddings, and a classifier on the sum of their projections."""

    monitor = Monitor("accuracy", "highest")

    def __init__(self, config: OriginalDnnConfig, user_dim: int, item_dim: int) -> None:
        super().__init__()
        hidden, embedding = config.hidden_dim, config.embedding_dim
        self.gamma = config.gamma
        self.user_tower = _tower(user_dim, hidden, config.dropout)
        self.film_tower = _tower(item_dim, hidden, config.dropout)
        self.user_embedding = nn.Linear(hidden, embedding)
        self.film_embedding = nn.Linear(hidden, embedding)
        self.user_projection = nn.Linear(embedding, config.joint_dim)
        self.film_projection = nn.Linear(embedding, config.joint_dim)
        self.classifier = nn.Linear(config.joint_dim, 1)

    def forward(self, users: Tensor, films: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return both embeddings [B, E], and the log odds of a rating of 4 or 5, [B]."""
        user_vectors = self.user_embedding(self.user_tower(users))
        film_vectors = self.film_embedding(self.film_tower(films))
        joint = self.user_projection(user_vectors) + self.film_projection(film_vectors)  # [B, J]
        return user_vectors, film_vectors, self.classifier(torch.relu(joint)).squeeze(1)

    def losses(self, users: Tensor, films: Tensor, ratings: Tensor) -> dict[str, Tensor]:
        """Return the total, classifier and cosine loss, and the accuracy."""
        # loss = cross-entropy(P(rating >= 4)) + gamma * cosine loss(e(user), e(film), liked or not)
        user_vectors, film_vectors, logits = self(users, films)
        liked = ratings >= RELEVANT_RATING
        classifier = functional.binary_cross_entropy_with_logits(logits, liked.float())
        vector = functional.cosine_embedding_loss(user_vectors, film_vectors, liked.float() * 2 - 1)
        return {
            TOTAL: classifier + self.gamma * vector,
            "classifier_loss": classifier,
            "vector_loss": vector,
            "accuracy": ((logits > 0) == liked).float().mean(),
        }

    def export(self, films: Tensor) -> Weights:
        """Return the weights of `OriginalDnn`."""
        film_vectors = self.film_embedding(self.film_tower(films))
        return {
            **_tower_weights(self.user_tower),
            **_linear_weights("user_embedding", self.user_embedding),
            **_linear_weights("user_projection", self.user_projection),
            **_linear_weights("classifier", self.classifier),
            "film_vectors": _numpy(functional.normalize(film_vectors, dim=1)),
            "film_joint": _numpy(self.film_projection(film_vectors)),
        }


# Step 3: export


def _tower_weights(tower: nn.Sequential) -> Weights:
    """Copy the user tower to numpy, with batch norm as a scale and a shift."""
    linear, norm = cast(nn.Linear, tower[0]), cast(nn.BatchNorm1d, tower[2])
    mean, variance = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    scale = norm.weight / torch.sqrt(variance + norm.eps)
    return _linear_weights("user_tower", linear) | {
        "user_tower.scale": _numpy(scale),
        "user_tower.shift": _numpy(norm.bias - mean * scale),
    }


def _linear_weights(name: str, linear: nn.Linear) -> Weights:
    return {f"{name}.weight": _numpy(linear.weight), f"{name}.bias": _numpy(linear.bias)}


def _numpy(tensor: Tensor) -> FloatArray:
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)


# Step 4: training


class OriginalTrainer:
    """Trainer of an original network; ``films`` [n_films, item_dim] are features of the films."""

    def __init__(
        self,
        split: Split,
        films: FloatArray,
        config: OriginalTwoTowerConfig | OriginalDnnConfig,
        options: TrainingOptions,
    ) -> None:
        train, device = split.train, options.device
        users = user_features(train.users, len(train.occupations))
        self.users = torch.as_tensor(users, device=device)  # [n_users, user_dim]
        self.films = torch.as_tensor(films, device=device)
        ratings, targets = train.ratings, split.validation.targets
        rows = np.searchsorted(train.users.ids, split.validation.users.ids)
        training = (ratings.user_rows, ratings.film_rows, ratings.values)
        validation = (rows[targets.user_rows], targets.film_rows, targets.ratings)
        self._train, self._validation = (
            TensorDataset(*(torch.as_tensor(column, device=device) for column in columns))
            for columns in (training, validation)
        )
        check_fields(options, positive="batch_size")
        self._batch_size = options.batch_size
        dimensions = users.shape[1], films.shape[1]
        self.module: TwoTowerNetwork | DnnNetwork
        if isinstance(config, OriginalTwoTowerConfig):
            self.module = TwoTowerNetwork(config, *dimensions, train.lowest_rating)
        else:
            self.module = DnnNetwork(config, *dimensions)
        self.module.to(device)
        self.monitor = self.module.monitor

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return all parameters in one group."""
        return [{"params": list(self.module.parameters())}]

    def n_batches(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._train) // self._batch_size)

    def batches(self, generator: torch.Generator) -> Iterator[Batch]:
        """Yield the training ratings in random batches, without a last batch of one."""
        order = torch.randperm(len(self._train), generator=generator)
        for selection in torch.split(order, self._batch_size):
            if len(selection) > 1:  # batch norm needs two
                yield self._train[selection]

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of the network."""
        user_rows, film_rows, ratings = batch
        return self.module.losses(self.users[user_rows], self.films[film_rows], ratings)

    def validate(self) -> dict[str, float]:
        """Return the means of the losses over the validation ratings."""
        sums: dict[str, float] = {}
        for selection in torch.split(torch.arange(len(self._validation)), _VALIDATION_BATCH):
            for name, value in self.losses(self._validation[selection]).items():
                sums[name] = sums.get(name, 0.0) + float(value) * len(selection)
        return {name: total / len(self._validation) for name, total in sums.items()}

    @torch.no_grad()
    def export(self) -> Weights:
        """Return the weights that the model scores with."""
        return self.module.export(self.films)
