"""The measurement of a model in a scenario."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.metrics import FloatVector
from movierec_cli.core.evaluation.per_user import PerUser
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.topk import exclude, top_k
from movierec_cli.core.parallel.group import group
from movierec_cli.core.progress import SILENT, Countdown, Progress

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


def evaluate(
    model: Model,
    scenario: Scenario,
    k: int = DEFAULT_K,
    progress: Progress = SILENT,
    title: str = "Measuring",
) -> Evaluation:
    """Measure a model in a scenario, by the definitions in `metrics`.

    Ranking metrics are means over the users with a relevant target; rating metrics are taken
    over all targets. Several processes share the users, and find the same to the bit. Long work
    tells its ``progress`` under the ``title``.
    """
    started = time.perf_counter()
    starts = range(0, len(scenario.users), _BATCH)
    countdown, batches = Countdown(progress, f"{title} in {scenario.name}", len(starts)), []
    for batch in group().in_turns(lambda start: _of_batch(model, scenario, start, k), starts):
        batches.append(batch)
        countdown.advance(1)
    lists, ranked, first, ratings, likes = map(_concatenated, zip(*batches, strict=True))
    seconds = time.perf_counter() - started
    actual = scenario.targets.ratings
    of_pairs: dict[str, FloatVector] = {}
    if ratings is not None:
        of_pairs = metrics.rating_metrics(ratings, actual)
        of_pairs["accuracy"] = metrics.correct(ratings >= metrics.RATING_THRESHOLD, actual)
    if likes is not None:  # they decide the accuracy where the model predicts both
        of_pairs["accuracy"] = metrics.correct(likes >= metrics.LIKE_THRESHOLD, actual)
    per_user = _per_user(scenario, ranked, first, of_pairs)
    counted = int(per_user.counts["ranking"].sum())
    return Evaluation(
        scenario.name,
        k,
        users=counted,
        left_out=len(scenario.users) - counted,
        metrics=per_user.means(),
        per_user=per_user,
        lists=lists,
        seconds=seconds,
    )


def _of_batch(
    model: Model, scenario: Scenario, start: int, k: int
) -> tuple[NDArray[Any] | None, ...]:
    """Return figures of the batch of users from ``start`` on.

    They are the lists and their hits [batch, k], the rank of the first relevant film [batch], and
    the predicted rating and like probability of each target, ``None`` where there is none.
    """
    rows = np.arange(start, min(start + _BATCH, len(scenario.users)))
    histories, targets = scenario.histories.take(rows), scenario.targets.take(rows)
    scores = model.score(histories, scenario.users.take(rows))
    candidates = exclude(scores.score, histories)
    top = top_k(candidates, k)
    at_targets = (targets.user_rows, targets.film_rows)
    return (
        top.astype(np.int32),
        metrics.hits(top, targets, candidates.shape[1], scenario.least_relevant),
        metrics.first_ranks(candidates, targets, scenario.least_relevant),
        None if scores.rating is None else scores.rating[at_targets],
        None if scores.like_probability is None else scores.like_probability[at_targets],
    )


def _concatenated(parts: Sequence[NDArray[Any] | None]) -> Any:
    """Return the parts as one array; ``None`` where they are missing."""
    found = [part for part in parts if part is not None]
    return np.concatenate(found) if found else None


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
