"""The closed-form parts of the sequence model: a matrix over pairs of films each.

Notation: N films, a row for each known film, a column for each candidate.
"""

import numpy as np
from scipy.linalg import lapack

from movierec_cli.core.data.dataset import FloatArray, Histories
from movierec_cli.core.data.ordering import chronological
from movierec_cli.core.models.features import sparse_history
from movierec_cli.core.models.gram import cholesky, lower_gram
from movierec_cli.core.models.sequence.config import RecencyConfig, TransitionConfig


def fit_ease(histories: Histories, n_films: int, config: RecencyConfig) -> FloatArray:
    """Return the EASE of films rated or not, [N, N]; see `operators.ease_map`."""
    # W_ij = -P_ij / P_jj with P = (X'X + penalty I)^-1, and W_jj = 0
    rated = sparse_history(histories, n_films, np.ones(len(histories.film_rows), np.float32))
    factor = cholesky(lower_gram(rated), config.regularization)
    lower = lapack.spotri(factor, lower=True, overwrite_c=True)[0]
    inverse = np.tril(lower) + np.tril(lower, -1).T
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return np.ascontiguousarray(weights, np.float32)


def fit_transitions(
    histories: Histories, n_films: int, config: TransitionConfig, seed: int
) -> FloatArray:
    """Return the smoothed probabilities of the films that follow a film, [N, N].

    Ratings of the same time are counted in several random orders, which the ``seed`` draws.
    """
    # C_ij = sum over lags l of decay^(l - 1) #(j comes l places after i)
    # W_ij = (C_ij + s p_j) / (sum_j C_ij + s) / p_j^a, with the share p_j of film j in all ratings
    generator = np.random.default_rng(seed)
    users = histories.user_rows
    counts = np.zeros(n_films**2, np.float32)
    for _ in range(config.tie_orders):
        order = chronological(histories, generator.random(len(users)))
        films = histories.film_rows[order].astype(np.int64)
        for lag in range(1, config.lags + 1):
            same_user = users[lag:] == users[:-lag]  # the order keeps users together
            pairs = (films[:-lag] * n_films + films[lag:])[same_user]
            weight = config.lag_decay ** (lag - 1) / config.tie_orders
            np.add.at(counts, pairs, np.float32(weight))
    following = counts.reshape(n_films, n_films)
    popularity = np.bincount(histories.film_rows, minlength=n_films) + 1.0
    share = (popularity / popularity.sum()).astype(np.float32)
    totals = following.sum(axis=1, keepdims=True) + config.smoothing
    weights = (following + config.smoothing * share) / totals / share**config.popularity_power
    return np.asarray(weights, np.float32)
