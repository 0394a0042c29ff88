"""``movierec compare``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    CsvOption,
    DatasetOption,
    FormatOption,
    HoldoutOption,
    JsonOption,
    KOption,
    MdOption,
    SplitSeedOption,
    chosen_format,
    dataset_label,
)
from movierec_cli.cli.output import Format, Section, emit_all, info, number, print_json
from movierec_cli.cli.view import Column, View

_LONG = 30  # seconds; what takes longer is announced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.experiments.compare import Comparison, Result
    from movierec_cli.core.runs.train_spec import TrainSpec

_LOWER_IS_BETTER = frozenset({"mse", "rmse", "mae"})
_HEADERS = {
    "precision": "P@{k}",
    "recall": "R@{k}",
    "map": "MAP@{k}",
    "ndcg": "NDCG@{k}",
    "hit_rate": "Hit@{k}",
    "mse": "MSE",
    "rmse": "RMSE",
    "mae": "MAE",
    "accuracy": "Accuracy",
}
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
        typer.Option(min=1, max=100, help="Average over so many split seeds, from --split-seed."),
    ] = 1,
    dataset: DatasetOption = DEFAULT_DATASET,
    format: FormatOption = Format.table,
    json: JsonOption = False,
    csv: CsvOption = False,
    md: MdOption = False,
) -> None:
    """Measure all models and baselines on the same split, side by side.

    Runs that fit are used again; what is missing is trained and kept.

    [bold]Examples[/]

      movierec compare
      movierec compare --seeds 5 --json
      movierec compare --holdout u1
    """
    from movierec_cli.cli.progress import CountProgress
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
    paths = Paths.from_environment()
    data = load_dataset(dataset)
    comparison = core.Comparison(holdout, range(split_seed, split_seed + seeds), k)
    _announce(missing_trainings(comparison.specs(), data, paths.runs), data)
    results = core.compare(data, comparison, paths.runs, CountProgress())
    _emit(chosen_format(format, json, csv, md), dataset, comparison, results)


def _announce(missing: "Sequence[TrainSpec]", dataset: "Dataset") -> None:
    """Say before a long comparison how many models it trains, and about how long that takes."""
    from movierec_cli.core.experiments.reuse import expected_seconds

    seconds = sum(expected_seconds(spec, dataset) for spec in missing)
    if seconds > _LONG:
        info(f"Training {len(missing)} models first: about {seconds / 60:.0f} minutes.")


def _emit(chosen: Format, dataset: str, comparison: "Comparison", results: "list[Result]") -> None:
    envelope = {
        "dataset": dataset,
        "holdout": comparison.holdout,
        "split_seed": comparison.split_seeds[0] if comparison.holdout == "users" else None,
        "split_seeds": list(comparison.split_seeds) if comparison.holdout == "users" else [],
        "k": comparison.k,
    }
    if chosen is Format.json:
        print_json({**envelope, "results": [_record(result) for result in results]})
        return
    sections = []
    for scenario in dict.fromkeys(result.scenario for result in results):
        of_scenario = [result for result in results if result.scenario == scenario]
        title = f"{scenario} ({dataset_label(dataset)}; held out: {comparison.holdout}"
        if comparison.holdout == "users":
            seeds = comparison.split_seeds
            span = f"s {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f" {seeds[0]}"
            title += f", split seed{span}"
        sections.append(
            Section(
                scenario,
                _view(f"{title})", of_scenario, comparison.k),
                [_flat(result) for result in of_scenario],
            )
        )
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


def _flat(result: "Result") -> dict[str, Any]:
    """Return a result as one row of a CSV file."""
    return {
        "model": result.model,
        "preset": result.preset,
        "scenario": result.scenario,
        "users": result.users,
        **result.metrics,
        **{f"{key}_deviation": value for key, value in (result.deviations or {}).items()},
        "train_seconds": result.train_seconds,
        "score_seconds": result.score_seconds,
    }


def _view(title: str, results: "list[Result]", k: int) -> View:
    best = {key: _best(key, results) for key in _HEADERS}
    rows = []
    for result in results:
        name = result.model if result.preset == "baseline" else f"{result.model} {result.preset}"
        cells = [_cell(key, result, best[key]) for key in _HEADERS]
        rows.append(
            [name, *cells, number(result.train_seconds, 1), number(result.score_seconds, 2)]
        )
    notes = [
        "* best. Relevant: rated 4 or higher. Users without a relevant film are left out.",
        f"P: hits/{k}. R: hits/relevant. MAP: precision at each hit/min(relevant, {k}). NDCG: log2 "
        f"discount, ideal min(relevant, {k}) hits. Accuracy: of telling whether 4 or higher.",
    ]
    if any(result.deviations for result in results):
        notes.append("±: standard deviation over the split seeds.")
    if any(result.preset == "published" for result in results):
        notes.append(_FOOTNOTE)
    return View(
        title=title,
        columns=[
            Column("Model"),
            *(Column(header.format(k=k), numeric=True) for header in _HEADERS.values()),
            Column("Train s", numeric=True),
            Column("Score s", numeric=True),
        ],
        rows=rows,
        notes=notes,
    )


def _best(key: str, results: "list[Result]") -> float | None:
    values = [value for result in results if (value := result.metrics[key]) is not None]
    if not values:
        return None
    return min(values) if key in _LOWER_IS_BETTER else max(values)


def _cell(key: str, result: "Result", best: float | None) -> str:
    value = result.metrics[key]
    text = number(value)
    if result.deviations and (deviation := result.deviations[key]) is not None:
        text += f"±{deviation:.3f}"
    return f"{text}*" if value is not None and value == best else text
