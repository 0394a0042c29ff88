"""The scores of the two trained original networks, in numpy. Both read demographics only.

The tower of a side, with its features x and dropout off (batch norm is a scale and a shift)::

    t(x) = scale * relu(W x + bias) + shift                                    [H]

two-tower, the rating::

    h_0 = relu(A_user t(user) + A_film t(film) + a)                            [H]
    h_n = relu(W_n h_(n-1) + b_n)                  layers of H / 2 and H / 4
    rating(user, film) = w . h_last + b

dnn, the score and the probability of a rating of 4 or 5::

    e(x) = E t(x) + e_0                                                        [E]
    score(user, film) = cosine(e(user), e(film))
    P(rating >= 4) = sigmoid(c . relu(P_user e(user) + P_film e(film) + p) + c_0)    P [J, E]

The parts of the films are computed once, when the weights are exported.

Notation: H hidden width, E embedding width, J joint width.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import GENDERS, FloatArray, Histories, Users
from movierec_cli.core.models.base import Scores, Shapes
from movierec_cli.core.models.features import user_features
from movierec_cli.core.models.linear import logistic

_FIXED_INPUTS = 2 + len(GENDERS)  # age, zip code and genders; the occupations come on top


def _user_tower_shapes(weights: Mapping[str, FloatArray]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a user tower with any number of occupations."""
    hidden = weights["user_tower.bias"].size
    inputs = max(weights["user_tower.weight"].size // max(hidden, 1), _FIXED_INPUTS)
    return {
        "user_tower.weight": (hidden, inputs),
        "user_tower.bias": (hidden,),
        "user_tower.scale": (hidden,),
        "user_tower.shift": (hidden,),
    }


def _user_tower(weights: Mapping[str, FloatArray], users: Users) -> FloatArray:
    """Return t(user), [n_users, H]."""
    n_occupations = weights["user_tower.weight"].shape[1] - _FIXED_INPUTS
    hidden = np.maximum(_linear(weights, "user_tower", user_features(users, n_occupations)), 0)
    output: FloatArray = hidden * weights["user_tower.scale"] + weights["user_tower.shift"]
    return output


def _linear(weights: Mapping[str, FloatArray], name: str, inputs: FloatArray) -> FloatArray:
    output: FloatArray = inputs @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return output


def _n_head_layers(weights: Mapping[str, FloatArray]) -> int:
    return sum(name.startswith("head.") for name in weights) // 2


@dataclass(frozen=True, eq=False)
class OriginalTwoTower:
    """The original two-tower: ratings from demographics, genres and years.

    Attributes
    ----------
    weights
        ``user_tower``: weight [H, user_dim], bias, scale and shift [H]; ``user_part.weight``
        [H, H], A_user; ``film_part`` [n_films, H], A_film t(film) + a; ``head.N``: weight and
        bias of the other layers.
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape of each array; free widths are taken from ``weights``."""
        width = weights["user_tower.bias"].size
        shapes = _user_tower_shapes(weights)
        shapes |= {"user_part.weight": (width, width), "film_part": (n_films, width)}
        layers = _n_head_layers(weights)
        for layer in range(layers):
            n_outputs = weights[f"head.{layer}.bias"].size if layer < layers - 1 else 1
            shapes |= {
                f"head.{layer}.weight": (n_outputs, width),
                f"head.{layer}.bias": (n_outputs,),
            }
            width = n_outputs
        return shapes

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Accept all weights of the right shapes."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to 1..5; the score is the rating before clipping."""
        del histories
        user_part = _user_tower(self.weights, users) @ self.weights["user_part.weight"].T  # [n, H]
        ratings = np.stack([self._ratings(part) for part in user_part])
        return Scores(score=ratings, rating=np.clip(ratings, 1.0, 5.0))

    def _ratings(self, user_part: FloatArray) -> FloatArray:
        """Run the head for one user and every film: [H] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_part"] + user_part, 0)
        last = _n_head_layers(self.weights) - 1
        for layer in range(last):
            hidden = np.maximum(_linear(self.weights, f"head.{layer}", hidden), 0)
        return _linear(self.weights, f"head.{last}", hidden)[:, 0]


@dataclass(frozen=True, eq=False)
class OriginalDnn:
    """The original dnn: a cosine search from demographics, genres and titles.

    Attributes
    ----------
    weights
        ``user_tower`` as above; ``user_embedding``: weight [E, H] and bias; ``film_vectors``
        [n_films, E], the embeddings of the films with length 1; ``user_projection``: weight
        [J, E] and bias; ``film_joint`` [n_films, J], P_film e(film) + p; ``classifier``: weight
        [1, J] and bias [1].
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape of each array; free widths are taken from ``weights``."""
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
        """Accept all weights of the right shapes."""

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, E]."""
        return self.weights["film_vectors"]

    @property
    def similarity_vectors(self) -> FloatArray:
        """The searched vectors again, [n_films, E]: films differ by their features alone."""
        return self.film_vectors

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return embeddings of length 1 in the space of the films, [n_users, E]."""
        del histories
        vectors = self._embed(users)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        normalized: FloatArray = vectors / np.maximum(norms, 1e-12)
        return normalized

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score by cosine similarity; the classifier gives the probability of a 4 or 5."""
        cosines = self.user_vectors(histories, users) @ self.film_vectors.T
        joint = _linear(self.weights, "user_projection", self._embed(users))  # [n_users, J]
        logits = np.stack([self._logits(user_joint) for user_joint in joint])
        return Scores(score=cosines, like_probability=logistic(logits).astype(np.float32))

    def _embed(self, users: Users) -> FloatArray:
        """Return e(user), [n_users, E]."""
        return _linear(self.weights, "user_embedding", _user_tower(self.weights, users))

    def _logits(self, user_joint: FloatArray) -> FloatArray:
        """Return the log odds of a 4 or 5 for one user and every film: [J] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_joint"] + user_joint, 0)
        return _linear(self.weights, "classifier", hidden)[:, 0]
