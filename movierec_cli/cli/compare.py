"""``movierec compare``."""

from typing import TYPE_CHECKING, Annotated, Any

from movierec_cli.cli.evaluate import flattened
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    HoldoutOption,
    JsonOption,
    KOption,
    SplitSeedOption,
    chosen_format,
    data_option,
    dataset_label,
    split_label,
)
from movierec_cli.cli.output import Format, Section, emit_all, number, print_json
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.evaluation.metrics import Metric
    from movierec_cli.core.experiments.compare import Comparison, Result

_FOOTNOTE = (
    "published: the figures of the report. Precision and MAP lie below random because its "
    "evaluation compared film ids with row numbers, off by one; the preset original is the same "
    "network measured correctly."
)


def compare(
    k: KOption = 25,
    holdout: HoldoutOption = "users",
    split_seed: SplitSeedOption = 705,
    seeds: Annotated[
        int,
        data_option(min=1, max=100, help="Number of split seeds to average."),
    ] = 1,
    dataset: DatasetOption = DEFAULT_DATASET,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Measure all models and baselines on the same split, side by side.

    Existing runs of the same split and configuration are used again; missing ones are trained and
    kept.

    [bold]Examples[/]

      movierec compare
      movierec compare --seeds 5 --json
      movierec compare --holdout u1
    """
    from movierec_cli.cli.progress import ProgressBar, announce_trainings
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.experiments import compare as core
    from movierec_cli.core.experiments.reuse import missing_trainings
    from movierec_cli.core.paths import Paths

    if holdout == "none":
        raise UsageError("With --holdout none nothing is left to compare on.", "Leave it out.")
    if holdout != "users" and seeds > 1:
        raise UsageError(
            f"The fold {holdout} is always the same; --seeds draws users.", "Leave --seeds out."
        )
    runs = Paths.from_environment().runs
    data = load_dataset(dataset)
    comparison = core.Comparison(holdout, range(split_seed, split_seed + seeds), k)
    announce_trainings(missing_trainings(comparison.specs(), data, runs), data)
    with ProgressBar() as progress:
        results = core.compare(data, comparison, runs, progress)
    _emit(chosen_format(format, json), data, comparison, results)


def _emit(
    chosen: Format, data: "Dataset", comparison: "Comparison", results: "list[Result]"
) -> None:
    from movierec_cli.core.experiments.compare import remarks

    draws = comparison.holdout == "users"
    envelope = {
        "dataset": data.name,
        "holdout": comparison.holdout,
        "split_seed": comparison.split_seeds[0] if draws else None,
        "split_seeds": list(comparison.split_seeds) if draws else [],
        "k": comparison.k,
    }
    if chosen is Format.json:
        print_json({**envelope, "results": [_record(result) for result in results]})
        return
    split = split_label(comparison.holdout, comparison.split_seeds)
    sections = []
    for scenario in dict.fromkeys(result.scenario for result in results):
        title = f"{scenario} ({dataset_label(data.name)}; held out: {split})"
        of_scenario = [result for result in results if result.scenario == scenario]
        records = [flattened(_record(result)) for result in of_scenario]
        view = _view(title, of_scenario, comparison.k, remarks(data, scenario))
        sections.append(Section(scenario, view, records))
    emit_all(chosen, sections, envelope)


def _record(result: "Result") -> dict[str, Any]:
    return {
        "model": result.model,
        "preset": result.preset,
        "run": result.run,
        "scenario": result.scenario,
        "users": result.users,
        "metrics": result.metrics,
        "deviations": result.deviations,
        "seconds": {"train": result.train_seconds, "score": result.score_seconds},
    }


def _view(title: str, results: "list[Result]", k: int, remarks: list[str]) -> View:
    from movierec_cli.core.evaluation.metrics import METRICS

    columns = [_column(metric, results) for metric in METRICS.values()]
    names = [
        result.model if result.preset == "baseline" else f"{result.model} {result.preset}"
        for result in results
    ]
    rows = [
        [
            name,
            *(column[at] for column in columns),
            number(result.train_seconds, 1),
            number(result.score_seconds, 2),
        ]
        for at, (name, result) in enumerate(zip(names, results, strict=True))
    ]
    notes = [
        "* best. Relevant: rated 4 or higher. Users without a relevant film are left out.",
        "Definitions: movierec evaluate RUN",
        *remarks,
    ]
    if any(result.deviations for result in results):
        notes.append("±: standard deviation over the split seeds.")
    if any(result.preset == "published" for result in results):
        notes.append(_FOOTNOTE)
    return View(
        title=title,
        columns=[
            Column("Model"),
            *(Column(metric.short(k), numeric=True) for metric in METRICS.values()),
            Column("Train s", numeric=True),
            Column("Score s", numeric=True),
        ],
        rows=rows,
        notes=notes,
    )


def _column(metric: "Metric", results: "list[Result]") -> list[str]:
    """Return the cells of a metric; a star marks the best."""
    values = [result.metrics[metric.name] for result in results]
    known = [value for value in values if value is not None]
    best = metric.best(known) if known else None
    cells = []
    for value, result in zip(values, results, strict=True):
        deviation = (result.deviations or {}).get(metric.name)
        spread = "" if deviation is None else f"±{deviation:.3f}"
        star = "*" if value is not None and value == best else ""
        cells.append(f"{number(value)}{spread}{star}")
    return cells
