"""Scores of the trained dnn: a search in one joint embedding space, in numpy alone.

The space is the concatenation of C components c of width d_c, D in all. For a user with n ratings
(film j, rating r_j) and demographic features x [K], the score of film i is

    score_i = q . f_i = sum_c  q_c . f_ic                              f_i [D], the film vector
    q_c     = weight_c * gate_c(n) * u_c / |u_c|                       [d_c], the user vector
    u       = sum_j w(r_j) / sqrt(n) * h_j  +  (x - mean) A  +  b      [D]; h_j [D], A [K, D], b [D]
    gate(n) = m / (m + 1), in the cold-start component 1 / (m + 1), with m = (n / n_half)^0.8

Film vectors do not depend on the user, so a new user needs no training.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users
from movierec_cli.core.models.base import Contributions, Scores, Shapes, WeightedModel
from movierec_cli.core.models.dnn.components import COLD_START, WITH_HISTORY
from movierec_cli.core.models.dnn.like_head import LIKE_HEAD_SHAPES, like_probability
from movierec_cli.core.models.features import centered_demographics

_GATE_POWER = 0.8
"""The first ratings of a history count most. Worth 2 % NDCG@25 with one favorite."""

DISLIKED_WEIGHT = -0.2
"""Weight of a film named as disliked, below that of the lowest rating: users rate films that they
chose to watch, so even a low rating shows some interest."""


class Dnn(WeightedModel):
    """The trained model; C components, D columns, K demographic features."""

    SHAPES: ClassVar[Shapes] = {
        "film_vectors": ("films", "D"),
        "history_vectors": ("films", "D"),
        "demographic_vectors": ("K", "D"),
        "constant": ("D",),
        "demographic_mean": ("K",),
        "component_sizes": ("C",),
        "component_weights": ("C",),
        "component_gates": ("C",),
        "rating_weights": (5,),  # w of 1 to 5 stars
        "half_saturation": (1,),  # n_half
        **LIKE_HEAD_SHAPES,
    }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` for values that are impossible in arrays of the right shapes."""
        sizes, gates = weights["component_sizes"], weights["component_gates"]
        if np.any(sizes < 1) or np.any(sizes % 1) or sizes.sum() != len(weights["constant"]):
            raise ValueError("component_sizes are not the widths of the components")
        if not np.isin(gates, (WITH_HISTORY, COLD_START)).all():
            raise ValueError("component_gates holds an unknown gate")
        if np.any(weights["component_weights"] < 0) or weights["half_saturation"][0] <= 0:
            raise ValueError("component_weights and half_saturation are not positive")

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, D]."""
        return self.weights["film_vectors"]

    @property
    def similarity_vectors(self) -> FloatArray:
        """The user vector of a history of only this film, for each film, [n_films, D].

        Each component has the length of the square root of its weight: a cosine is the weighted
        mean of the components' cosines.
        """
        history_vectors = self.weights["history_vectors"]
        lengths = self._component_lengths(history_vectors)
        factors = np.sqrt(self.weights["component_weights"]) / np.maximum(lengths, 1e-9)
        scales = self._per_column(factors)
        return np.multiply(history_vectors, scales, out=scales)  # in place: a large catalog fits

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return vectors in the space of the films, [n_users, D]."""
        unscaled = self._unscaled_user_vectors(histories, users)
        return np.asarray(unscaled * self._scales(unscaled, histories), np.float32)

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score by the dot product, and return P(rating >= 4) from the like head."""
        score = self.user_vectors(histories, users) @ self.film_vectors.T
        return Scores(score, like_probability=like_probability(score, histories, self.weights))

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> Contributions:
        """Return the addends of one user's scores of ``film_rows`` [n].

        They are exact: the scale of a component is the same for all addends of the user vector, so
        those of the history, the demographics and the constant add up to the score.
        """
        weights = self.weights
        scales = self._scales(self._unscaled_user_vectors(history, users), history)  # [1, D]
        scaled = self.film_vectors[film_rows] * scales  # [n, D]
        shares = history_shares(history, weights["rating_weights"])[:, None]
        demographics = centered_demographics(users, weights["demographic_mean"])
        return Contributions(
            films=shares * (weights["history_vectors"][history.film_rows] @ scaled.T),
            demographics=(demographics @ weights["demographic_vectors"] @ scaled.T)[0],
        )

    def _unscaled_user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return u, [n_users, D]."""
        weights = self.weights
        shares = history_shares(histories, weights["rating_weights"])
        vectors, films = weights["history_vectors"], histories.film_rows
        history = [
            shares[start:end] @ vectors[films[start:end]]
            for start, end in pairwise(histories.indptr.tolist())
        ]
        demographics = centered_demographics(users, weights["demographic_mean"])
        return np.asarray(
            np.reshape(history, (len(histories), vectors.shape[1]))
            + demographics @ weights["demographic_vectors"]
            + weights["constant"]
        )

    def _scales(self, unscaled: FloatArray, histories: Histories) -> FloatArray:
        """Return weight_c * gate_c(n) / |u_c| for each column of u, [n_users, D]."""
        counts = _rated_counts(histories)
        length = (counts / self.weights["half_saturation"]) ** _GATE_POWER
        gate = (length / (length + 1))[:, None]  # [n_users, 1]
        gates = np.where(self.weights["component_gates"] == COLD_START, 1 - gate, gate)
        lengths = np.maximum(self._component_lengths(unscaled), 1e-9)
        return self._per_column(self.weights["component_weights"] * gates / lengths)

    @property
    def _sizes(self) -> NDArray[np.int64]:
        return self.weights["component_sizes"].astype(np.int64)

    def _component_lengths(self, vectors: FloatArray) -> NDArray[np.float64]:
        """Return the length of each component of ``vectors`` [n, D], [n, C]."""
        parts = np.split(vectors, np.cumsum(self._sizes)[:-1], axis=1)
        squares = [np.einsum("nd,nd->n", part, part, dtype=np.float64) for part in parts]
        return np.asarray(np.sqrt(np.stack(squares, axis=1)))

    def _per_column(self, factors: NDArray[np.float64]) -> FloatArray:
        """Repeat the factor of each component [n, C] for its columns, [n, D]."""
        return np.repeat(factors.astype(np.float32), self._sizes, axis=1)


def history_weights(
    histories: Histories, rating_weights: FloatArray | tuple[float, ...]
) -> FloatArray:
    """Return the weight w of each rating, [n_entries].

    Weights of half stars are interpolated; 0.5 has that of 1.
    """
    weights = np.interp(histories.ratings, np.arange(1.0, 6.0), rating_weights)
    if histories.disliked is not None:
        weights = np.where(histories.disliked, DISLIKED_WEIGHT, weights)
    return weights.astype(np.float32)


def history_shares(
    histories: Histories, rating_weights: FloatArray | tuple[float, ...]
) -> FloatArray:
    """Return `history_weights` over the root of the length of the history, [n_entries]."""
    root = np.sqrt(np.maximum(_rated_counts(histories), 1)).astype(np.float32)
    return history_weights(histories, rating_weights) / root[histories.user_rows]


def _rated_counts(histories: Histories) -> NDArray[np.int64]:
    """Return the number of rated films of each user, films named as disliked not counted."""
    if histories.disliked is None:
        return histories.counts
    return histories.where(~histories.disliked).counts
