"""The score of the trained two-tower, in numpy: the predicted rating.

The rating of user u for film i is the mean over S draws s of the weights::

    rating(u, i) = mean + 1/S sum_s (b_su + b_si + p_su . q_si) + (1 - w_u) level_i

    z_su = (b_su, p_su)      user vector [D]: minimizes over z, for the n_u films j of the history,
                             sum_j (r_uj - mean - b_sj - x_sj . z)^2
                                 + (z - m_su)' diag(ridge) (z - m_su),  x_sj = (1, q_sj)
    m_su                     output of the user tower [D],
                             w_u (sum_j H_sj / sqrt(n_u + 1) + side_u G_s) + (1 - w_u) (1, d_u) C_s
    w_u = n_u / (n_u + half_saturation)

    P(rating >= 4) = sigmoid(slope (rating - mean) + constant)

The film vectors (b_si, q_si) are the drawn vectors of the films. ``d_u`` [K] are the demographics,
``side_u`` [K + 3] adds features of n_u. An empty history leaves the cold-start part alone.

Notation: S draws, D bias and factors, K demographic features.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import HIGHEST_RATING, FloatArray, Histories, Users
from movierec_cli.core.models.base import Scores, Shapes, WeightedModel
from movierec_cli.core.models.features import centered_demographics, renumbered, sparse_history
from movierec_cli.core.models.linear import logistic

if TYPE_CHECKING:
    from scipy import sparse

N_COUNT_FEATURES = 3


def count_features(counts: NDArray[np.integer[Any]]) -> FloatArray:
    """Return features of numbers of ratings, [n, 3]: logarithm, inverse root, constant."""
    columns = [np.log1p(counts) / 3 - 1, 1 / np.sqrt(counts + 1.0), np.ones(len(counts))]
    return np.stack(columns, axis=1).astype(np.float32)


class TwoTower(WeightedModel):
    """The trained model."""

    SHAPES: ClassVar[Shapes] = {
        "film_vectors": ("S", "films", "D"),  # bias first
        "history_weights": ("S", "films", "D"),  # H
        "side_weights": ("S", "K + 3", "D"),  # G
        "cold_start_weights": ("S", "1 + K", "D"),  # C
        "cold_start_level": ("films",),
        "ridge": ("D",),
        "demographic_mean": ("K",),
        "rating_mean": (1,),
        "half_saturation": (1,),
        "like_head": (2,),  # slope and constant
        "lowest_rating": (1,),
    }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` for impossible values in arrays of the right shapes."""
        n_demographics = weights["demographic_mean"].size
        if weights["side_weights"].shape[1] != n_demographics + N_COUNT_FEATURES:
            raise ValueError("side_weights do not fit to demographic_mean")
        if weights["cold_start_weights"].shape[1] != 1 + n_demographics:
            raise ValueError("cold_start_weights do not fit to demographic_mean")
        if np.any(weights["ridge"] <= 0) or weights["half_saturation"][0] <= 0:
            raise ValueError("ridge and half_saturation are not positive")

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to the scale; the score is the rating before clipping.

        A named dislike counts as a rating of 1.
        """
        film_vectors = self.weights["film_vectors"]
        draws, n_films, width = film_vectors.shape
        # the films of the histories, and these as columns
        known, columns = renumbered(histories.film_rows, n_films)
        of_known = replace(histories, film_rows=columns)
        ratings = histories.ratings
        rated = sparse_history(of_known, len(known), np.ones_like(ratings))
        centered = sparse_history(of_known, len(known), ratings - self.weights["rating_mean"])
        demographics = self.demographics(users)  # [n, K]
        vectors = np.empty((len(histories), draws, width), np.float32)
        for draw in range(draws):
            of_history = rated @ self.weights["history_weights"][draw, known]
            prior = self._tower_output(draw, of_history, demographics, histories.counts)
            vectors[:, draw] = self._solve(prior, film_vectors[draw, known], rated, centered)
        cold_start_share = 1 - self._history_share(histories.counts)
        ratings = self._ratings(vectors) + cold_start_share * self.weights["cold_start_level"]
        slope, constant = self.weights["like_head"]
        log_odds = slope * (ratings - self.weights["rating_mean"]) + constant
        return Scores(
            score=ratings,
            rating=np.clip(ratings, self.weights["lowest_rating"], HIGHEST_RATING),
            like_probability=np.asarray(logistic(log_odds), np.float32),
        )

    def cold_start_ratings(self, users: Users) -> FloatArray:
        """Predict the ratings of users without a history, before clipping, [n_users, n_films].

        Agrees with `score` for empty histories, with less work.
        """
        inputs = with_constant(self.demographics(users))
        return inputs @ self.cold_start_map + self.weights["cold_start_level"]

    @cached_property
    def cold_start_map(self) -> FloatArray:
        """The matrix from (1, d_u) to predicted ratings without the levels, [1 + K, n_films]."""
        # the mean of (1, d_u) C_s (1, q_si) over the draws, the film biases and the mean rating
        films, weights = self.weights["film_vectors"], self.weights["cold_start_weights"]
        total = np.zeros((weights.shape[1], films.shape[1]), np.float32)
        for of_users, of_films in zip(weights, films, strict=True):
            total += of_users[:, :1] + of_users[:, 1:] @ of_films[:, 1:].T
        total /= np.float32(len(films))
        total[0] += films[..., 0].mean(axis=0) + self.weights["rating_mean"]
        return total

    def _ratings(self, vectors: FloatArray) -> FloatArray:
        """Average the predictions of all draws: user vectors [n, S, D] -> [n, n_films]."""
        # b_u + (1, p_u) . (b_i, q_i), concatenated over the draws: one matrix product
        of_users, biases = vectors.copy(), vectors[..., 0].sum(axis=1, keepdims=True)
        of_users[..., 0] = 1.0
        total = of_users.reshape(len(vectors), -1) @ self._all_draws + biases
        draws = np.float32(vectors.shape[1])
        return np.asarray(total / draws + self.weights["rating_mean"], np.float32)

    @cached_property
    def _all_draws(self) -> FloatArray:
        """The film vectors of all draws below each other, [S D, n_films]."""
        films = self.weights["film_vectors"].transpose(0, 2, 1)
        return films.reshape(-1, films.shape[2])

    def demographics(self, users: Users) -> FloatArray:
        """Return the features of the user tower, [n_users, K]."""
        return centered_demographics(users, self.weights["demographic_mean"])

    def _tower_output(
        self,
        draw: int,
        of_history: FloatArray,
        demographics: FloatArray,
        counts: NDArray[np.int64],
    ) -> FloatArray:
        """Return the vectors m_su before the ratings correct them, [n, D].

        ``of_history`` [n, D] are the sums over the films of the histories.
        """
        root = np.sqrt(counts + 1.0).astype(np.float32)[:, None]
        side = np.hstack([demographics, count_features(counts)])
        tower = of_history / root + side @ self.weights["side_weights"][draw]
        cold_start = with_constant(demographics) @ self.weights["cold_start_weights"][draw]
        share = self._history_share(counts)
        return np.asarray(share * tower + (1 - share) * cold_start, np.float32)

    def _history_share(self, counts: NDArray[np.int64]) -> FloatArray:
        """Return w_u, from 0 for an empty history towards 1, [n, 1]."""
        share = counts / (counts + self.weights["half_saturation"][0])
        return np.asarray(share, np.float32)[:, None]

    def _solve(
        self,
        prior: FloatArray,
        films: FloatArray,
        rated: "sparse.csr_array",
        centered: "sparse.csr_array",
    ) -> FloatArray:
        """Return the user vectors z_su around the outputs ``prior`` of the tower, [n, D].

        ``films`` [n_known, D] are those of the histories in the draw; ``rated`` and ``centered``
        [n, n_known] are ones for the films of a history, and their ratings without the mean.
        """
        # z = m + (X'X + diag(ridge))^-1 rhs,  rhs = X'(r - mean - b) - X'X m
        inputs = films.copy()  # x_j, [n_known, D]
        inputs[:, 0] = 1.0
        width = inputs.shape[1]
        upper = np.triu_indices(width)
        products = inputs[:, upper[0]] * inputs[:, upper[1]]  # [n_known, D (D + 1) / 2]
        sums = rated @ np.hstack([products, inputs * films[:, :1]])
        gram = np.zeros((len(prior), width, width), np.float32)  # X'X
        gram[:, upper[0], upper[1]] = sums[:, : len(upper[0])]
        gram[:, upper[1], upper[0]] = sums[:, : len(upper[0])]
        explained = (gram @ prior[:, :, None])[:, :, 0]
        rhs = centered @ inputs - sums[:, len(upper[0]) :] - explained  # [n, D]
        gram += np.diag(self.weights["ridge"])
        step = np.linalg.solve(gram, rhs[:, :, None])[:, :, 0]
        return np.asarray(prior + step, np.float32)


def with_constant(demographics: FloatArray) -> FloatArray:
    """Return a constant and the demographics, [n, 1 + K]."""
    return np.hstack([np.ones((len(demographics), 1), np.float32), demographics])
