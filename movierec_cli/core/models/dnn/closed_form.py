"""Closed-form components of the dnn: item-item and cold start.

Notation: U training users, N films, K demographic features D [U, K], histories X [U, N] weighted
by rating, and the inputs Z = [X / sqrt(n), s D] [U, N + K] with n ratings of a user. Matrices of
size films x films are held, never users x films.
"""

from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, FloatArray, Histories
from movierec_cli.core.models.dnn.components import (
    COLD_START,
    WITH_HISTORY,
    Component,
    scale_films,
    whiten,
)
from movierec_cli.core.models.dnn.config import ColdStartConfig, DnnConfig
from movierec_cli.core.models.dnn.model import history_shares, history_weights
from movierec_cli.core.models.features import (
    centered_demographics,
    demographic_mean,
    dense_history,
    user_blocks,
)
from movierec_cli.core.models.linear import Floats, GramMatrices, ease, ridge

_SAMPLE = 200  # users whose scores scale the solutions and the films
_OVERSAMPLING, _ITERATIONS = 20, 5  # of the search for principal directions


@dataclass(frozen=True, eq=False)
class ClosedFormFit:
    """The closed-form components."""

    item_item: Component
    cold_start: Component
    demographic_mean: FloatArray  # [K], subtracted from the demographic features
    film_scales: FloatArray  # [N], of the film vectors of components that read a history


