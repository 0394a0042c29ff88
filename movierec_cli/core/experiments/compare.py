"""The comparison of all models and baselines on the same splits."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import COLD_START, make_split
from movierec_cli.core.evaluation.evaluate import Evaluation, evaluate
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.reuse import ensure_run, epoch_units
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.train_spec import TrainSpec

BASELINE = "baseline"
PUBLISHED = "published"


@dataclass(frozen=True)
class Result:
    """The metrics of one model in one scenario, over one split seed or several.

    Attributes
    ----------
    model, preset
        ``preset`` is `BASELINE` for a baseline and `PUBLISHED` for a figure of the report.
    run
        The measured run, of the last split seed; ``None`` for baselines and published figures.
    scenario
        The name of the scenario.
    users
        The number of users that ranking is averaged over, of the last split seed.
    metrics
        Name -> mean over the split seeds; ``None`` where the model cannot give it.
    deviations
        Name -> standard deviation over the split seeds; ``None`` for a single one.
    train_seconds, score_seconds
        Means; ``None`` for published figures.
    """

    model: str
    preset: str
    run: str | None
    scenario: str
    users: int | None
    metrics: Mapping[str, float | None]
    deviations: Mapping[str, float | None] | None
    train_seconds: float | None
    score_seconds: float | None


@dataclass(frozen=True)
class Comparison:
    """The splits and the list length of a comparison.

    Attributes
    ----------
    holdout
        As in `make_split`.
    split_seeds
        The seeds to average over; one for an official fold.
    k
        The length of the lists.
    """

    holdout: str
    split_seeds: Sequence[int]
    k: int

    def specs(self, split_seed: int | None = None) -> list[TrainSpec]:
        """Return the trainings of all models and presets, of one split seed or of all."""
        seeds = self.split_seeds if split_seed is None else (split_seed,)
        return [
            TrainSpec(model, preset, self.holdout, seed)
            for seed in seeds
            for model, presets in PRESETS.items()
            for preset in presets
        ]


def compare(
    dataset: Dataset, comparison: Comparison, runs: Path, progress: Progress
) -> list[Result]:
    """Measure every model and baseline on every split.

    A run of the same specification is used again; others are trained and kept.

    Parameters
    ----------
    runs
        The folder of the runs.
    progress
        Counts a unit for each baseline and for each epoch of a training.
    """
    baselines = len(BASELINES) * len(comparison.split_seeds)
    progress.start("Comparing", baselines + sum(map(epoch_units, comparison.specs())))
    try:
        same: dict[tuple[str, str, str], list[Result]] = {}
        for split_seed in comparison.split_seeds:
            for result in _measured(dataset, comparison, split_seed, runs, progress):
                same.setdefault((result.scenario, result.model, result.preset), []).append(result)
    finally:
        progress.finish()
    results = [*map(_average, same.values()), *published(dataset, comparison)]
    return sorted(results, key=lambda result: result.scenario)


def _measured(
    dataset: Dataset, comparison: Comparison, split_seed: int, runs: Path, progress: Progress
) -> Iterator[Result]:
    """Yield the results of every model and baseline on one split."""
    split = make_split(dataset, comparison.holdout, split_seed)
    for name, fit in BASELINES.items():
        progress.describe(f"Baseline {name} (split seed {split_seed})")
        started = time.perf_counter()
        model = fit(split.full_train)
        seconds = time.perf_counter() - started
        for scenario in split.scenarios:
            found = evaluate(model, scenario, comparison.k)
            yield _result(name, BASELINE, None, found, seconds)
        progress.advance(1)
    for spec in comparison.specs(split_seed):
        progress.describe(f"{spec.model} {spec.preset} (split seed {split_seed})")
        run = ensure_run(dataset, spec, runs, progress)
        manifest = run.manifest
        for scenario in split.scenarios:
            found = evaluate(run.model, scenario, comparison.k)
            yield _result(spec.model, spec.preset, manifest.name, found, manifest.seconds)


def _result(
    model: str, preset: str, run: str | None, found: Evaluation, train_seconds: float
) -> Result:
    return Result(
        model=model,
        preset=preset,
        run=run,
        scenario=found.scenario,
        users=found.users,
        metrics=found.metrics,
        deviations=None,
        train_seconds=train_seconds,
        score_seconds=found.seconds,
    )


def _average(results: Sequence[Result]) -> Result:
    """Average the results of one model in one scenario over the split seeds."""
    means: dict[str, float | None] = {}
    deviations: dict[str, float | None] = {}
    for name in METRICS:
        values = [value for result in results if (value := result.metrics[name]) is not None]
        means[name] = float(np.mean(values)) if values else None
        deviations[name] = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return replace(
        results[-1],
        metrics=means,
        deviations=deviations if len(results) > 1 else None,
        train_seconds=float(np.mean([result.train_seconds or 0.0 for result in results])),
        score_seconds=float(np.mean([result.score_seconds or 0.0 for result in results])),
    )


_REPORTED = {
    "two-tower": {"precision": 0.0085, "recall": 0.0088, "map": 0.0009, "mse": 1.21},
    "dnn": {"precision": 0.0188, "recall": 0.0179, "map": 0.0017, "accuracy": 0.64},
}


def published(dataset: Dataset, comparison: Comparison) -> list[Result]:
    """Return the figures of the report, for a comparison on the same data and list length."""
    if (dataset.name, comparison.holdout, comparison.k) != ("ml-100k", "users", 25):
        return []
    return [
        Result(
            model=model,
            preset=PUBLISHED,
            run=None,
            scenario=COLD_START,
            users=None,
            metrics={name: figures.get(name) for name in METRICS},
            deviations=None,
            train_seconds=None,
            score_seconds=None,
        )
        for model, figures in _REPORTED.items()
    ]
