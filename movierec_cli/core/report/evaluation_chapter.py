"""Values of the chapter on the evaluation: baselines, runs and the published results."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from movierec_cli.core.data.splits import DEFAULT_SPLIT_SEED
from movierec_cli.core.eda.layout import Grid
from movierec_cli.core.evaluation.evaluate import DEFAULT_K
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments import compare
from movierec_cli.core.experiments.compare import fit_baselines
from movierec_cli.core.experiments.results import (
    Measured,
    Result,
    candidate_of,
    measure,
    summarized,
)
from movierec_cli.core.progress import Progress
from movierec_cli.core.report.sources import HOLDOUT, Sources

Row = dict[str, Any]
"""The results of a model in a scenario: ``name``, ``scenario``, ``users`` and each metric."""


def measured(sources: Sources, progress: Progress) -> list[Result]:
    """Measure the baselines and the runs in every scenario of the split.

    Parameters
    ----------
    progress
        Counts a unit for each baseline.
    """
    split = sources.split
    found: list[Measured] = []
    for candidate in fit_baselines(compare.baselines(sources.dataset), split, progress):
        found += measure(candidate, split, DEFAULT_K)
    for run in sources.runs.values():
        found += measure(candidate_of(run), split, DEFAULT_K)
    return summarized(found)


def evaluation_values(sources: Sources, results: Sequence[Result]) -> dict[str, Any]:
    """Collect the values of the chapter from the results of `measured`."""
    split = sources.split
    rows = [
        {
            "name": result.name if result.run is None else f"{result.model} ({result.preset})",
            "scenario": result.scenario,
            "users": result.users,
            **result.metrics,
        }
        for result in results
    ]
    published = [
        {"name": f"{result.model} (published)", "scenario": result.scenario, **result.metrics}
        for result in compare.published(
            sources.dataset, compare.Comparison(HOLDOUT, [DEFAULT_SPLIT_SEED], DEFAULT_K)
        )
    ]
    return {
        "users": len(split.scenarios[0].users),
        "held_out": len(sources.dataset.ratings) - len(split.full_train.ratings),
        "trained_on": len(split.full_train.ratings),
        "k": DEFAULT_K,
        "definitions": [
            f"{metric.short(DEFAULT_K)}: {metric.definition(DEFAULT_K)}"
            for metric in METRICS.values()
        ],
        "scenarios": {
            scenario.name: _scenario(
                [row for row in rows if row["scenario"] == scenario.name],
                [row for row in published if row["scenario"] == scenario.name],
                compare.remarks(sources.dataset, scenario.name),
            )
            for scenario in split.scenarios
        },
    }


def _scenario(
    rows: Sequence[Row], published: Sequence[Row], remarks: Sequence[str]
) -> dict[str, Any]:
    by_name = {row["name"]: row for row in rows}
    best = {name: _best(rows, name) for name in METRICS}
    return {
        "users": rows[0]["users"],
        "best": best,
        "random": by_name["random"],
        "popularity": by_name["popularity"],
        "film_mean": by_name["film-mean"],
        "published": published,
        "table": Grid(
            ["Model", *(metric.short(DEFAULT_K) for metric in METRICS.values())],
            [False, *[True] * len(METRICS)],
            [
                [row["name"], *(_cell(row, name, best[name]) for name in METRICS)]
                for row in [*rows, *published]
            ],
            notes=("Bold: best of the column. A dash: the model does not give it.", *remarks),
        ),
    }


def _best(rows: Sequence[Row], name: str) -> Row | None:
    known = {row[name]: row for row in reversed(rows) if row[name] is not None}
    return known[METRICS[name].best(known)] if known else None


def _cell(row: Row, name: str, best: Row | None) -> str:
    """Format a metric with four digits, the best bold, and a published one as published."""
    if row[name] is None:
        return "–"
    if "users" not in row:
        return str(row[name])
    written = f"{row[name]:.4f}"
    return Markup(f"**{written}**") if best and row[name] == best[name] else written
