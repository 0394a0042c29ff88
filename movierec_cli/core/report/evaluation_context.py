"""Values of the chapter on the evaluation: baselines, runs and the published results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from movierec_cli.core.eda.layout import Column, Grid, decimals, make_grid
from movierec_cli.core.evaluation.evaluate import DEFAULT_K, evaluate
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments import compare
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.progress import Progress
from movierec_cli.core.report.formatting import setting
from movierec_cli.core.report.sources import HOLDOUT, Sources


@dataclass(frozen=True)
class Row:
    """The results of a baseline, a run or the original in one scenario.

    Attributes
    ----------
    name
        Its name in tables.
    metrics
        Name -> value; ``None`` where the model does not give it.
    users
        The users of the ranking metrics; ``None`` for published results.
    run
        The name of the run, if it is one.
    seconds
        The time of its training, for a run.
    """

    name: str
    metrics: Mapping[str, float | None]
    users: int | None = None
    run: str | None = None
    seconds: float | None = None


def evaluation_context(sources: Sources, progress: Progress) -> dict[str, Any]:
    """Measure the baselines in every scenario, and collect the results of the runs.

    A run was measured on the same split and by the same definitions when it was trained.

    Parameters
    ----------
    progress
        Counts a unit for each baseline.
    """
    split = sources.split
    rows: dict[str, list[Row]] = {scenario.name: [] for scenario in split.scenarios}
    for name, fit in BASELINES.items():
        progress.describe(f"Measuring {name}")
        model = fit(split.full_train)
        for scenario in split.scenarios:
            found = evaluate(model, scenario)
            rows[scenario.name].append(Row(name, found.metrics, found.users))
        progress.advance(1)
    for (model_name, preset), run in sources.runs.items():
        name, manifest = f"{model_name} ({preset})", run.manifest
        for result in manifest.evaluation:
            rows[result["scenario"]].append(
                Row(name, result["metrics"], result["users"], manifest.name, manifest.seconds)
            )
    held_out = len(sources.dataset.ratings) - len(split.full_train.ratings)
    return {
        "users": len(split.scenarios[0].users),
        "held_out": held_out,
        "trained_on": len(split.full_train.ratings),
        "k": DEFAULT_K,
        "definitions": [
            f"{metric.short(DEFAULT_K)}: {metric.definition(DEFAULT_K)}"
            for metric in METRICS.values()
        ],
        "scenarios": {
            name: _scenario(found, _published(sources, name)) for name, found in rows.items()
        },
    }


def _published(sources: Sources, scenario: str) -> list[Row]:
    """Return the published results of the original, where they are about this data and split."""
    seed = sources.split.split_seed
    assert seed is not None
    comparison = compare.Comparison(HOLDOUT, [seed], DEFAULT_K)
    return [
        Row(f"{result.model} (published)", result.metrics)
        for result in compare.published(sources.dataset, comparison)
        if result.scenario == scenario
    ]


def _scenario(rows: Sequence[Row], published: Sequence[Row]) -> dict[str, Any]:
    best = {name: _best(rows, name) for name in METRICS}
    by_name = {row.name: row for row in rows}
    return {
        "users": rows[0].users,
        "best": best,
        "best_run": _best([row for row in rows if row.run], "ndcg"),
        "random": by_name["random"],
        "popularity": by_name["popularity"],
        "film_mean": by_name["film-mean"],
        "published": published,
        "table": _table([*rows, *published]),
        "strong": {
            (at, column)
            for column, (name, winner) in enumerate(best.items(), start=1)
            for at, row in enumerate(rows)
            if winner is not None and row.metrics[name] == winner.metrics[name]
        },
    }


def _best(rows: Sequence[Row], name: str) -> Row | None:
    known = {row.metrics[name]: row for row in reversed(rows) if row.metrics[name] is not None}
    values = [value for value in known if value is not None]
    return known[METRICS[name].best(values)] if values else None


def _table(rows: Sequence[Row]) -> Grid:
    columns = [
        Column("name", "Model", numeric=False),
        *(
            Column((name, "measured"), metric.short(DEFAULT_K), _figure)
            for name, metric in METRICS.items()
        ),
        Column("seconds", "Training, s", decimals(1)),
    ]
    return make_grid(
        columns,
        [
            {**row.metrics, "name": row.name, "seconds": row.seconds, "measured": bool(row.users)}
            for row in rows
        ],
    )


def _figure(value: float | None, measured: bool) -> str:
    """Format a measured value with four digits, and a published one as it was published."""
    return decimals(4)(value) if measured or value is None else setting(value)
