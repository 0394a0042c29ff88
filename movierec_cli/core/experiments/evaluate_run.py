"""The measurement of a run beside the baselines, on the split of the run."""

from itertools import chain

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED, make_split
from movierec_cli.core.evaluation.beyond import Reference
from movierec_cli.core.experiments.compare import baselines, controls, fit_baselines
from movierec_cli.core.experiments.results import Result, candidate_of, measure, summarized
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.store import Run

_NEVER_BEST = frozenset({"random", "item-knn"})
"""Baselines that another one beats in every scenario; they are not fitted."""


def evaluate_run(
    run: Run, dataset: Dataset, k: int, beyond: bool = False, progress: Progress = SILENT
) -> list[Result]:
    """Measure a run and the baselines on the part of the data that the run never saw.

    The baselines are fitted to the training part of the split of the run.

    Parameters
    ----------
    beyond
        Whether to measure beyond accuracy and by group of users, too.
    progress
        Counts a unit for the run and for each baseline.

    Returns
    -------
    The results of each scenario in turn, the run's first. The p-values are those of this table.
    """
    run.require_same()
    recorded = run.manifest.split
    seed = recorded["split_seed"]
    split = make_split(
        dataset,
        recorded["holdout"],
        DEFAULT_SPLIT_SEED if seed is None else seed,
        cut=recorded["cut"],
    )
    reference = Reference.of(split.full_train) if beyond else None
    fits = baselines(dataset, split.holdout)
    fits = {name: fit for name, fit in fits.items() if name not in _NEVER_BEST}
    progress.start(f"Measuring {run.manifest.name}", 1 + len(fits))
    try:
        own = candidate_of(run)
        found = list(measure(own, split, k, reference, progress))
        progress.advance(1)
        for candidate in chain(controls(own), fit_baselines(fits, split, progress)):
            found += measure(candidate, split, k, reference, progress)
    finally:
        progress.finish()
    return summarized(found, dataset if beyond else None)
