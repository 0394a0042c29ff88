"""Baselines: simple models to compare every result with.

Each is fitted to the training part of a split and is a `Model`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from movierec_cli.core.data.dataset import (
    HIGHEST_RATING,
    RELEVANT_RATING,
    Dataset,
    FloatArray,
    Histories,
    Users,
)
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.models.features import (
    dense_history,
    sparse_history,
    user_blocks,
    user_features,
)
from movierec_cli.core.models.gram import column_blocks
from movierec_cli.core.models.inverses import HEAD, Inverse, most_frequent, penalized_inverse
from movierec_cli.core.models.linear import ridge
from movierec_cli.core.models.operators import ease_scores

_SHRINKAGE = 5.0  # ratings that a mean is shrunk as by


@dataclass(frozen=True, eq=False)
class Random:
    """Ranks at random."""

    n_films: int
    seed: int = 0

    @classmethod
    def fit(cls, train: Dataset) -> "Random":
        """Read the size of the catalog."""
        return cls(len(train.films))

    def score(self, histories: Histories, users: Users) -> Scores:
        """Sample uniform scores; the same for the same number of users."""
        del histories
        generator = np.random.default_rng(self.seed)
        return Scores(generator.random((len(users), self.n_films), dtype=np.float32))


@dataclass(frozen=True, eq=False)
class Popularity:
    """Ranks by the number of training ratings, [n_films]."""

    counts: FloatArray

    @classmethod
    def fit(cls, train: Dataset) -> "Popularity":
        """Count the ratings of each film."""
        return cls(_film_sums(train))

    def score(self, histories: Histories, users: Users) -> Scores:
        """Give every user the same counts."""
        del histories
        return Scores(np.tile(self.counts, (len(users), 1)))


@dataclass(frozen=True, eq=False)
class FilmMean:
    """Predicts the mean rating of each film, shrunk to the global mean as by five more ratings."""

    means: FloatArray

    @classmethod
    def fit(cls, train: Dataset) -> "FilmMean":
        """Average the ratings of each film."""
        values = train.ratings.values
        sums = _film_sums(train, values) + _SHRINKAGE * values.mean(dtype=np.float64)
        return cls((sums / (_film_sums(train) + _SHRINKAGE)).astype(np.float32))

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict the same ratings for every user."""
        del histories
        ratings = np.tile(self.means, (len(users), 1))
        return Scores(score=ratings, rating=ratings)


