"""The comparison of all models and baselines on the same splits."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import mean, stdev

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import COLD_START, Split, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.reuse import ensure_run, epoch_units
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.train_spec import TrainSpec

BASELINE = "baseline"
PUBLISHED = "published"

_OF_DEMOGRAPHICS = ("demographic-ridge",)
_OF_FILM_PAIRS = ("item-knn",)
_MOST_FILMS = 12_000  # of which a matrix of film pairs takes 0.6 GB; item-knn holds two


@dataclass(frozen=True)
class Result:
    """The metrics of one model in one scenario, over one split seed or several.

    Attributes
    ----------
    model, preset
        ``preset`` is `BASELINE` for a baseline and `PUBLISHED` for a figure of the report.
    run, users
        The measured run and the number of users that ranking is averaged over, of the last split
        seed; ``None`` where there is none.
    metrics, deviations
        Name -> mean or standard deviation over the split seeds; ``None`` where the model cannot
        give it. A single split seed has no deviations.
    train_seconds, score_seconds
        Means; ``None`` for published figures.
    """

    model: str
    preset: str
    scenario: str
    metrics: Mapping[str, float | None]
    run: str | None = None
    users: int | None = None
    deviations: Mapping[str, float | None] | None = None
    train_seconds: float | None = None
    score_seconds: float | None = None


@dataclass(frozen=True)
class Comparison:
    """The splits, as in `make_split`, and the list length of a comparison."""

    holdout: str
    split_seeds: Sequence[int]
    k: int

    def specs(self) -> list[TrainSpec]:
        """Return the trainings of all models and presets for each split seed."""
        return [
            TrainSpec(model, preset, self.holdout, seed)
            for seed in self.split_seeds
            for model, presets in PRESETS.items()
            for preset in presets
        ]


Fit = Callable[[Dataset], Model]
"""A function that fits a baseline to the training part of a split."""


def baselines(dataset: Dataset) -> dict[str, Fit]:
    """Return the `BASELINES` that make sense for a data set and fit into the memory."""
    left_out: set[str] = set()
    if not dataset.users.have_demographics:
        left_out |= set(_OF_DEMOGRAPHICS)
    if len(dataset.films) > _MOST_FILMS:
        left_out |= set(_OF_FILM_PAIRS)
    return {name: fit for name, fit in BASELINES.items() if name not in left_out}


def remarks(dataset: Dataset, scenario: str) -> list[str]:
    """Return sentences about the results in a scenario: the effects of what the data lacks."""
    found = []
    if not dataset.users.have_demographics:
        if scenario == COLD_START:
            found.append("No demographics: every user gets the same list, but from random.")
        found.append(f"Left out: {', '.join(_OF_DEMOGRAPHICS)}, which needs demographics.")
    if len(dataset.films) > _MOST_FILMS:
        found.append(
            f"Left out: {', '.join(_OF_FILM_PAIRS)}, which needs a matrix of "
            f"{len(dataset.films):,} x {len(dataset.films):,} films."
        )
    return found


def compare(
    dataset: Dataset, comparison: Comparison, runs: Path, progress: Progress
) -> list[Result]:
    """Measure every model and baseline on every split.

    A run of the same specification in the folder ``runs`` is used again; others are trained and
    kept. ``progress`` counts a unit for each baseline and for each epoch of a training.
    """
    fits = baselines(dataset)
    specs = comparison.specs()
    units = len(fits) * len(comparison.split_seeds) + sum(map(epoch_units, specs))
    progress.start("Comparing", units)
    same: dict[tuple[str, str, str], list[Result]] = {}
    try:
        for split_seed in comparison.split_seeds:
            split = make_split(dataset, comparison.holdout, split_seed)
            models = chain(
                _baselines(fits, split, split_seed, progress),
                _trained(dataset, specs, split_seed, runs, progress),
            )
            for name, preset, run, model, seconds in models:
                for scenario in split.scenarios:
                    found = evaluate(model, scenario, comparison.k)
                    result = Result(
                        model=name,
                        preset=preset,
                        scenario=scenario.name,
                        metrics=found.metrics,
                        run=run,
                        users=found.users,
                        train_seconds=seconds,
                        score_seconds=found.seconds,
                    )
                    same.setdefault((scenario.name, name, preset), []).append(result)
    finally:
        progress.finish()
    results = [*map(_average, same.values()), *published(dataset, comparison)]
    return sorted(results, key=lambda result: result.scenario)


_Fitted = tuple[str, str, str | None, Model, float]  # name, preset, run, model, seconds


def _baselines(
    fits: Mapping[str, Fit], split: Split, split_seed: int, progress: Progress
) -> Iterator[_Fitted]:
    for name, fit in fits.items():
        progress.describe(f"Baseline {name} (split seed {split_seed})")
        started = time.perf_counter()
        model = fit(split.full_train)
        yield name, BASELINE, None, model, time.perf_counter() - started
        progress.advance(1)


def _trained(
    dataset: Dataset, specs: Sequence[TrainSpec], split_seed: int, runs: Path, progress: Progress
) -> Iterator[_Fitted]:
    for spec in (spec for spec in specs if spec.split_seed == split_seed):
        progress.describe(f"{spec.model} {spec.preset} (split seed {split_seed})")
        run = ensure_run(dataset, spec, runs, progress)
        yield spec.model, spec.preset, run.manifest.name, run.model, run.manifest.seconds


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


_REPORTED = {
    "two-tower": {"precision": 0.0085, "recall": 0.0088, "map": 0.0009, "mse": 1.21},
    "dnn": {"precision": 0.0188, "recall": 0.0179, "map": 0.0017, "accuracy": 0.64},
}


def published(dataset: Dataset, comparison: Comparison) -> list[Result]:
    """Return the figures of the report, for a comparison on the same data and list length."""
    if (dataset.name, comparison.holdout, comparison.k) != ("ml-100k", "users", 25):
        return []
    return [
        Result(model, PUBLISHED, COLD_START, {name: figures.get(name) for name in METRICS})
        for model, figures in _REPORTED.items()
    ]
