"""Results of models side by side: their measurement, means over splits, and p-values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, stdev

from movierec_cli.core.data.splits import Split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.evaluation.per_user import PerUser, pooled
from movierec_cli.core.evaluation.significance import p_values
from movierec_cli.core.models.base import Model
from movierec_cli.core.runs.store import Run

BASELINE = "baseline"
PUBLISHED = "published"

Figures = Mapping[str, float | None]
"""Metric -> value; ``None`` where there is none."""


def _nothing() -> Figures:
    return dict.fromkeys(METRICS)


@dataclass(frozen=True)
class Result:
    """The metrics of one model in one scenario, over one split seed or several.

    Attributes
    ----------
    model, preset
        ``preset`` is `BASELINE` for a baseline and `PUBLISHED` for a figure of the report.
    run, users, left_out
        The measured run, the number of users that ranking is averaged over, and of those without
        a relevant film, of the last split seed; ``None`` where there is none.
    metrics, deviations
        Mean and standard deviation over the split seeds. A single split seed has no deviations.
    p_values
        Of the differences from the best model of the scenario, see
        `movierec_cli.core.evaluation.significance.p_values`.
    train_seconds, score_seconds
        Means; ``None`` for published figures.
    """

    model: str
    preset: str
    scenario: str
    metrics: Figures
    run: str | None = None
    users: int | None = None
    left_out: int | None = None
    deviations: Figures | None = None
    p_values: Figures = field(default_factory=_nothing)
    train_seconds: float | None = None
    score_seconds: float | None = None

    @property
    def name(self) -> str:
        """The model as a table has it: ``ease``, ``dnn default``."""
        return self.model if self.preset == BASELINE else f"{self.model} {self.preset}"


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fitted model that takes part: ``run`` is ``None`` for a baseline."""

    name: str
    preset: str
    run: str | None
    model: Model
    seconds: float


@dataclass(frozen=True, eq=False)
class Measured:
    """The result of a model in a scenario of one split, and its metrics of each user."""

    result: Result
    per_user: PerUser


def candidate_of(run: Run) -> Candidate:
    """Return a run as a model that takes part."""
    manifest = run.manifest
    return Candidate(manifest.model, manifest.preset, manifest.name, run.model, manifest.seconds)


def measure(candidate: Candidate, split: Split, k: int) -> Iterator[Measured]:
    """Measure a model in each scenario of a split, with lists of ``k`` films."""
    for scenario in split.scenarios:
        found = evaluate(candidate.model, scenario, k)
        result = Result(
            candidate.name,
            candidate.preset,
            found.scenario,
            found.metrics,
            run=candidate.run,
            users=found.users,
            left_out=found.left_out,
            train_seconds=candidate.seconds,
            score_seconds=found.seconds,
        )
        yield Measured(result, found.per_user)


def summarized(found: Sequence[Measured]) -> list[Result]:
    """Average each model over the splits, and test it against the best of its scenario.

    The models keep the order in which they were measured first; scenarios follow one another.
    """
    same: dict[str, dict[tuple[str, str], list[Measured]]] = {}
    for one in found:
        key = (one.result.model, one.result.preset)
        same.setdefault(one.result.scenario, {}).setdefault(key, []).append(one)
    results = []
    for models in same.values():
        means = [_average([one.result for one in parts]) for parts in models.values()]
        tested = p_values(
            [result.metrics for result in means],
            [pooled([one.per_user for one in parts]) for parts in models.values()],
        )
        results += [
            replace(result, p_values=values) for result, values in zip(means, tested, strict=True)
        ]
    return results


def _average(results: Sequence[Result]) -> Result:
    """Average the results of one model in one scenario over the split seeds."""
    if len(results) == 1:
        return results[0]
    means: dict[str, float | None] = dict.fromkeys(METRICS)
    deviations: dict[str, float | None] = dict.fromkeys(METRICS)
    for name in METRICS:
        values = [value for result in results if (value := result.metrics[name]) is not None]
        if values:
            means[name] = mean(values)
        if len(values) > 1:
            deviations[name] = stdev(values)
    return replace(
        results[-1],
        metrics=means,
        deviations=deviations,
        train_seconds=mean(result.train_seconds or 0.0 for result in results),
        score_seconds=mean(result.score_seconds or 0.0 for result in results),
    )
