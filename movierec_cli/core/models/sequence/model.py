"""Scores of the trained sequence model, in numpy alone.

The lag k of a known film is the number of later ones: 0 for the last. The score of film i is the
weighted sum of three parts, each standardized over the films that the user has not rated:

    recency      sum_k (exp(-k / decay) + floor) EASE[film_k, i]
    transitions  sum_k exp(-k / decay) P[film_k, i]     smoothed probability that i follows film_k
    transformer  see `transformer`

Ratings of the same time have no order. The first two parts take the mean over all their orders, the
transformer that over a few random ones.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import FloatArray, Histories, Users
from movierec_cli.core.data.ordering import chronological, lag_means, unordered
from movierec_cli.core.models.base import Contributions, Scores, Shapes, WeightedModel
from movierec_cli.core.models.features import dense_history
from movierec_cli.core.models.sequence.transformer import TRANSFORMER_SHAPES, next_film_scores

PARTS = ("recency", "transitions", "transformer")


class Sequence(WeightedModel):
    """The trained model; it ranks R films, the most rated ones of the catalog."""

    SHAPES: ClassVar[Shapes] = {
        "popularity": ("films",),  # number of training ratings
        "film_rows": ("ranked",),  # of the ranked films, ascending
        "ease": ("ranked", "ranked"),  # row: known film, column: candidate
        "transitions": ("ranked", "ranked"),
        "lag_decays": (2,),  # of recency and transitions
        "lag_floor": (1,),  # of recency
        "part_weights": (len(PARTS),),
        "tie_orders": (1,),
        **TRANSFORMER_SHAPES,
    }

    @staticmethod
    def check(weights: Mapping[str, FloatArray]) -> None:
        """Raise ``ValueError`` for values that are impossible in arrays of the right shapes."""
        rows = weights["film_rows"]
        if np.any(np.diff(rows) < 1) or rows[0] < 0 or rows[-1] >= len(weights["popularity"]):
            raise ValueError("film_rows are no ascending rows of films")
        if np.any(weights["lag_decays"] <= 0) or weights["tie_orders"][0] < 1:
            raise ValueError("lag_decays and tie_orders are not positive")
        heads, width = int(weights["heads"][0]), weights["film_vectors"].shape[1]
        if heads < 1 or width % heads:
            raise ValueError("heads do not divide the width")

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score by the weighted sum of the parts; without a ranked film, by popularity.

        Films that are not ranked score below all others, by popularity.
        """
        del users
        known = ranked(histories, self._rows)
        sums = np.tensordot(self.weights["part_weights"], self.part_scores(known), axes=1)
        popularity = self.weights["popularity"]
        scores = np.tile(popularity / popularity.max() - 1, (len(histories), 1))  # -1 to 0
        told = known.counts > 0
        scores[told] += np.minimum(sums[told].min(axis=1, keepdims=True), 0)
        scores[np.ix_(told, self._rows)] = sums[told]
        return Scores(scores.astype(np.float32))

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> Contributions:
        """Return the addends of one user's scores of ``film_rows`` [n].

        Those of the known films are exact for recency and transitions. The rest of a score is the
        transformer's part, which is no sum, and the means that standardizing subtracts.
        """
        del users
        known = ranked(history, self._rows)
        unseen = self._unseen(known)
        addends = np.zeros((len(known.film_rows), len(self._rows)), np.float32)
        for weight, lags, matrix in zip(
            self.weights["part_weights"][:2], *self._sums(known), strict=True
        ):
            scores = lags @ matrix[known.film_rows]
            deviation = _moments(scores[None], unseen)[1]
            addends += weight / deviation * lags[:, None] * matrix[known.film_rows]
        films = np.zeros((len(history.film_rows), len(film_rows)), np.float32)
        is_ranked = np.isin(film_rows, self._rows)
        columns = np.searchsorted(self._rows, film_rows[is_ranked])
        films[np.ix_(are_ranked(history, self._rows), is_ranked)] = addends[:, columns]
        return Contributions(films, demographics=np.zeros(len(film_rows), np.float32))

    def part_scores(self, known: Histories) -> FloatArray:
        """Return the standardized scores of each part for `ranked` histories, [3, n_users, R]."""
        unseen = self._unseen(known)
        films, columns = np.unique(known.film_rows, return_inverse=True)
        # only the rows of these films are read
        of_films = replace(known, film_rows=columns.astype(np.int32))
        parts = [
            dense_history(of_films, len(films), lags) @ matrix[films]
            for lags, matrix in zip(*self._sums(known), strict=True)
        ]
        parts.append(self._transformer_scores(known))
        return np.stack([_standardized(part, unseen) for part in parts])

    def _sums(self, known: Histories) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        """Return the weights of the entries in the parts that are sums, and their matrices."""
        decays, floor = self.weights["lag_decays"], self.weights["lag_floor"]
        lag_weights = (
            lag_means(known, lambda lags: np.exp(-lags / decays[0]) + floor),
            lag_means(known, lambda lags: np.exp(-lags / decays[1])),
        )
        return lag_weights, (self.weights["ease"], self.weights["transitions"])

    def _transformer_scores(self, known: Histories) -> FloatArray:
        """Return the mean over orders of ties, [n_users, R]; 0 for an empty history."""
        scores = np.zeros((len(known), len(self._rows)), np.float32)
        told = np.flatnonzero(known.counts)
        known = known.take(told)
        lengths = np.minimum(known.counts, len(self.weights["places"]))
        places = np.arange(len(self.weights["places"]))
        entries = np.minimum(
            (known.indptr[1:] - lengths)[:, None] + places, known.indptr[1:, None] - 1
        )
        n_orders = int(self.weights["tie_orders"][0])
        windows = []
        for seed in range(n_orders):
            # one order of all films, so that a user's score does not depend on other users
            tie_order = np.random.default_rng(seed).permutation(len(self._rows))
            order = chronological(known, tie_order[known.film_rows])
            windows.append(np.column_stack([lengths, known.film_rows[order][entries]]))
        # a window without ties is the same in every order
        distinct, numbers = np.unique(np.vstack(windows), axis=0, return_inverse=True)
        found = next_film_scores(self.weights, distinct[:, 1:], distinct[:, 0])
        for of_order in numbers.reshape(n_orders, len(told)):
            scores[told] += found[of_order] / np.float32(n_orders)
        return scores

    def _unseen(self, known: Histories) -> NDArray[np.bool_]:
        ones = np.ones(len(known.film_rows), np.float32)
        return np.asarray(dense_history(known, len(self._rows), ones) == 0)

    @property
    def _rows(self) -> NDArray[np.int64]:
        return self.weights["film_rows"].astype(np.int64)


