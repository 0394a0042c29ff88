"""``movierec evaluate``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    FormatOption,
    JsonOption,
    KOption,
    RunArgument,
    chosen_format,
    dataset_label,
    split_label,
)
from movierec_cli.cli.output import Format, emit, number
from movierec_cli.cli.results import flattened
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.evaluation.evaluate import Evaluation
    from movierec_cli.core.runs.manifest import Manifest


def evaluate(
    run: RunArgument = "",
    named: Annotated[
        str, typer.Option("--run", metavar="NAME", help="The run, as RUN names it.")
    ] = "",
    k: KOption = 25,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Measure a run on the part of the data that its training did not see.

    Cold-start: held-out users without ratings; age, gender and occupation are known if the data
    has them. Fold-in: 80 % of their ratings are known. Rating: the test ratings of an official
    fold.

    [bold]Examples[/]

      movierec evaluate dnn
      movierec evaluate dnn --k 10 --json
    """
    from movierec_cli.core.data.splits import COLD_START, DEFAULT_SPLIT_SEED, make_split
    from movierec_cli.core.errors import DataError
    from movierec_cli.core.evaluation import evaluate as evaluation
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.store import load_run

    run = _one_name(run, named)
    trained = load_run(run, Paths.from_environment().runs)
    manifest = trained.manifest
    holdout, split_seed = manifest.split["holdout"], manifest.split["split_seed"]
    if holdout == "none":
        raise DataError(
            f"The run {run!r} was trained on all ratings; nothing is left to measure it on.",
            f"Train one that holds something out: movierec train {manifest.model}",
        )
    dataset = load_dataset(manifest.dataset["name"])
    trained.require_dataset(dataset)
    split = make_split(dataset, holdout, DEFAULT_SPLIT_SEED if split_seed is None else split_seed)
    model = trained.model
    results = [evaluation.evaluate(model, scenario, k) for scenario in split.scenarios]
    remarks = []
    if not dataset.users.have_demographics and results[0].scenario == COLD_START:
        remarks.append(f"No demographics: in {COLD_START} every user gets the same list.")
    chosen = chosen_format(format, json)
    records = [_record(manifest, result) for result in results]
    emit(
        chosen,
        _view(manifest, results, remarks),
        [flattened(record) for record in records] if chosen is Format.csv else records,
        {"dataset": dataset.name, "holdout": holdout, "split_seed": split_seed, "k": k},
        records_key="results",
    )


def _one_name(run: str, named: str) -> str:
    """Return the run that is named once, or twice the same."""
    from movierec_cli.core.errors import UsageError

    if not run and not named:
        raise UsageError("No run is named.", "Try: movierec evaluate dnn, or: movierec runs list")
    if run and named and run != named:
        raise UsageError(f"Two runs are named: {run} and {named}.", "Name one of them.")
    return run or named


def _record(manifest: "Manifest", result: "Evaluation") -> dict[str, Any]:
    return {
        "model": manifest.model,
        "preset": manifest.preset,
        "run": manifest.name,
        "scenario": result.scenario,
        "users": result.users,
        "left_out": result.left_out,
        "metrics": result.metrics,
        "seconds": {"train": manifest.seconds, "score": result.seconds},
    }


def _view(manifest: "Manifest", results: "list[Evaluation]", remarks: list[str]) -> View:
    from movierec_cli.core.evaluation.metrics import METRICS

    k = results[0].k
    split = split_label(manifest.split["holdout"], [manifest.split["split_seed"]])
    rows = [
        [
            metric.label(k),
            *(number(result.metrics[metric.name]) for result in results),
            metric.definition(k),
        ]
        for metric in METRICS.values()
    ]
    seconds = [number(result.seconds, 2) for result in results]
    rows.append(["Seconds", *seconds, "to score and rank"])
    notes = [
        f"{result.scenario}: {result.users:,} users ranked; {result.left_out:,} left out, without "
        "a relevant film."
        for result in results
    ]
    return View(
        title=f"{manifest.name}: {manifest.model}, {manifest.preset} "
        f"({dataset_label(manifest.dataset['name'])}; held out: {split})",
        columns=[
            Column("Metric"),
            *(Column(result.scenario, numeric=True) for result in results),
            Column("Definition", style="dim"),
        ],
        rows=rows,
        notes=[
            "Relevant: rated 4 or higher. A dash: the model does not predict it.",
            *notes,
            *remarks,
        ],
    )
