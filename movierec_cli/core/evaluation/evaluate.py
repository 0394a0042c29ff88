"""The measurement of a model in a scenario."""

import time
from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.splits import Scenario
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.topk import exclude, top_k

DEFAULT_K = 25
_BATCH = 256  # users scored at once; bounds the dense [users, films] arrays


@dataclass(frozen=True)
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
    seconds
        The duration of scoring and ranking.
    """

    scenario: str
    k: int
    users: int
    left_out: int
    metrics: dict[str, float | None]
    seconds: float


def evaluate(model: Model, scenario: Scenario, k: int = DEFAULT_K) -> Evaluation:
    """Measure a model in a scenario, by the definitions in `metrics`.

    Ranking metrics are means over the users with a relevant target; rating metrics are taken
    over all targets.
    """
    started = time.perf_counter()
    ranked, ratings, likes = [], [], []
    for start in range(0, len(scenario.users), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(scenario.users)))
        histories, targets = scenario.histories.take(rows), scenario.targets.take(rows)
        scores = model.score(histories, scenario.users.take(rows))
        top = top_k(exclude(scores.score, histories), k)
        ranked.append(metrics.hits(top, targets, scores.score.shape[1]))
        at_targets = (targets.user_rows, targets.film_rows)
        if scores.rating is not None:
            ratings.append(scores.rating[at_targets])
        if scores.like_probability is not None:
            likes.append(scores.like_probability[at_targets])
    seconds = time.perf_counter() - started
    relevant = metrics.relevant_counts(scenario.targets)
    counted = relevant > 0
    per_user = metrics.ranking_metrics(np.concatenate(ranked)[counted], relevant[counted])
    values: dict[str, float | None] = dict.fromkeys(metrics.ALL)
    values.update({name: float(value.mean()) for name, value in per_user.items() if len(value)})
    actual = scenario.targets.ratings
    if ratings:
        predicted = np.concatenate(ratings)
        values |= metrics.rating_errors(predicted, actual)
        values["accuracy"] = metrics.accuracy(predicted >= metrics.RATING_THRESHOLD, actual)
    if likes:  # they decide the accuracy where the model predicts both
        predicted = np.concatenate(likes)
        values["accuracy"] = metrics.accuracy(predicted >= metrics.LIKE_THRESHOLD, actual)
    return Evaluation(scenario.name, k, int(counted.sum()), int((~counted).sum()), values, seconds)
