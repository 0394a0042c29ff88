"""Scoring with the trained ``default`` of two-tower, in numpy alone.

A rating is ``mean + film bias + user bias + user factors . film factors``. The film tower has been
run at training time. The user tower runs here, for anyone: what she rated (as a set), her
demographics and how many ratings are known give a first vector, and one small ridge regression on
the ratings themselves corrects it. The result is averaged over draws from the posterior. Beside the
rating stands the probability that it is a 4 or 5, by logistic regression on it.

Notation: S draws, D bias and factors, K demographic features.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users
from movierec_cli.core.models.base import Scores, Shapes
from movierec_cli.core.models.features import centered_demographics, n_demographic_features
from movierec_cli.core.models.linear import logistic

N_COUNT_FEATURES = 3


def count_features(counts: NDArray[np.integer[Any]]) -> FloatArray:
    """Return what the number of known ratings tells, [n, 3]: its log, its inverse root, one."""
    columns = [np.log1p(counts) / 3 - 1, 1 / np.sqrt(counts + 1.0), np.ones(len(counts))]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class TwoTower:
    """The trained model.

    Attributes
    ----------
    weights
        ``films`` [S, n_films, D], bias first; ``rated`` [S, n_films, D], what having rated a film
        tells; ``side`` [S, K + 3, D], what demographics and counts tell; ``strangers``
        [S, 1 + K, D], constant and demographics, for those without a history; ``stranger_films``
        [n_films], what is added to their ratings; ``ridge`` [D], the pull towards the first vector;
        ``demographic_mean`` [K]; ``rating_mean`` [1]; ``half_known`` [1], the history at which the
        first vector is half that of a stranger; ``like_head`` [2], slope and constant of the log
        odds of a 4 or 5, by the rating's distance from the mean.
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape that each array has, given the widths that some of them have."""
        draws = max(len(np.atleast_1d(weights["films"])), 1)
        known = max(weights["demographic_mean"].size, n_demographic_features(0))
        width = max(weights["ridge"].size, 1)
        return {
            "films": (draws, n_films, width),
            "rated": (draws, n_films, width),
            "side": (draws, known + N_COUNT_FEATURES, width),
            "strangers": (draws, 1 + known, width),
            "stranger_films": (n_films,),
            "ridge": (width,),
            "demographic_mean": (known,),
            "rating_mean": (1,),
            "half_known": (1,),
            "like_head": (2,),
        }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` where arrays of the right shapes hold what makes no sense."""
        if np.any(weights["ridge"] <= 0) or weights["half_known"][0] <= 0:
            raise ValueError("ridge and half_known are not positive")

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to 1..5; films are ranked by the ratings before clipping."""
        weights = self.weights
        draws, n_films, width = weights["films"].shape
        seen = np.zeros((len(histories), n_films), np.float32)
        known = np.zeros((len(histories), n_films), np.float32)
        at = (histories.user_rows, histories.film_rows)
        seen[at] = 1.0
        known[at] = histories.ratings - float(weights["rating_mean"][0])
        demographics = self._demographics(users)  # [n, K]
        vectors = np.empty((len(histories), draws, width), np.float32)
        for draw in range(draws):
            first = self._first_vectors(draw, seen, demographics, histories.counts)
            vectors[:, draw] = self._corrected(first, weights["films"][draw], seen, known)
        stranger = 1 - self._share_known(histories.counts)
        ratings = self._ratings(vectors) + stranger * weights["stranger_films"]
        slope, constant = weights["like_head"]
        odds = slope * (ratings - weights["rating_mean"]) + constant
        return Scores(
            score=ratings,
            rating=np.clip(ratings, 1.0, 5.0),
            like_probability=np.asarray(logistic(odds), np.float32),
        )

    def stranger_ratings(self, users: Users) -> FloatArray:
        """Predict the ratings of users without a history, before clipping, [n_users, n_films].

        The same as `score` gives for empty histories, at a fraction of the work.
        """
        vectors = self._stranger_inputs(self._demographics(users)) @ self.weights["strangers"]
        return self._ratings(vectors.transpose(1, 0, 2)) + self.weights["stranger_films"]

    def _ratings(self, vectors: FloatArray) -> FloatArray:
        """Average the ratings that the user vectors [n, S, D] give over the draws, [n, n_films]."""
        films = self.weights["films"].transpose(1, 0, 2)  # [n_films, S, D]
        of_users = np.concatenate([vectors, np.ones_like(vectors[..., :1])], axis=2)
        of_films = np.concatenate(
            [np.ones_like(films[..., :1]), films[..., 1:], films[..., :1]], axis=2
        )
        total = of_users.reshape(len(vectors), -1) @ of_films.reshape(len(films), -1).T
        draws = np.float32(films.shape[1])
        return np.asarray(total / draws + self.weights["rating_mean"], np.float32)

    def _demographics(self, users: Users) -> FloatArray:
        return centered_demographics(users, self.weights["demographic_mean"])

    def _first_vectors(
        self, draw: int, seen: FloatArray, demographics: FloatArray, counts: NDArray[np.int64]
    ) -> FloatArray:
        """Return the user tower's output before it reads the ratings' values, [n, D]."""
        root = np.sqrt(counts + 1.0).astype(np.float32)[:, None]
        side = np.hstack([demographics, count_features(counts)])
        told = seen @ self.weights["rated"][draw] / root + side @ self.weights["side"][draw]
        stranger = self._stranger_inputs(demographics) @ self.weights["strangers"][draw]
        known = self._share_known(counts)
        return np.asarray(known * told + (1 - known) * stranger, np.float32)

    def _share_known(self, counts: NDArray[np.int64]) -> FloatArray:
        """Return how much a history of this length tells, 0 (stranger) to 1, [n, 1]."""
        share = counts / (counts + self.weights["half_known"][0])
        return np.asarray(share, np.float32)[:, None]

    @staticmethod
    def _stranger_inputs(demographics: FloatArray) -> FloatArray:
        """Return a constant and the demographics, [n, 1 + K]."""
        return np.hstack([np.ones((len(demographics), 1), np.float32), demographics])

    def _corrected(
        self, vectors: FloatArray, films: FloatArray, seen: FloatArray, known: FloatArray
    ) -> FloatArray:
        """Move each vector to where it explains the known ratings best, held by the ridge."""
        inputs = films.copy()  # [n_films, D]
        inputs[:, 0] = 1.0
        width = inputs.shape[1]
        upper = np.triu_indices(width)
        products = inputs[:, upper[0]] * inputs[:, upper[1]]  # [n_films, D (D + 1) / 2]
        sums = seen @ np.hstack([products, inputs * films[:, :1]])
        gram = np.zeros((len(vectors), width, width), np.float32)
        gram[:, upper[0], upper[1]] = sums[:, : len(upper[0])]
        gram[:, upper[1], upper[0]] = sums[:, : len(upper[0])]
        explained = (gram @ vectors[:, :, None])[:, :, 0]
        moment = known @ inputs - sums[:, len(upper[0]) :] - explained  # [n, D]
        gram += np.diag(self.weights["ridge"])
        step = np.linalg.solve(gram, moment[:, :, None])[:, :, 0]
        return np.asarray(vectors + step, np.float32)
