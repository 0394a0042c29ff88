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

from typing import ClassVar

import numpy as np

from movierec_cli.core.data.dataset import (
    GENDERS,
    HIGHEST_RATING,
    FloatArray,
    Histories,
    Users,
)
from movierec_cli.core.models.base import Scores, Shapes, WeightedModel
from movierec_cli.core.models.features import user_features
from movierec_cli.core.models.linear import logistic

_FIXED_INPUTS = 2 + len(GENDERS)  # age, zip code and genders; the occupations come on top

_USER_TOWER_SHAPES: Shapes = {
    "user_tower.weight": ("H", "inputs"),
    "user_tower.bias": ("H",),
    "user_tower.scale": ("H",),
    "user_tower.shift": ("H",),
}


class _OriginalModel(WeightedModel):
    """A model whose user tower reads demographics."""

    def _user_tower(self, users: Users) -> FloatArray:
        """Return t(user), [n_users, H]."""
        n_occupations = self.weights["user_tower.weight"].shape[1] - _FIXED_INPUTS
        hidden = np.maximum(self._linear("user_tower", user_features(users, n_occupations)), 0)
        output: FloatArray = hidden * self.weights["user_tower.scale"]
        return output + self.weights["user_tower.shift"]

    def _linear(self, name: str, inputs: FloatArray) -> FloatArray:
        output: FloatArray = inputs @ self.weights[f"{name}.weight"].T
        return output + self.weights[f"{name}.bias"]


class OriginalTwoTower(_OriginalModel):
    """The original two-tower: ratings from demographics, genres and years."""

    SHAPES: ClassVar[Shapes] = {
        **_USER_TOWER_SHAPES,
        "user_part.weight": ("H", "H"),  # A_user
        "film_part": ("films", "H"),  # A_film t(film) + a
        "head.0.weight": ("H / 2", "H"),
        "head.0.bias": ("H / 2",),
        "head.1.weight": ("H / 4", "H / 2"),
        "head.1.bias": ("H / 4",),
        "head.2.weight": (1, "H / 4"),
        "head.2.bias": (1,),
        "lowest_rating": (1,),
    }

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to the scale; the score is the rating before clipping."""
        del histories
        user_part = self._user_tower(users) @ self.weights["user_part.weight"].T  # [n_users, H]
        ratings = np.stack([self._ratings(part) for part in user_part])
        lowest = self.weights["lowest_rating"]
        return Scores(score=ratings, rating=np.clip(ratings, lowest, HIGHEST_RATING))

    def _ratings(self, user_part: FloatArray) -> FloatArray:
        """Run the head for one user and every film: [H] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_part"] + user_part, 0)
        for layer in ("head.0", "head.1"):
            hidden = np.maximum(self._linear(layer, hidden), 0)
        return self._linear("head.2", hidden)[:, 0]


class OriginalDnn(_OriginalModel):
    """The original dnn: a cosine search from demographics, genres and titles."""

    SHAPES: ClassVar[Shapes] = {
        **_USER_TOWER_SHAPES,
        "user_embedding.weight": ("E", "H"),
        "user_embedding.bias": ("E",),
        "user_projection.weight": ("J", "E"),
        "user_projection.bias": ("J",),
        "classifier.weight": (1, "J"),
        "classifier.bias": (1,),
        "film_vectors": ("films", "E"),  # embeddings of the films with length 1
        "film_joint": ("films", "J"),  # P_film e(film) + p
    }

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
        joint = self._linear("user_projection", self._embed(users))  # [n_users, J]
        logits = np.stack([self._logits(user_joint) for user_joint in joint])
        return Scores(score=cosines, like_probability=logistic(logits).astype(np.float32))

    def _embed(self, users: Users) -> FloatArray:
        """Return e(user), [n_users, E]."""
        return self._linear("user_embedding", self._user_tower(users))

    def _logits(self, user_joint: FloatArray) -> FloatArray:
        """Return the log odds of a 4 or 5 for one user and every film: [J] -> [n_films]."""
        hidden: FloatArray = np.maximum(self.weights["film_joint"] + user_joint, 0)
        return self._linear("classifier", hidden)[:, 0]