class UnorderedSequence(Sequence):
    """The trained control, to which all ratings of a history are tied: it knows no order."""

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score as `Sequence`, the mean over orders of the whole history."""
        return super().score(unordered(histories), users)

    def contributions(
        self, history: Histories, users: Users, film_rows: NDArray[np.int64]
    ) -> Contributions:
        """Return the addends of these scores."""
        return super().contributions(unordered(history), users, film_rows)


def ranked(histories: Histories, rows: NDArray[np.int64]) -> Histories:
    """Return the histories with positions in ``rows``, ascending, in place of film rows.

    Other films, and those named as disliked, are left out.
    """
    known = replace(histories, disliked=None).where(are_ranked(histories, rows))
    positions = np.searchsorted(rows, known.film_rows).astype(np.int32)
    return replace(known, film_rows=positions)


def are_ranked(histories: Histories, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the mask of the entries that `ranked` keeps, [n_entries]."""
    disliked = False if histories.disliked is None else histories.disliked
    return np.asarray(np.isin(histories.film_rows, rows) & np.logical_not(disliked))


def _moments(scores: FloatArray, mask: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of each row where a mask is true, [n, 1] each."""
    count = np.maximum(mask.sum(axis=1, keepdims=True), 1)
    mean = (scores * mask).sum(axis=1, keepdims=True) / count
    variance = (np.square(scores - mean) * mask).sum(axis=1, keepdims=True) / count
    return mean, np.sqrt(np.maximum(variance, 1e-12))


def _standardized(scores: FloatArray, mask: NDArray[np.bool_]) -> FloatArray:
    mean, deviation = _moments(scores, mask)
    return np.asarray((scores - mean) / deviation, np.float32)