def fit_closed_form(train: Dataset, config: DnnConfig, seed: int) -> ClosedFormFit:
    """Fit the item-item and the cold-start component to the ratings of ``train``.

    The ``seed`` starts the search for principal directions.
    """
    n_films, item_item = len(train.films), config.item_item
    users = train.users.take(np.flatnonzero(train.histories.counts))
    mean = demographic_mean(users, len(train.occupations))
    length = float(np.linalg.norm(centered_demographics(users, mean), axis=1).mean())
    scale = np.float32(item_item.ridge.demographic_share**0.5 / max(length, 1e-6))
    sums = _sum_over_users(train, mean, scale, config)

    # ridge regressions on Z: to the ratings [N + K, N], and to demographics [N + K, K]
    to_ratings, to_demographics = np.hsplit(
        ridge(sums.ridge, item_item.ridge.regularization), [n_films]
    )

    # item-item: the sum W [N + K, N] of three solutions, in principal directions F [N, R]
    _, histories = next(user_blocks(train, _SAMPLE))
    sample = dense_history(histories, n_films, history_shares(histories, config.rating_weights))
    weights = _sum_of_solutions(train, sums, to_ratings, sample, config)
    directions = principal_directions(weights, sums.ridge.gram, item_item.rank, seed)
    inputs = weights @ directions
    component = Component(
        film_vectors=directions,
        history_vectors=inputs[:n_films],
        demographic_vectors=inputs[n_films:] * scale,
        constant=np.zeros(directions.shape[1], np.float32),
        weight=item_item.weight,
        gate=WITH_HISTORY,
    )
    scales = film_scales((sample @ weights[:n_films]).std(axis=0), item_item.spread_power)
    return ClosedFormFit(
        item_item=scale_films(whiten(component), scales),
        cold_start=whiten(_cold_start(sums, to_demographics, config.cold_start)),
        demographic_mean=mean,
        film_scales=scales,
    )


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums over the training users, with cold-start targets C [U, N] and activities a [U]."""

    history: FloatArray  # [N, N], X'X
    ridge: GramMatrices  # Z'Z and Z'[X, aD]
    demographics: FloatArray  # [K, K], D'D
    cold_start: FloatArray  # [N + K, N], Z'C
    level: FloatArray  # [N], the mean of aC


def _sum_over_users(
    train: Dataset, mean: FloatArray, scale: np.float32, config: DnnConfig
) -> _Sums:
    n_users = np.count_nonzero(train.histories.counts)
    n_films, n_features = len(train.films), len(mean)
    sums = _Sums(
        history=np.zeros((n_films, n_films), np.float32),
        ridge=GramMatrices.zeros(n_films + n_features, n_films + n_features),
        demographics=np.zeros((n_features, n_features), np.float32),
        cold_start=np.zeros((n_films + n_features, n_films), np.float32),
        level=np.zeros(n_films, np.float32),
    )
    for users, histories in user_blocks(train):
        weighted, shares, targets = (
            dense_history(histories, n_films, values)
            for values in (
                history_weights(histories, config.rating_weights),
                history_shares(histories, config.rating_weights),
                history_weights(histories, config.cold_start.target_weights),
            )
        )
        demographics = centered_demographics(users, mean)
        inputs = np.hstack([shares, scale * demographics])
        liked = histories.where(histories.ratings >= RELEVANT_RATING).counts[:, None]
        activity = ((liked + 1.0) ** config.cold_start.activity_power).astype(np.float32)
        sums.history[:] += weighted.T @ weighted
        sums.ridge.add(inputs, np.hstack([weighted, activity * demographics]))
        sums.demographics[:] += demographics.T @ demographics
        sums.cold_start[:] += inputs.T @ targets
        sums.level[:] += (activity * targets).sum(axis=0) / n_users
    return sums


def _sum_of_solutions(
    train: Dataset, sums: _Sums, ridge_weights: Floats, sample: FloatArray, config: DnnConfig
) -> FloatArray:
    """Add EASE, EASE on temporal co-occurrence and the ridge regression, [N + K, N].

    Each is divided by the standard deviation of its scores: that between films, the mean over the
    histories of ``sample`` [n, N].
    """
    part = config.item_item
    weights = history_weights(train.histories, config.rating_weights)
    n_films, half_seconds = len(train.films), part.temporal.half_seconds
    co_occurrence = temporal_gram(train.histories, weights, n_films, half_seconds)
    of_ease = ease(sums.history, part.ease.regularization)
    of_temporal = ease(co_occurrence, part.temporal.regularization)
    of_history, of_demographics = np.split(ridge_weights, [n_films])

    def inverse_std(solution: Floats) -> float:
        return float(1 / max((sample @ solution).std(axis=1).mean(), 1e-6))

    scale = inverse_std(of_history)
    total = np.vstack(
        [
            of_ease * (part.ease.weight * inverse_std(of_ease))
            + of_temporal * (part.temporal.weight * inverse_std(of_temporal))
            + of_history * scale,
            of_demographics * (part.ridge.demographic_weight * scale),
        ]
    )
    return total.astype(np.float32)


def temporal_gram(
    histories: Histories, weights: FloatArray, n_films: int, half_seconds: float
) -> FloatArray:
    """Return the temporal co-occurrence of films, [n_films, n_films], by ``weights`` [n_entries].

    Users rate page by page, so films that many users rate at nearly the same time are similar.
    """
    # G_ij = sum_u x_ui x_uj / (1 + |t_ui - t_uj| / half_seconds), positive semidefinite
    gram = np.zeros((n_films, n_films), np.float32)
    for start, end in zip(histories.indptr[:-1], histories.indptr[1:], strict=True):
        films, of_user = histories.film_rows[start:end], weights[start:end]
        times = histories.timestamps[start:end]
        decay = np.abs(times[:, None] - times).astype(np.float32) / half_seconds + 1
        gram[np.ix_(films, films)] += of_user[:, None] * of_user / decay
    return gram


def principal_directions(weights: FloatArray, gram: Floats, rank: int, seed: int) -> FloatArray:
    """Return the directions in which the scores of the training users vary most.

    They are orthonormal columns [N, min(rank, N)], the strongest first, for ``weights`` [N + K, N]
    from inputs to scores and the ``gram`` [N + K, N + K] of the inputs. A projection on them loses
    least of the scores, not of the weights.
    Randomized subspace iteration: Halko, Martinsson and Tropp (2011), Finding structure with
    randomness, algorithm 4.4, https://doi.org/10.1137/090771806. The last few are less exact.
    """
    # eigenvectors of the Gram matrix of the scores, W' Z'Z W [N, N]
    score_gram = weights.T @ (gram @ weights)
    n_films = len(score_gram)
    shape = (n_films, min(rank + _OVERSAMPLING, n_films))
    directions = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    for _ in range(_ITERATIONS):
        directions = np.linalg.qr(score_gram @ directions).Q
    _, rotation = np.linalg.eigh(directions.T @ score_gram @ directions)  # the strongest last
    return np.ascontiguousarray((directions @ rotation)[:, ::-1][:, :rank])


def film_scales(spread: FloatArray, power: float) -> FloatArray:
    """Return factors of the film vectors [N], from the deviation of each film's scores over users.

    Films whose scores differ much between users crowd the others out of the lists; a power below 0
    lessens that. The scores as a whole keep their spread.
    """
    # (1 + spread / median)^power, over the change of the root mean square of the spreads
    scales = (spread / max(float(np.median(spread)), 1e-6) + 1.0) ** power
    change = float(np.linalg.norm(scales * spread)) / max(float(np.linalg.norm(spread)), 1e-6)
    return np.asarray(scales / max(change, 1e-6), np.float32)


def _cold_start(sums: _Sums, to_demographics: Floats, config: ColdStartConfig) -> Component:
    """Return the cold-start component, a ridge regression on demographics.

    Its targets are aY, with the ridge regression's predictions Y [U, N] of the targets C for the
    training users. They are smoother than C: worth 0.6 % NDCG@25 in the cold start.
    """
    # score = D V + level, with V [K, N] = (D'D + penalty I)^-1 D'aY
    # D'aY = D'aZ P Z'C = (P Z'aD)' Z'C, with P = (Z'Z + r)^-1 and ``to_demographics`` = P Z'aD
    rhs = to_demographics.T @ sums.cold_start
    slopes = ridge(GramMatrices(sums.demographics, rhs), config.regularization)
    n_features, n_films = slopes.shape
    return Component(
        film_vectors=np.vstack([slopes, sums.level]).T,
        history_vectors=np.zeros((n_films, n_features + 1), np.float32),
        demographic_vectors=np.eye(n_features, n_features + 1, dtype=np.float32),
        constant=np.eye(1, n_features + 1, n_features, dtype=np.float32)[0],
        weight=config.weight,
        gate=COLD_START,
    )