@dataclass(frozen=True, eq=False)
class Bias:
    """Predicts global mean + film bias + user bias, the last from the user's known ratings."""

    mean: float
    film_bias: FloatArray
    lowest_rating: float

    SWEEPS = 5

    @classmethod
    def fit(cls, train: Dataset) -> "Bias":
        """Fit film and user biases in turn, each the shrunk mean of the residuals of the other."""
        ratings = train.ratings
        mean = float(ratings.values.mean(dtype=np.float64))
        model = cls(mean, np.zeros(len(train.films), np.float32), train.lowest_rating)
        for _ in range(cls.SWEEPS):
            user_bias = model.user_bias(train.histories)
            residuals = ratings.values - mean - user_bias[ratings.user_rows]
            bias = _film_sums(train, residuals) / (_film_sums(train) + _SHRINKAGE)
            model = replace(model, film_bias=bias)
        return model

    def user_bias(self, histories: Histories) -> FloatArray:
        """Return the shrunk mean residual of each user, [n_users]."""
        residuals = histories.ratings - self.mean - self.film_bias[histories.film_rows]
        sums = np.bincount(histories.user_rows, weights=residuals, minlength=len(histories))
        return (sums / (histories.counts + _SHRINKAGE)).astype(np.float32)

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict ratings, clipped to the scale; the score is the rating before clipping."""
        del users
        ratings = self.mean + self.film_bias + self.user_bias(histories)[:, None]
        return Scores(score=ratings, rating=np.clip(ratings, self.lowest_rating, HIGHEST_RATING))


@dataclass(frozen=True, eq=False)
class ItemKnn:
    """Item-based nearest neighbors by the cosine of the films' rating vectors.

    Sarwar et al. (2001), Item-based collaborative filtering recommendation algorithms. The
    weighted sum is not normalized, which ranks better.
    """

    weights: sparse.csr_array  # [n_films, n_films], row: rated film, column: candidate

    NEIGHBORS = 50

    @classmethod
    def fit(cls, train: Dataset) -> "ItemKnn":
        """Compute the similarities and keep the strongest for each candidate."""
        ratings = _matrix(train.histories, len(train.films))
        norms = np.sqrt(np.maximum(ratings.power(2).sum(axis=0), 1e-9))
        unit = (ratings / norms).tocsr()
        kept = min(cls.NEIGHBORS, len(norms) - 1)
        blocks, start = [], 0
        for block in column_blocks(unit):
            similarity = (unit.T @ block).toarray()  # [n_films, size of the block]
            candidates = np.arange(block.shape[1])
            similarity[start + candidates, candidates] = 0.0
            least = -np.partition(-similarity, kept - 1, axis=0)[kept - 1]
            similarity[similarity < least] = 0.0
            blocks.append(sparse.csc_array(similarity))
            start += len(candidates)
        return cls(sparse.hstack(blocks, "csr"))

    def score(self, histories: Histories, users: Users) -> Scores:
        """Sum the weights from the films of the history, times their ratings."""
        del users
        n_films = self.weights.shape[0]
        return Scores((_matrix(histories, n_films) @ self.weights).toarray())


@dataclass(frozen=True, eq=False)
class Ease:
    """EASE (Steck 2019) on the matrix of ratings instead of ones; see `operators.ease_map`.

    Films beyond the `HEAD` most rated have no weights.
    """

    inverse: Inverse  # [n_films, n_films]

    REGULARIZATION = 3000.0

    @classmethod
    def fit(cls, train: Dataset, regularization: float = REGULARIZATION) -> "Ease":
        """Solve for the weights."""
        n_films, histories = len(train.films), train.histories
        counts = np.bincount(histories.film_rows, minlength=n_films)
        in_head = most_frequent(counts, HEAD)
        ratings = _matrix(histories.where(in_head[histories.film_rows]), n_films)
        return cls(penalized_inverse(ratings, regularization, HEAD, seed=0))

    def score(self, histories: Histories, users: Users) -> Scores:
        """Sum the weights from the films of the history, times their ratings."""
        del users
        return Scores(ease_scores(self.inverse, _matrix(histories, len(self.inverse.diagonal))))


@dataclass(frozen=True, eq=False)
class DemographicRidge:
    """Ridge regression from demographics to "rated 4 or higher", one for each film.

    Ranks in the cold start; the history is not used.
    """

    n_occupations: int
    weights: FloatArray  # [n_features, n_films]

    REGULARIZATION = 100.0

    @classmethod
    def fit(cls, train: Dataset) -> "DemographicRidge":
        """Solve the regression over the training users."""
        n_occupations, n_films = len(train.occupations), len(train.films)
        penalty = np.full(cls._features(train.users, n_occupations).shape[1], cls.REGULARIZATION)
        penalty[0] = 0.0  # the constant is not penalized
        gram, rhs = np.zeros((len(penalty), len(penalty))), np.zeros((len(penalty), n_films))
        for users, histories in user_blocks(train):
            features = cls._features(users, n_occupations)
            gram += features.T @ features
            rhs += features.T @ dense_history(
                histories, n_films, histories.ratings >= RELEVANT_RATING
            )
        return cls(n_occupations, ridge(gram, rhs, penalty).astype(np.float32))

    @staticmethod
    def _features(users: Users, n_occupations: int) -> FloatArray:
        constant = np.ones((len(users), 1), np.float32)
        return np.hstack([constant, user_features(users, n_occupations)])

    def score(self, histories: Histories, users: Users) -> Scores:
        """Predict "rated 4 or higher" for each film."""
        del histories
        return Scores(self._features(users, self.n_occupations) @ self.weights)


BASELINES: Mapping[str, Callable[[Dataset], Model]] = {
    "random": Random.fit,
    "popularity": Popularity.fit,
    "film-mean": FilmMean.fit,
    "bias": Bias.fit,
    "item-knn": ItemKnn.fit,
    "ease": Ease.fit,
    "demographic-ridge": DemographicRidge.fit,
}
"""Name -> function that fits the baseline to the training part of a split."""


def _film_sums(train: Dataset, values: FloatArray | None = None) -> FloatArray:
    """Sum ``values`` [n_ratings], by default ones, over the ratings of each film, [n_films]."""
    sums = np.bincount(train.ratings.film_rows, weights=values, minlength=len(train.films))
    return sums.astype(np.float32)


def _matrix(histories: Histories, n_films: int) -> sparse.csr_array:
    """Return the ratings as a sparse matrix, [n_users, n_films]."""
    return sparse_history(histories, n_films, histories.ratings)
