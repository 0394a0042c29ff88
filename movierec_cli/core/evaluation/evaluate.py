"""The measurement of a model in a scenario."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.metrics import FloatVector
from movierec_cli.core.evaluation.per_user import PerUser
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.topk import exclude, top_k

DEFAULT_K = 25
_BATCH = 256  # users scored at once; bounds the dense [users, films] arrays


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metrics of a model in a scenario.

    Attributes
    ----------
    k
        The length of the recommended lists.
    users, left_out
        The number of users that the ranking metrics are means over, and of those without a
        relevant film.
    metrics
        A value for each name in `METRICS`; ``None`` where the model does not predict it.
    per_user
        The same metrics of each user.
    lists
        [n_users, k] the recommended film rows, best first; `PAD` where there is none.
    seconds
        The duration of scoring and ranking.
    """

    scenario: str
    k: int
    users: int
    left_out: int
    metrics: dict[str, float | None]
    per_user: PerUser
    lists: NDArray[np.int32]
    seconds: float


def evaluate(model: Model, scenario: Scenario, k: int = DEFAULT_K) -> Evaluation:
    """Measure a model in a scenario, by the definitions in `metrics`.

    Ranking metrics are means over the users with a relevant target; rating metrics are taken
    over all targets.
    """
    started = time.perf_counter()
    lists, ranked, first, ratings, likes = [], [], [], [], []
    for start in range(0, len(scenario.users), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(scenario.users)))
        histories, targets = scenario.histories.take(rows), scenario.targets.take(rows)
        scores = model.score(histories, scenario.users.take(rows))
        candidates = exclude(scores.score, histories)
        top = top_k(candidates, k)
        lists.append(top.astype(np.int32))
        ranked.append(metrics.hits(top, targets, candidates.shape[1], scenario.least_relevant))
        first.append(metrics.first_ranks(candidates, targets, scenario.least_relevant))
        at_targets = (targets.user_rows, targets.film_rows)
        if scores.rating is not None:
            ratings.append(scores.rating[at_targets])
        if scores.like_probability is not None:
            likes.append(scores.like_probability[at_targets])
    seconds = time.perf_counter() - started
    actual = scenario.targets.ratings
    of_pairs: dict[str, FloatVector] = {}
    if ratings:
        predicted = np.concatenate(ratings)
        of_pairs = metrics.rating_metrics(predicted, actual)
        of_pairs["accuracy"] = metrics.correct(predicted >= metrics.RATING_THRESHOLD, actual)
    if likes:  # they decide the accuracy where the model predicts both
        predicted = np.concatenate(likes)
        of_pairs["accuracy"] = metrics.correct(predicted >= metrics.LIKE_THRESHOLD, actual)
    per_user = _per_user(scenario, np.concatenate(ranked), np.concatenate(first), of_pairs)
    counted = int(per_user.counts["ranking"].sum())
    return Evaluation(
        scenario.name,
        k,
        users=counted,
        left_out=len(scenario.users) - counted,
        metrics=per_user.means(),
        per_user=per_user,
        lists=np.concatenate(lists),
        seconds=seconds,
    )


def _per_user(
    scenario: Scenario,
    hit: NDArray[np.bool_],
    first_rank: FloatVector,
    of_pairs: dict[str, FloatVector],
) -> PerUser:
    """Return the metrics of each user.

    They are computed from the hits [n_users, k], the rank of the first relevant film [n_users] and
    the figures of each target.
    """
    targets = scenario.targets
    relevant = metrics.relevant_counts(targets, scenario.least_relevant)
    counted = relevant > 0
    sums = {name: np.zeros(len(targets)) for name in metrics.RANKING}
    of_lists = metrics.ranking_metrics(hit[counted], relevant[counted])
    of_ranks = metrics.rank_metrics(first_rank[counted], hit.shape[1])
    for name, values in {**of_ranks, **of_lists}.items():
        by_rank = of_ranks.get(name, values)
        sums[name][counted] = np.where(relevant[counted] == 1, by_rank, values)
    for name, values in of_pairs.items():
        added = np.bincount(targets.user_rows, weights=values, minlength=len(targets))
        sums[name] = added.astype(np.float64)
    if "mse" in sums:
        sums["rmse"] = sums["mse"]
    counts = {"ranking": counted.astype(np.float64), "rating": targets.counts.astype(np.float64)}
    return PerUser(scenario.users.ids, sums, counts)
