"""Metrics: their formulas, and one table of their names, labels and directions.

Ranking, for a user with the relevant films R and a list of k films, hit(i) being 1 if the film
at rank i is in R and 0 otherwise:

    precision@k = sum_i hit(i) / k
    recall@k    = sum_i hit(i) / |R|
    AP@k        = sum_i hit(i) * precision@i / min(|R|, k)          (MAP is its mean)
    NDCG@k      = sum_i hit(i) / log2(i + 1)  /  sum_{i <= min(|R|, k)} 1 / log2(i + 1)
    hit rate@k  = 1 if any hit, else 0
    RR          = 1 / rank of the first film in R, in the whole catalog    (MRR is its mean)

A rank is 1 + the films of a higher score + half of the others of an equal one. So are NDCG and hit
rate of a user with one relevant film; a list has films of equal score in the order of the catalog.

Users without a relevant film are left out of the means and counted. Libraries differ here: some
divide recall by min(|R|, k), some take k hits as the ideal of NDCG.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import RELEVANT_RATING, FloatArray, Histories


@dataclass(frozen=True)
class Metric:
    """A metric as every table and figure shows it.

    ``ranking`` metrics are means over users of lists of k films; ``rating`` metrics are computed
    over all target ratings; ``list`` metrics describe the lists, whatever is relevant.
    """

    name: str
    kind: Literal["ranking", "rating", "list"]
    higher_is_better: bool
    long_label: str
    short_label: str
    formula: str

    def label(self, k: int) -> str:
        """Return the name in a table with room, such as ``Precision@25``."""
        return self.long_label.format(k=k)

    def short(self, k: int) -> str:
        """Return the name in a narrow column, such as ``P@25``."""
        return self.short_label.format(k=k)

    def definition(self, k: int) -> str:
        """Return the definition in words."""
        return self.formula.format(k=k)

    def best(self, values: Iterable[float]) -> float:
        """Return the best of some values."""
        return max(values) if self.higher_is_better else min(values)

    def best_at(self, values: Sequence[float | None]) -> int | None:
        """Return the first position of the best value, ``None`` where all are missing."""
        known = [value for value in values if value is not None]
        return values.index(self.best(known)) if known else None


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric("precision", "ranking", True, "Precision@{k}", "P@{k}", "hits / {k}"),
            Metric("recall", "ranking", True, "Recall@{k}", "R@{k}", "hits / relevant films"),
            Metric(
                "map", "ranking", True, "MAP@{k}", "MAP@{k}",
                "mean over users of precision at each hit / min(relevant, {k})",
            ),
            Metric(
                "ndcg", "ranking", True, "NDCG@{k}", "NDCG@{k}",
                "log2 discount; ideal: min(relevant, {k}) hits",
            ),
            Metric(
                "hit_rate", "ranking", True, "Hit rate@{k}", "Hit@{k}",
                "share of users with at least one hit",
            ),
            Metric(
                "mrr", "ranking", True, "MRR", "MRR",
                "mean over users of 1 / rank of the first relevant film",
            ),
            Metric("mse", "rating", False, "MSE", "MSE", "mean squared error of the rating"),
            Metric("rmse", "rating", False, "RMSE", "RMSE", "root of the MSE"),
            Metric("mae", "rating", False, "MAE", "MAE", "mean absolute error of the rating"),
            Metric(
                "accuracy", "rating", True, "Accuracy", "Acc.",
                "share of ratings correctly predicted as 4 or higher, or as lower",
            ),
        )
    }
)  # fmt: skip
"""Every metric by its name, in the order of the tables."""

RANKING = tuple(name for name, metric in METRICS.items() if metric.kind == "ranking")
ALL = tuple(METRICS)

RATING_THRESHOLD = 3.5
"""The lowest predicted rating that counts as a prediction of "relevant": it rounds to 4."""

LIKE_THRESHOLD = 0.5
"""The lowest predicted like probability that counts as a prediction of "relevant"."""

FloatVector = NDArray[np.float64]


def hits(
    top: NDArray[np.int64], targets: Histories, n_films: int, least: float = RELEVANT_RATING
) -> NDArray[np.bool_]:
    """Return the relevant places of the recommended lists, [n_users, k].

    ``top`` has [n_users, k] film rows, best first, negative where there is none; ``targets`` are
    the held-out ratings of the same users, relevant from ``least`` on.
    """
    relevant = np.zeros((len(targets), n_films + 1), dtype=np.bool_)  # last column: no film
    mask = targets.ratings >= least
    relevant[targets.user_rows[mask], targets.film_rows[mask]] = True
    return np.take_along_axis(relevant, np.where(top < 0, n_films, top), axis=1)


def relevant_counts(targets: Histories, least: float = RELEVANT_RATING) -> NDArray[np.int64]:
    """Return the number of relevant films of each user, [n_users]."""
    mask = targets.ratings >= least
    return np.bincount(targets.user_rows[mask], minlength=len(targets))


def first_ranks(scores: FloatArray, targets: Histories, least: float) -> FloatVector:
    """Return the rank of the first relevant film of each user, [n_users]; inf where there is none.

    ``scores`` are [n_users, n_films], ``-inf`` for films that are not ranked.
    """
    users, films = (
        rows[targets.ratings >= least] for rows in (targets.user_rows, targets.film_rows)
    )
    best = np.full(len(scores), -np.inf, scores.dtype)
    np.maximum.at(best, users, scores[users, films])
    higher = np.count_nonzero(scores > best[:, None], axis=1)
    equal = np.count_nonzero(scores == best[:, None], axis=1)
    return np.where(np.isfinite(best), 1 + higher + (equal - 1) / 2, np.inf)


def rank_metrics(first_rank: FloatVector, k: int) -> dict[str, FloatVector]:
    """Compute the ranking metrics of users with one relevant film from its rank, [n_users] each."""
    return {
        "ndcg": (first_rank <= k) / np.log2(first_rank + 1),
        "hit_rate": (first_rank <= k).astype(np.float64),
        "mrr": 1 / first_rank,
    }


def ranking_metrics(
    hit: NDArray[np.bool_], n_relevant: NDArray[np.int64]
) -> dict[str, FloatVector]:
    """Compute the metrics of lists for each user, all of `RANKING` but MRR: [n_users], 0..1.

    ``hit`` is [n_users, k] from `hits`, and ``n_relevant`` [n_users], each at least 1.
    """
    k = hit.shape[1]
    ranks = np.arange(1, k + 1)
    found = hit.cumsum(axis=1)  # [n_users, k]
    reachable = np.minimum(n_relevant, k)
    discount = 1.0 / np.log2(ranks + 1)
    ideal = discount.cumsum()[reachable - 1]
    return {
        "precision": found[:, -1] / k,
        "recall": found[:, -1] / n_relevant,
        "map": (hit * found / ranks).sum(axis=1) / reachable,
        "ndcg": (hit * discount).sum(axis=1) / ideal,
        "hit_rate": (found[:, -1] > 0).astype(np.float64),
    }


def rating_metrics(predicted: FloatArray, actual: FloatArray) -> dict[str, FloatVector]:
    """Compute the addends of mse and mae for each pair of ratings, [n_pairs] each."""
    error = predicted.astype(np.float64) - actual
    return {"mse": error**2, "mae": np.abs(error)}


def correct(relevant: NDArray[np.bool_], actual: FloatArray) -> FloatVector:
    """Return 1 for each pair whose "rated 4 or higher" was predicted correctly, else 0.

    ``relevant`` has the predictions and ``actual`` the ratings, [n_pairs] each; the mean is the
    accuracy.
    """
    is_correct: NDArray[np.bool_] = relevant == (actual >= RELEVANT_RATING)
    return is_correct.astype(np.float64)
