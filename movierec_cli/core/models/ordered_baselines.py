"""Baselines that know the times of ratings, for the holdouts ``last`` and ``time``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories, Users
from movierec_cli.core.data.ordering import lag_means
from movierec_cli.core.data.time_splits import hold_out_late, late_start
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.models.baselines import Ease, Popularity
from movierec_cli.core.models.features import dense_history
from movierec_cli.core.models.sequence.config import RecencyConfig, TransitionConfig
from movierec_cli.core.models.sequence.film_pairs import fit_ease, fit_transitions
from movierec_cli.core.models.topk import exclude, list_gain

PRIOR_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Weights of recent popularity that are tried on validation ratings."""

_LIST = 10  # films of the list that they are chosen by


def recent_popularity(train: Dataset) -> Popularity:
    """Return the root of each film's number among the last tenth of the ratings.

    The root keeps the ranking, and a few films of the day from outweighing all others in a sum.
    """
    times = train.ratings.timestamps
    is_recent = times >= late_start(times)
    recent = Popularity.fit(train.with_ratings(train.ratings.take(is_recent)))
    return Popularity(np.sqrt(recent.counts))


@dataclass(frozen=True, eq=False)
class LagSum:
    """Sums the rows of the known films in a matrix, weighted by exp(-lag / decay) + floor."""

    matrix: FloatArray  # [n_films, n_films], row: known film, column: candidate
    decay: float
    floor: float = 0.0

    @classmethod
    def fit_ease(cls, train: Dataset) -> "LagSum":
        """Fit the part recency of the sequence model alone."""
        config = RecencyConfig()
        matrix = fit_ease(train.histories, len(train.films), config)
        return cls(matrix, config.decay, config.floor)

    @classmethod
    def fit_transitions(cls, train: Dataset) -> "LagSum":
        """Fit the part transitions of the sequence model alone."""
        config = TransitionConfig()
        return cls(fit_transitions(train.histories, len(train.films), config, 0), config.decay)

    def score(self, histories: Histories, users: Users) -> Scores:
        """Sum the weighted rows."""
        del users
        weights = lag_means(histories, lambda lags: np.exp(-lags / self.decay) + self.floor)
        return Scores(dense_history(histories, len(self.matrix), weights) @ self.matrix)


@dataclass(frozen=True, eq=False)
class WithRecentPopularity:
    """Adds recent popularity to the scores of a model, both standardized over the films."""

    model: Model
    popularity: Popularity
    weight: float

    @classmethod
    def fit_ease(cls, train: Dataset) -> "WithRecentPopularity":
        """Fit EASE, and choose the weight of recent popularity on the last tenth of the ratings."""
        earlier, later = hold_out_late(train, None)
        model, popularity = Ease.fit(earlier), recent_popularity(earlier)
        gains = []
        for weight in PRIOR_WEIGHTS:
            scores = cls(model, popularity, weight).score(later.histories, later.users).score
            gains.append(list_gain(exclude(scores, later.histories), later.targets, _LIST))
        weight = PRIOR_WEIGHTS[int(np.argmax(gains))]
        return cls(Ease.fit(train), recent_popularity(train), weight)

    def score(self, histories: Histories, users: Users) -> Scores:
        """Sum the standardized scores."""
        own, prior = (
            _standardized(model.score(histories, users).score)
            for model in (self.model, self.popularity)
        )
        return Scores(own + np.float32(self.weight) * prior)


def _standardized(scores: FloatArray) -> FloatArray:
    deviation = np.maximum(scores.std(axis=1, keepdims=True), 1e-9)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / deviation)


@dataclass(frozen=True, eq=False)
class Shuffled:
    """The control of an ordered model: it scores the same histories in a random order."""

    model: Model

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score with the times of each history permuted."""
        order = np.random.default_rng(0).random(len(histories.timestamps))
        permuted = np.lexsort((order, histories.user_rows))
        times = histories.timestamps[permuted]
        return self.model.score(replace(histories, timestamps=times), users)


ORDERED_BASELINES: Mapping[str, Callable[[Dataset], Model]] = {
    "recent-popularity": recent_popularity,
    "ease-recency": LagSum.fit_ease,
    "transitions": LagSum.fit_transitions,
}
"""Name -> function that fits the baseline to the training part of a split."""

LATER_BASELINES: Mapping[str, Callable[[Dataset], Model]] = {
    **ORDERED_BASELINES,
    "ease-recent-popularity": WithRecentPopularity.fit_ease,
}
"""Those of the holdout ``time``."""
