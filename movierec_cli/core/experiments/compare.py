"""Every model and every baseline on the same splits."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import COLD_START, make_split
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.runs.store import Run, load_run
from movierec_cli.core.runs.train_spec import TrainSpec, default_name

BASELINE = "baseline"
PUBLISHED = "published"


@dataclass(frozen=True)
class Result:
    """What one model reaches in one scenario, over one split seed or several.

    Attributes
    ----------
    model, preset
        ``preset`` is `BASELINE` for a baseline and `PUBLISHED` for a figure of the report.
    run
        The run that was measured, of the last split seed; ``None`` for what is no run.
    scenario
        Its name.
    users
        The users that ranking is averaged over, of the last split seed.
    metrics
        Name -> mean over the split seeds; ``None`` where the model cannot give it.
    deviations
        Name -> standard deviation over the split seeds; ``None`` for a single one.
    train_seconds, score_seconds
        Means; ``None`` where nothing was run.
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
    """What to compare on.

    Attributes
    ----------
    holdout
        As in `make_split`.
    split_seeds
        The seeds that the figures are means over; one for an official fold.
    k
        The length of the lists.
    """

    holdout: str
    split_seeds: Sequence[int]
    k: int


def compare(
    dataset: Dataset, comparison: Comparison, runs: Path, on_step: Callable[[str], None]
) -> list[Result]:
    """Measure everything on every split; a fitting run is used again, others are trained.

    Parameters
    ----------
    runs
        The folder of the runs; what is trained here is kept there.
    on_step
        Told what is done next.
    """
    collected: dict[tuple[str, str, str], list[Result]] = {}
    for split_seed in comparison.split_seeds:
        for result in _compare_once(dataset, comparison, split_seed, runs, on_step):
            collected.setdefault((result.scenario, result.model, result.preset), []).append(result)
    results = [_average(same) for same in collected.values()]
    of_the_report = published(dataset, comparison)
    return sorted([*results, *of_the_report], key=lambda result: result.scenario)


def steps(comparison: Comparison) -> int:
    """Return how many times `compare` tells a step."""
    models = sum(len(presets) for presets in PRESETS.values())
    return len(comparison.split_seeds) * (len(BASELINES) + models)


def _compare_once(
    dataset: Dataset,
    comparison: Comparison,
    split_seed: int,
    runs: Path,
    on_step: Callable[[str], None],
) -> Iterator[Result]:
    split = make_split(dataset, comparison.holdout, split_seed)

    def measured(
        model: Model, name: str, preset: str, run: str | None, seconds: float
    ) -> Iterator[Result]:
        for scenario in split.scenarios:
            found = evaluate(model, scenario, comparison.k)
            yield Result(
                name, preset, run, scenario.name, found.users, found.metrics, None, seconds,
                found.seconds,
            )  # fmt: skip

    for name, fit in BASELINES.items():
        on_step(f"{name} (split seed {split_seed})")
        started = time.perf_counter()
        model = fit(split.train)
        yield from measured(model, name, BASELINE, None, time.perf_counter() - started)
    for name, presets in PRESETS.items():
        for preset in presets:
            on_step(f"{name} {preset} (split seed {split_seed})")
            run = _fitting_run(dataset, name, preset, comparison.holdout, split_seed, runs)
            manifest = run.manifest
            yield from measured(run.model, name, preset, manifest.name, manifest.seconds)


def _fitting_run(
    dataset: Dataset, model: str, preset: str, holdout: str, split_seed: int, runs: Path
) -> Run:
    """Load the run of the usual name if it is what would be trained now, else train it."""
    from movierec_cli.core.experiments.resume import Resume, as_json, train_and_save  # noqa: PLC0415

    request = TrainSpec(model, preset, holdout, split_seed)
    name = default_name(request, dataset.name)
    there = _load(name, dataset, runs)
    if there is not None:
        wanted = request.resolve()
        split = make_split(dataset, holdout, split_seed)
        manifest = there.manifest
        if (
            dict(manifest.config) == as_json(asdict(wanted.config))
            and dict(manifest.training) == as_json(asdict(wanted.training))
            and dict(manifest.split) == {"holdout": holdout, "split_seed": split.split_seed}
        ):
            return there
    return train_and_save(dataset, request, runs, lambda _: None, Resume.IF_IT_FITS)


def _load(name: str, dataset: Dataset, runs: Path) -> Run | None:
    """Load a run, unless it is missing, damaged or of other data."""
    try:
        run = load_run(name, runs)
        run.require_dataset(dataset)
    except (DataError, IntegrityError):
        return None
    return run


def _average(results: Sequence[Result]) -> Result:
    """Average the results of one model in one scenario over the split seeds."""
    means: dict[str, float | None] = {}
    deviations: dict[str, float | None] = {}
    for name in metrics.ALL:
        values = [value for result in results if (value := result.metrics[name]) is not None]
        means[name] = float(np.mean(values)) if values else None
        deviations[name] = float(np.std(values, ddof=1)) if len(values) > 1 else None
    last = results[-1]
    return Result(
        last.model,
        last.preset,
        last.run,
        last.scenario,
        last.users,
        means,
        deviations if len(results) > 1 else None,
        float(np.mean([result.train_seconds or 0.0 for result in results])),
        float(np.mean([result.score_seconds or 0.0 for result in results])),
    )


_REPORTED = {
    "two-tower": {"precision": 0.0085, "recall": 0.0088, "map": 0.0009, "mse": 1.21},
    "dnn": {"precision": 0.0188, "recall": 0.0179, "map": 0.0017, "accuracy": 0.64},
}


def published(dataset: Dataset, comparison: Comparison) -> list[Result]:
    """Return the report's own figures, where they are about the same thing."""
    if (dataset.name, comparison.holdout, comparison.k) != ("ml-100k", "users", 25):
        return []
    return [
        Result(
            model,
            PUBLISHED,
            None,
            COLD_START,
            None,
            {name: figures.get(name) for name in metrics.ALL},
            None,
            None,
            None,
        )
        for model, figures in _REPORTED.items()
    ]
