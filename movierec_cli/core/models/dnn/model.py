"""Scoring with the trained ``default`` of dnn: one space for users and films, in numpy alone.

The space is a concatenation of parts, each with its own way from what is known of a user to a
vector: the films of the history, pooled; the demographics; a constant. Each part of a user
vector is scaled to length 1 and weighted, so a score is a weighted sum of what the parts say,
and still one dot product. The searched film vectors never depend on the user.

Notation: D width of the whole space, P number of parts, K number of demographic features.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users
from movierec_cli.core.models.base import Scores, Shapes
from movierec_cli.core.models.features import (
    N_LIKE_FEATURES,
    basis_size,
    demographic_basis,
    like_features,
    probability,
)
from movierec_cli.core.models.topk import inner_products

WITH_HISTORY, WITHOUT_HISTORY = 0, 1
"""When a part speaks: the more, the longer the history is; or the less, the longer it is."""

_DISLIKED_GRADE = -0.2
"""What a film counts that somebody names as disliked: it pushes its like down.

A low rating in the data counts a little above zero, because people rate what they choose to watch.
"""


_LEARNING = 0.8
"""Power of the length of a history over half_known: its first films tell the most."""


@dataclass(frozen=True, eq=False)
class Dnn:
    """The trained model.

    Attributes
    ----------
    weights
        ``film_vectors``, ``history`` [n_films, D]; ``demographics`` [K, D]; ``constant`` [D];
        ``demographic_mean`` [K]; ``part_sizes`` [P], which sum up to D; ``part_weights`` and
        ``part_gates`` [P]; ``grades`` [5], the weight of a film in the history by its rating;
        ``half_known`` [1], the history at which half is known of a user; ``like_head``,
        ``film_level`` and ``film_counts``, the like head.
    """

    weights: Mapping[str, FloatArray]

    @staticmethod
    def shapes(weights: Mapping[str, FloatArray], n_films: int) -> Shapes:
        """Return the shape that each array has, given the widths that some of them have."""
        parts = max(weights["part_sizes"].size, 1)
        known = max(weights["demographic_mean"].size, basis_size(0))
        width = max(weights["constant"].size, 1)
        return {
            "film_vectors": (n_films, width),
            "history": (n_films, width),
            "demographics": (known, width),
            "constant": (width,),
            "demographic_mean": (known,),
            "part_sizes": (parts,),
            "part_weights": (parts,),
            "part_gates": (parts,),
            "grades": (5,),
            "half_known": (1,),
            "like_head": (N_LIKE_FEATURES + 1,),
            "film_level": (n_films,),
            "film_counts": (n_films,),
        }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` where arrays of the right shapes hold what makes no sense."""
        sizes, gates = weights["part_sizes"], weights["part_gates"]
        if np.any(sizes < 1) or np.any(sizes % 1) or sizes.sum() != len(weights["constant"]):
            raise ValueError("part_sizes are not the widths of the parts")
        if not np.isin(gates, (WITH_HISTORY, WITHOUT_HISTORY)).all():
            raise ValueError("part_gates holds what is no gate")
        if np.any(weights["part_weights"] < 0) or weights["half_known"][0] <= 0:
            raise ValueError("part_weights and half_known are not positive")

    @property
    def film_vectors(self) -> FloatArray:
        """The searched vectors, [n_films, D]."""
        return self.weights["film_vectors"]

    @property
    def similarity_vectors(self) -> FloatArray:
        """What liking only this film would make of a user vector, [n_films, D].

        Each part has the length of the square root of its weight, so that a cosine is the
        weighted mean of the parts' cosines.
        """
        history = self.weights["history"]
        sizes, starts = self._layout()
        length = np.sqrt(np.add.reduceat(history.astype(np.float64) ** 2, starts, axis=1))
        scale = np.sqrt(self.weights["part_weights"]) / np.maximum(length, 1e-9)
        return np.asarray(history * np.repeat(scale, sizes, axis=1), np.float32)

    def user_vectors(self, histories: Histories, users: Users) -> FloatArray:
        """Return vectors in the space of the films, [n_users, D]."""
        raw = self._pooled(histories) @ self.weights["history"] + self._without_history(users)
        return np.asarray(raw * self._scales(raw, _rated(histories)), np.float32)

    def score(self, histories: Histories, users: Users) -> Scores:
        """Rank by the dot product; tell P(rating >= 4) from the classification head."""
        ranking = inner_products(self.user_vectors(histories, users), self.film_vectors)
        return Scores(score=ranking, like_probability=self._like_probability(ranking, histories))

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> FloatArray:
        """Return what each known film adds to the match of some films, [n_entries, n].

        Exact: a part's scale is the same for everything that is summed up in it, so the
        contributions, those of the demographics and of the constant add up to the match.
        """
        raw = self._pooled(history) @ self.weights["history"] + self._without_history(users)
        scales = self._scales(raw, _rated(history))  # [1, D]
        share = self._shares(history)[:, None]  # [n_entries, 1]
        own = share * self.weights["history"][history.film_rows] * scales  # [n_entries, D]
        return inner_products(own, self.film_vectors[film_rows])

    def _shares(self, histories: Histories) -> FloatArray:
        """Return the weight of each entry in its user's history, [n_entries]."""
        position = np.clip(np.round(histories.ratings), 1, 5).astype(np.int64) - 1
        grades = self.weights["grades"][position]
        if histories.disliked is not None:
            grades = np.where(histories.disliked, _DISLIKED_GRADE, grades)
        root = np.sqrt(np.maximum(_rated(histories), 1))
        return np.asarray(grades / root[histories.user_rows], np.float32)

    def _pooled(self, histories: Histories) -> FloatArray:
        """Return the histories as rows of weights, [n_users, n_films]."""
        dense = np.zeros((len(histories), len(self.film_vectors)), np.float32)
        dense[histories.user_rows, histories.film_rows] = self._shares(histories)
        return dense

    def _without_history(self, users: Users) -> FloatArray:
        """Return what demographics and the constant add, [n_users, D]."""
        mean = self.weights["demographic_mean"]
        n_occupations = len(mean) - basis_size(0)
        centered = np.nan_to_num(demographic_basis(users, n_occupations) - mean)
        return np.asarray(centered @ self.weights["demographics"] + self.weights["constant"])

    def _layout(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the width of each part and the column it starts at, [P]."""
        sizes = self.weights["part_sizes"].astype(np.int64)
        return sizes, np.cumsum(sizes) - sizes

    def _scales(self, raw: FloatArray, counts: NDArray[np.int64]) -> FloatArray:
        """Return the factors that give each part of ``raw`` its length, [n_users, D]."""
        sizes, starts = self._layout()
        length = np.sqrt(np.add.reduceat(raw.astype(np.float64) ** 2, starts, axis=1))  # [n, P]
        length_known = (counts / float(self.weights["half_known"][0])) ** _LEARNING
        known = length_known / (length_known + 1)
        speaks = np.stack([known, 1 - known])  # [2, n]
        gates = speaks[self.weights["part_gates"].astype(np.int64)].T  # [n, P]
        scale = self.weights["part_weights"] * gates / np.maximum(length, 1e-9)
        return np.asarray(np.repeat(scale, sizes, axis=1), np.float32)

    def _like_probability(self, ranking: FloatArray, histories: Histories) -> FloatArray:
        """Return P(rating >= 4) by logistic regression on match, film and user, [n, n_films]."""
        features = like_features(
            ranking, histories, self.weights["film_level"], self.weights["film_counts"]
        )
        slope, constant = self.weights["like_head"][:-1], self.weights["like_head"][-1]
        logit = sum(
            (weight * feature for weight, feature in zip(slope, features, strict=True)), constant
        )
        return np.asarray(probability(np.asarray(logit)), np.float32)


def _rated(histories: Histories) -> NDArray[np.int64]:
    """Return how many films each user has rated, those named as disliked not counted, [n]."""
    if histories.disliked is None:
        return histories.counts
    return histories.where(~histories.disliked).counts
