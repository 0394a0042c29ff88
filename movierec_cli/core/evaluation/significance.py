"""The test of differences between models: a paired bootstrap over users.

Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 16; Holm (1979), A simple
sequentially rejective multiple test procedure.

A resample draws as many users as there are, with replacement, the same users for every model. Let
d_u be the difference between a model and the best model for user u, D = sum_u d_u, and D_b the
same sum over resample b of B. Then

    p = min(1, 2 * (1 + min(#{D_b <= 0}, #{D_b >= 0})) / (B + 1))        (two-sided)

A metric is a sum over users / a count over users, and the count is the same for all models. So the
sign of D is the sign of the difference of the metric; it is that of the root of the MSE, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.evaluation.metrics import METRICS, FloatVector
from movierec_cli.core.evaluation.per_user import PerUser

RESAMPLES = 10_000

LEVEL = 0.05
"""A difference with a higher p-value is within chance."""

MIN_USERS = 10
"""The lowest number of users to test with; of fewer every difference is within chance."""

Figures = Mapping[str, float | None]
"""Metric -> a value; ``None`` for none."""

_SEED = 0
_DRAWN = 2_000_000  # users drawn at once; bounds the memory
_ZERO = 1e-9  # a sum of differences below is zero but for rounding


def p_values(values: Sequence[Figures], models: Sequence[PerUser]) -> list[Figures]:
    """Test each model against the best one of each metric.

    Parameters
    ----------
    values
        The metrics of each model; the first of the best values is the best model's.
    models
        The same models, all measured on the same users.

    Returns
    -------
    The p-value of each model and metric, corrected by `holm` for the number of models; ``None``
    for the best model and where a model cannot give the metric.
    """
    found: list[dict[str, float | None]] = [dict.fromkeys(METRICS) for _ in models]
    for kind in ("ranking", "rating"):
        pairs = list(_pairs(values, kind))
        if not pairs:
            continue
        counted = models[0].counts[kind] > 0
        differences = [
            (models[pair.model].sums[pair.metric] - models[pair.best].sums[pair.metric])[counted]
            for pair in pairs
        ]
        tested = bootstrap(np.stack(differences, axis=1))
        for metric in dict.fromkeys(pair.metric for pair in pairs):
            same = np.array([pair.metric == metric for pair in pairs])
            corrected = holm(tested[same])
            for pair, p in zip(compress(pairs, same), corrected, strict=True):
                found[pair.model][metric] = float(p)
    return list(found)


class _Pair(NamedTuple):
    """A model to test against the best of a metric; models are positions."""

    metric: str
    best: int
    model: int


def _pairs(values: Sequence[Figures], kind: str) -> Iterator[_Pair]:
    for metric in (metric for metric in METRICS.values() if metric.kind == kind):
        of_models = [of[metric.name] for of in values]
        best = metric.best_at(of_models)
        for at, value in enumerate(of_models):
            if best is not None and value is not None and at != best:
                yield _Pair(metric.name, best, at)


def bootstrap(differences: NDArray[np.float64]) -> FloatVector:
    """Return the p-value of each column of differences [n_users, n_pairs] from zero."""
    n_users, n_pairs = differences.shape
    if n_users < MIN_USERS:
        return np.ones(n_pairs)
    generator = np.random.default_rng(_SEED)
    lower, upper = np.zeros(n_pairs), np.zeros(n_pairs)
    size = max(_DRAWN // n_users, 1)
    for start in range(0, RESAMPLES, size):
        n = min(size, RESAMPLES - start)
        drawn = generator.integers(0, n_users, (n, n_users)) + n_users * np.arange(n)[:, None]
        times = np.bincount(drawn.ravel(), minlength=n * n_users).reshape(n, n_users)
        sums = times.astype(np.float64) @ differences  # [n, n_pairs]
        lower += (sums <= _ZERO).sum(axis=0)
        upper += (sums >= -_ZERO).sum(axis=0)
    return np.minimum(1.0, 2 * (1 + np.minimum(lower, upper)) / (RESAMPLES + 1))


def holm(values: FloatVector) -> FloatVector:
    """Correct the p-values of m tests, so that one false difference in all is as rare as of one.

    With p_(1) <= ... <= p_(m), the corrected value i is max_{j <= i} min(1, (m - j + 1) p_(j)).
    """
    order = np.argsort(values, kind="stable")
    steps = np.minimum(1.0, np.arange(len(values), 0, -1) * values[order])
    corrected = np.empty(len(values))
    corrected[order] = np.maximum.accumulate(steps)
    return corrected
