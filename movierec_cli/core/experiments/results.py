"""Results of models side by side: their measurement, means over splits, and p-values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, stdev

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import Split
from movierec_cli.core.evaluation.beyond import Reference, beyond_accuracy
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.evaluation.groups import GroupResult, by_group
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.evaluation.per_user import PerUser, pooled
from movierec_cli.core.evaluation.significance import Figures, p_values
from movierec_cli.core.models.base import Model
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.store import Run

BASELINE = "baseline"
PUBLISHED = "published"


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
    beyond
        The measures of `BEYOND`, means over the split seeds; ``None`` where they were not wanted.
    groups
        The metrics by group of users; empty where they were not wanted.
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
    beyond: Figures | None = None
    groups: Sequence[GroupResult] = ()

    @property
    def name(self) -> str:
        """The model as a table has it: ``ease``, ``dnn default``."""
        return self.model if self.preset == BASELINE else f"{self.model} {self.preset}"


def best_baseline(results: Sequence[Result], metric: str) -> Result | None:
    """Return the baseline with the best value of a metric, ``None`` where none has a value."""
    found = [result for result in results if result.preset == BASELINE]
    best = METRICS[metric].best_at([result.metrics[metric] for result in found])
    return None if best is None else found[best]


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


def measure(
    candidate: Candidate,
    split: Split,
    k: int,
    reference: Reference | None = None,
    progress: Progress = SILENT,
) -> Iterator[Measured]:
    """Measure a model in each scenario of a split, with lists of ``k`` films.

    With a ``reference``, the lists are measured beyond accuracy, too.
    """
    for scenario in split.scenarios:
        found = evaluate(candidate.model, scenario, k, progress, f"Measuring {candidate.name}")
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
            beyond=beyond_accuracy(found.lists, reference) if reference else None,
        )
        yield Measured(result, found.per_user)


def summarized(found: Sequence[Measured], dataset: Dataset | None = None) -> list[Result]:
    """Average each model over the splits, and test it against the best of its scenario.

    The models keep the order in which they were measured first; scenarios follow one another.
    With the ``dataset`` that was split, the results have the metrics by group of its users.
    """
    same: dict[str, dict[tuple[str, str], list[Measured]]] = {}
    for one in found:
        key = (one.result.model, one.result.preset)
        same.setdefault(one.result.scenario, {}).setdefault(key, []).append(one)
    results = []
    for scenario, models in same.items():
        means = [_average([one.result for one in parts]) for parts in models.values()]
        per_user = [pooled([one.per_user for one in parts]) for parts in models.values()]
        tested = p_values([result.metrics for result in means], per_user)
        results += [
            replace(
                result,
                p_values=values,
                groups=by_group(dataset, users, scenario) if dataset else (),
            )
            for result, values, users in zip(means, tested, per_user, strict=True)
        ]
    return results


def _average(results: Sequence[Result]) -> Result:
    """Average the results of one model in one scenario over the split seeds."""
    if len(results) == 1:
        return results[0]
    metrics = [result.metrics for result in results]
    beyond = [result.beyond for result in results if result.beyond is not None]
    return replace(
        results[-1],
        metrics=_over_splits(metrics, mean),
        deviations=_over_splits(metrics, stdev),
        train_seconds=mean(result.train_seconds or 0.0 for result in results),
        score_seconds=mean(result.score_seconds or 0.0 for result in results),
        beyond=_over_splits(beyond, mean) if beyond else None,
    )


def _over_splits(
    splits: Sequence[Figures], summary: Callable[[Sequence[float]], float]
) -> dict[str, float | None]:
    """Summarize each figure over the splits; ``None`` where a split has none."""
    found: dict[str, float | None] = {}
    for name in splits[0]:
        values = [value for figures in splits if (value := figures[name]) is not None]
        found[name] = summary(values) if len(values) == len(splits) else None
    return found
