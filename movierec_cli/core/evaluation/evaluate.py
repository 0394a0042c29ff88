"""The measurement of a model in a scenario."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Histories
from movierec_cli.core.data.splits import Scenario
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.models.topk import exclude, top_k

DEFAULT_K = 25
_BATCH = 256  # users scored at once; bounds the dense [users, films] arrays


@dataclass(frozen=True)
class Evaluation:
    """The metrics of a model in a scenario.

    Attributes
    ----------
    scenario
        The name of the scenario.
    k
        The length of the recommended lists.
    users
        The number of users that the ranking metrics are means over.
    left_out
        The number of users without a relevant film; the ranking metrics leave them out.
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
    ranked = []
    predictions = []
    for rows, histories, targets in _batches(scenario):
        scores = model.score(histories, scenario.users.take(rows))
        n_films = scores.score.shape[1]
        top = top_k(exclude(scores.score, histories), k)
        ranked.append(metrics.hits(top, targets, n_films))
        predictions.append(_at_targets(scores, targets))
    seconds = time.perf_counter() - started
    relevant = metrics.relevant_counts(scenario.targets)
    counted = relevant > 0
    per_user = metrics.ranking_metrics(np.concatenate(ranked)[counted], relevant[counted])
    values: dict[str, float | None] = dict.fromkeys(metrics.ALL)
    values.update({name: float(value.mean()) for name, value in per_user.items() if len(value)})
    values.update(_rating_metrics(predictions, scenario.targets))
    return Evaluation(scenario.name, k, int(counted.sum()), int((~counted).sum()), values, seconds)


def _batches(scenario: Scenario) -> Iterator[tuple[np.ndarray, Histories, Histories]]:
    for start in range(0, len(scenario.users), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(scenario.users)))
        yield rows, scenario.histories.take(rows), scenario.targets.take(rows)


def _at_targets(scores: Scores, targets: Histories) -> Scores:
    """Select the predictions for the targets; each array becomes [n_targets]."""
    at = (targets.user_rows, targets.film_rows)
    return Scores(
        scores.score[at],
        None if scores.rating is None else scores.rating[at],
        None if scores.like_probability is None else scores.like_probability[at],
    )


def _rating_metrics(predictions: list[Scores], targets: Histories) -> dict[str, float]:
    """Compute the rating metrics that the model predicts; likes decide the accuracy first."""
    ratings = [part.rating for part in predictions if part.rating is not None]
    likes = [part.like_probability for part in predictions if part.like_probability is not None]
    values: dict[str, float] = {}
    if ratings:
        predicted = np.concatenate(ratings)
        values |= metrics.rating_errors(predicted, targets.ratings)
        relevant = predicted >= metrics.RATING_THRESHOLD
        values["accuracy"] = metrics.accuracy(relevant, targets.ratings)
    if likes:
        relevant = np.concatenate(likes) >= metrics.LIKE_THRESHOLD
        values["accuracy"] = metrics.accuracy(relevant, targets.ratings)
    return values
