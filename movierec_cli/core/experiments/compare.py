"""The comparison of all models and baselines on the same splits."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.scenarios import (
    COLD_START,
    LAST_HOLDOUT,
    LATER,
    NEXT,
    TIME_HOLDOUT,
    UNTIED,
)
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.beyond import Reference
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.results import (
    BASELINE,
    PUBLISHED,
    Candidate,
    Measured,
    Result,
    candidate_of,
    measure,
    summarized,
)
from movierec_cli.core.experiments.reuse import ensure_run, epoch_units
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.ordered_baselines import (
    LATER_BASELINES,
    ORDERED_BASELINES,
    Shuffled,
)
from movierec_cli.core.models.presets import MODELS, MODELS_OF_USERS, PRESETS
from movierec_cli.core.progress import Progress
from movierec_cli.core.runs.train_spec import TrainSpec

_OF_DEMOGRAPHICS = ("demographic-ridge",)
_OF_FILM_PAIRS = ("ease-recency", "transitions")
_MOST_FILMS = 12_000  # of which a matrix of film pairs takes 0.6 GB

COMPARED: Mapping[str, tuple[str, str]] = {
    model if preset == "default" else f"{model}-{preset}": (model, preset)
    for model in MODELS
    for preset in PRESETS[model]
}
"""Name -> model and preset."""

_OF_USERS = tuple(name for name, (model, _) in COMPARED.items() if model in MODELS_OF_USERS)
_ORDERED = tuple(name for name, (_, preset) in COMPARED.items() if preset != "original")
"""The original networks read no history and take the longest, so they have no part here."""


@dataclass(frozen=True)
class Comparison:
    """The splits, as in `make_split`, and the list length of a comparison.

    With ``beyond``, the results have the measures beyond accuracy and those by group of users.
    ``models`` are names as `COMPARED` has them; without any, all that the holdout can tell apart
    are compared.
    """

    holdout: str
    split_seeds: Sequence[int]
    k: int
    beyond: bool = False
    cut: str | None = None
    models: Sequence[str] = ()

    def specs(self) -> list[TrainSpec]:
        """Return the trainings of the models for each split seed.

        Raises
        ------
        UsageError
            If there is no model of a name.
        """
        for name in self.models:
            if name not in COMPARED:
                raise UsageError(
                    f"There is no model {name!r} to compare.", f"There are: {', '.join(COMPARED)}"
                )
        usual = _ORDERED if self.holdout in (LAST_HOLDOUT, TIME_HOLDOUT) else _OF_USERS
        return [
            TrainSpec(*COMPARED[name], self.holdout, seed, cut=self.cut)
            for seed in self.split_seeds
            for name in COMPARED
            if name in (self.models or usual)
        ]


Fit = Callable[[Dataset], Model]
"""A function that fits a baseline to the training part of a split."""


def baselines(dataset: Dataset, holdout: str = "users") -> dict[str, Fit]:
    """Return the baselines that make sense for a data set and holdout and fit into the memory."""
    left_out: set[str] = set()
    if not dataset.users.have_demographics:
        left_out |= set(_OF_DEMOGRAPHICS)
    if len(dataset.films) > _MOST_FILMS:
        left_out |= set(_OF_FILM_PAIRS)
    ordered = {LAST_HOLDOUT: ORDERED_BASELINES, TIME_HOLDOUT: LATER_BASELINES}.get(holdout, {})
    fits = {**BASELINES, **ordered}
    return {name: fit for name, fit in fits.items() if name not in left_out}


def remarks(dataset: Dataset, scenario: str) -> list[str]:
    """Return sentences about the results in a scenario: the effects of what the data lacks."""
    found = []
    if not dataset.users.have_demographics:
        if scenario == COLD_START:
            found.append("No demographics: every user gets the same list, but from random.")
        found.append(f"Left out: {', '.join(_OF_DEMOGRAPHICS)}, which needs demographics.")
    if len(dataset.films) > _MOST_FILMS and scenario in (NEXT, UNTIED, LATER):
        found.append(
            f"Left out: {', '.join(_OF_FILM_PAIRS)}: they need a matrix of "
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
    fits = baselines(dataset, comparison.holdout)
    specs = comparison.specs()
    units = len(fits) * len(comparison.split_seeds) + sum(map(epoch_units, specs))
    progress.start("Comparing", units)
    found: list[Measured] = []
    try:
        for split_seed in comparison.split_seeds:
            split = make_split(dataset, comparison.holdout, split_seed, cut=comparison.cut)
            reference = Reference.of(split.full_train) if comparison.beyond else None
            for candidate in chain(
                fit_baselines(fits, split, progress),
                _trained(dataset, specs, split_seed, runs, progress),
            ):
                found += measure(candidate, split, comparison.k, reference, progress)
    finally:
        progress.finish()
    averaged = summarized(found, dataset if comparison.beyond else None)
    results = [*averaged, *published(dataset, comparison)]
    return sorted(results, key=lambda result: result.scenario)


def fit_baselines(fits: Mapping[str, Fit], split: Split, progress: Progress) -> Iterator[Candidate]:
    """Fit each baseline to the training part of a split; ``progress`` counts a unit for each."""
    for name, fit in fits.items():
        seed = "" if split.split_seed is None else f" (split seed {split.split_seed})"
        progress.describe(f"Baseline {name}{seed}")
        started = time.perf_counter()
        model = fit(split.full_train)
        yield Candidate(name, BASELINE, None, model, time.perf_counter() - started)
        progress.advance(1)


def _trained(
    dataset: Dataset, specs: Sequence[TrainSpec], split_seed: int, runs: Path, progress: Progress
) -> Iterator[Candidate]:
    for spec in (spec for spec in specs if spec.split_seed == split_seed):
        progress.describe(f"{spec.model} {spec.preset} (split seed {split_seed})")
        candidate = candidate_of(ensure_run(dataset, spec, runs, progress))
        yield candidate
        yield from controls(candidate)


def controls(candidate: Candidate) -> Iterator[Candidate]:
    """Yield the control of the sequence model: the same weights, histories in a random order."""
    if (candidate.name, candidate.preset) == ("sequence", "default"):
        model = Shuffled(candidate.model)
        yield Candidate("sequence-shuffled", BASELINE, None, model, candidate.seconds)


_REPORTED = {
    "two-tower": {"precision": 0.0085, "recall": 0.0088, "map": 0.0009, "mse": 1.21},
    "dnn": {"precision": 0.0188, "recall": 0.0179, "map": 0.0017, "accuracy": 0.64},
}


def published(dataset: Dataset, comparison: Comparison) -> list[Result]:
    """Return the figures of the report, for a comparison on the same data and list length."""
    if (dataset.name, comparison.holdout, comparison.k) != ("ml-100k", "users", 25):
        return []
    nothing: dict[str, float | None] = dict.fromkeys(METRICS)
    deviations = nothing if len(comparison.split_seeds) > 1 else None
    return [
        Result(model, PUBLISHED, COLD_START, {**nothing, **figures}, deviations=deviations)
        for model, figures in _REPORTED.items()
    ]
