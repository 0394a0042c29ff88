"""``movierec evaluate``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.completion import complete_run
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    FormatOption,
    JsonOption,
    KOption,
    chosen_format,
    dataset_label,
)
from movierec_cli.cli.output import Format, emit, number
from movierec_cli.cli.view import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.evaluation.evaluate import Evaluation
    from movierec_cli.core.runs.store import Manifest


def evaluate(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The name of a run.", autocompletion=complete_run)
    ],
    k: KOption = 25,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Measure a run on what it never saw.

    Cold-start: nothing is known of the held-out users but who they are. Fold-in: 80 % of their
    ratings are known. Rating: the test ratings of an official fold.

    [bold]Examples[/]

      movierec evaluate dnn
      movierec evaluate dnn --k 10 --json
    """
    from movierec_cli.core.data.splits import make_split
    from movierec_cli.core.errors import DataError
    from movierec_cli.core.evaluation import evaluate as evaluation
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.store import load_run

    paths = Paths.from_environment()
    trained = load_run(run, paths.runs)
    manifest = trained.manifest
    holdout, split_seed = manifest.split["holdout"], manifest.split["split_seed"]
    if holdout == "none":
        raise DataError(
            f"The run {run!r} was trained on all ratings; nothing is left to measure it on.",
            f"Train one that holds something out: movierec train {manifest.model}",
        )
    dataset = load_dataset(manifest.dataset["name"])
    trained.require_dataset(dataset)
    split = (
        make_split(dataset, holdout)
        if split_seed is None
        else make_split(dataset, holdout, split_seed)
    )
    model = trained.model
    results = [evaluation.evaluate(model, scenario, k) for scenario in split.scenarios]
    chosen = chosen_format(format, json)
    records = [_record(manifest, result) for result in results]
    emit(
        chosen,
        _view(manifest, results),
        [_flat(record) for record in records] if chosen is Format.csv else records,
        {
            "dataset": dataset.name,
            "holdout": holdout,
            "split_seed": split_seed,
            "k": k,
        },
        records_key="results",
    )


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


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as one row of a CSV file, as `compare` has it."""
    flat = {key: value for key, value in record.items() if key not in ("metrics", "seconds")}
    seconds = {f"{name}_seconds": value for name, value in record["seconds"].items()}
    return {**flat, **record["metrics"], **seconds}


def _definitions(k: int) -> dict[str, tuple[str, str]]:
    """Return for each metric its name in tables and its definition."""
    return {
        "precision": (f"Precision@{k}", f"hits / {k}"),
        "recall": (f"Recall@{k}", "hits / relevant films"),
        "map": (f"MAP@{k}", f"mean over users of precision at each hit / min(relevant, {k})"),
        "ndcg": (f"NDCG@{k}", f"log2 discount; ideal: min(relevant, {k}) hits"),
        "hit_rate": (f"Hit rate@{k}", "users with at least one hit"),
        "mse": ("MSE", "squared error of the rating"),
        "rmse": ("RMSE", "its root"),
        "mae": ("MAE", "absolute error of the rating"),
        "accuracy": ("Accuracy", "of telling whether the rating is 4 or higher"),
    }


def _view(manifest: "Manifest", results: "list[Evaluation]") -> View:
    k = results[0].k
    split = manifest.split["holdout"]
    if manifest.split["split_seed"] is not None:
        split += f", split seed {manifest.split['split_seed']}"
    rows = [
        [name, *(number(result.metrics[key]) for result in results), definition]
        for key, (name, definition) in _definitions(k).items()
    ]
    rows.append(
        ["Seconds", *(number(result.seconds, 2) for result in results), "to score and rank"]
    )
    notes = [
        f"{result.scenario}: {result.users:,} users; {result.left_out:,} without a relevant film "
        "left out of the ranking metrics."
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
        notes=["Relevant: rated 4 or higher. A dash: the model does not give it.", *notes],
    )
