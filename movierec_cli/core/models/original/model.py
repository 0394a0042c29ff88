"""Scoring with the two trained networks of the report, in numpy alone.

Notation: H hidden width, E embedding width, J joint width.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import GENDERS, FloatArray, Histories, Users
from movierec_cli.core.models.base import Scores, Shapes
from movierec_cli.core.models.features import user_features
from movierec_cli.core.models.linear import logistic


def _n_occupations(weights: Mapping[str, FloatArray]) -> int:
    return int(weights["user_tower.weight"].shape[1]) - 2 - len(GENDERS)


def _user_tower_shapes(weights: Mapping[str, FloatArray]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a tower that reads age, zip code, gender and any occupations."""
    hidden = weights["user_tower.bias"].size
    inputs = max(weights["user_tower.weight"].size // max(hidden, 1), 2 + len(GENDERS))
    return {
        "user_tower.weight": (hidden, inputs),
        "user_tower.bias": (hidden,),
        "user_tower.scale": (hidden,),
        "user_tower.shift": (hidden,),
    }


def _head_layers(weights: Mapping[str, FloatArray]) -> int:
    return sum(name.startswith("head.") for name in weights) // 2


def _user_tower(weights: Mapping[str, FloatArray], users: Users) -> FloatArray:
    """Linear, ReLU and batch norm as scale and shift: [n_users, H]."""
    features = user_features(users, _n_occupations(weights))
    hidden = _linear(weights, "user_tower", features)
    output: FloatArray = (
        np.maximum(hidden, 0) * weights["user_tower.scale"] + weights["user_tower.shift"]
    )
    return output


def _linear(weights: Mapping[str, FloatArray], name: str, inputs: FloatArray) -> FloatArray:
    output: FloatArray = inputs @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return output


@dataclass(frozen=True, eq=False)
class OriginalTwoTower:
    """The report's rating regressor. It knows of a user only the demographics.

    Attributes
    ----------
    weights
        ``user_tower``: weight [H, user_dim], bias, scale and shift [H]; ``user_part.weight``
        [H, H], what the first layer of the head does to the user tower's output; ``film_part``
        [n_films, H], what it makes of each film, bias included; ``head.N`` the other layers.
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape that each array has, given the widths that some of them have."""
        width = weights["user_tower.bias"].size
        shapes = _user_tower_shapes(weights)
        shapes |= {"user_part.weight": (width, width), "film_part": (n_films, width)}
        layers = _head_layers(weights)
        for layer in range(layers):
            bias = weights[f"head.{layer}.bias"].size if layer < layers - 1 else 1
            shapes |= {f"head.{layer}.weight": (bias, width), f"head.{layer}.bias": (bias,)}
            width = bias
        return shapes

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Do nothing: any weights of these shapes are a network."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to 1..5; films are ranked by the ratings before clipping."""
        del histories
        user_part = _user_tower(self.weights, users) @ self.weights["user_part.weight"].T  # [n, H]
        ratings = np.stack([self._rate(part) for part in user_part])
        return Scores(score=ratings, rating=np.clip(ratings, 1.0, 5.0))

    def _rate(self, user_part: FloatArray) -> FloatArray:
        """Run the head for one user and every film: [H] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_part"] + user_part, 0)
        layers = _head_layers(self.weights)
        for layer in range(layers - 1):
            hidden = np.maximum(_linear(self.weights, f"head.{layer}", hidden), 0)
        return _linear(self.weights, f"head.{layers - 1}", hidden)[:, 0]


@dataclass(frozen=True, eq=False)
class OriginalDnn:
    """The report's classifier with a joint space. It knows of a user only the demographics.

    Attributes
    ----------
    weights
        ``user_tower`` as above; ``user_embedding`` weight [E, H] and bias; ``film_vectors``
        [n_films, E], of length 1, which are searched; ``user_projection`` weight [J, E] and
        bias; ``film_joint`` [n_films, J]; ``classifier`` weight [1, J] and bias [1].
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape that each array has, given the widths that some of them have."""
        hidden = weights["user_tower.bias"].size
        embedding = weights["user_embedding.bias"].size
        joint = weights["user_projection.bias"].size
        return {
            **_user_tower_shapes(weights),
            "user_embedding.weight": (embedding, hidden),
            "user_embedding.bias": (embedding,),
            "user_projection.weight": (joint, embedding),
            "user_projection.bias": (joint,),
            "classifier.weight": (1, joint),
            "classifier.bias": (1,),
            "film_vectors": (n_films, embedding),
            "film_joint": (n_films, joint),
        }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Do nothing: any weights of these shapes are a network."""

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, E]."""
        return self.weights["film_vectors"]

    @property
    def similarity_vectors(self) -> FloatArray:
        """The same: this network knows films only by their features."""
        return self.film_vectors

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return vectors of length 1 in the space of the films, [n_users, E]."""
        del histories
        vectors = self._embed(users)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatArray = vectors / np.maximum(norms, 1e-12)
        return unit

    def score(self, histories: Histories, users: Users) -> Scores:
        """Rank by cosine similarity; tell the classifier's P(rating >= 4)."""
        ranking = self.user_vectors(histories, users) @ self.film_vectors.T
        joint = _linear(self.weights, "user_projection", self._embed(users))  # [n_users, J]
        logits = np.stack([self._classify(user_joint) for user_joint in joint])
        return Scores(score=ranking, like_probability=logistic(logits).astype(np.float32))

    def _embed(self, users: Users) -> FloatArray:
        return _linear(self.weights, "user_embedding", _user_tower(self.weights, users))

    def _classify(self, user_joint: FloatArray) -> FloatArray:
        """Return the logits of one user and every film: [J] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_joint"] + user_joint, 0)
        return _linear(self.weights, "classifier", hidden)[:, 0]
