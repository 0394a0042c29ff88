"""``movierec runs``: the trained models on disk."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from movierec_cli.cli.confirm import confirmed
from movierec_cli.cli.loading import load_each, report_failures
from movierec_cli.cli.options import (
    FormatOption,
    JsonOption,
    PlotOption,
    RunArgument,
    YesOption,
    chosen_format,
    dataset_label,
)
from movierec_cli.cli.output import (
    Format,
    Section,
    emit,
    emit_all,
    info,
    number,
    print_json,
    shows_unicode,
    stdout,
)
from movierec_cli.cli.tables import Column, View, plain_view
from movierec_cli.cli.train import kept_epoch

if TYPE_CHECKING:
    from movierec_cli.core.runs.manifest import Manifest

_KEYS = (
    "name", "model", "preset", "dataset", "holdout", "split_seed", "created", "seconds", "scenario",
    "metric", "k", "value",
)  # fmt: skip
app = typer.Typer(help="List, show and remove runs, the trained models.", no_args_is_help=True)


@app.command("list")
def list_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the runs.

    [bold]Examples[/]

      movierec runs list
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import checkpoint, store

    folder = Paths.from_environment().runs
    manifests, failures = load_each(
        store.list_runs(folder), lambda name: store.load_manifest(name, folder)[0]
    )
    for training in checkpoint.unfinished(folder):
        info(f"{training} Continue with: {training.command}")
    records = [
        {
            "name": manifest.name,
            "model": manifest.model,
            "preset": manifest.preset,
            "dataset": manifest.dataset["name"],
            **manifest.split,
            "created": manifest.created,
            "seconds": manifest.seconds,
            **_measured(manifest),
        }
        for manifest in manifests
    ]
    columns = [
        Column("Run"),
        Column("Model", optional=True),
        Column("Data"),
        Column("Held out", optional=True),
        Column("Measured"),
        Column("Trained", optional=True),
        Column("Seconds", numeric=True, optional=True),
    ]
    view = View(
        title="Runs",
        columns=columns,
        rows=[
            [
                manifest.name,
                f"{manifest.model} {manifest.preset}",
                manifest.dataset["name"],
                _held_out(manifest),
                _in_words(_measured(manifest)),
                manifest.created[:16].replace("T", " "),
                number(manifest.seconds, 1),
            ]
            for manifest in manifests
        ],
        notes=[] if manifests or failures else ["None yet. Train one with: movierec train dnn"],
    )
    emit(chosen_format(format, json), view, records, {}, "runs", _KEYS)
    report_failures(failures)


@app.command()
def show(
    name: RunArgument,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show a run: its data, configuration and metrics, and the curves of its training.

    JSON has the complete manifest. CSV, Markdown and terminals that show only ASCII have a row for
    each epoch instead of curves.

    [bold]Examples[/]

      movierec runs show dnn
      movierec runs show dnn-original --plot training.svg
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.store import load_manifest

    manifest, _ = load_manifest(name, Paths.from_environment().runs)
    if plot:  # before the table: a pipe that is closed early does not prevent it
        _plot(manifest, plot)
    chosen = chosen_format(format, json)
    if chosen is Format.json:
        print_json(asdict(manifest))
        return
    sections = [_facts(manifest), *_evaluation(manifest)]
    draws = chosen is Format.table and shows_unicode()
    emit_all(chosen, sections if draws else [*sections, _epochs(manifest)], {})
    if draws:
        _print_curves(manifest)


def _plot(manifest: "Manifest", path: Path) -> None:
    from movierec_cli.core.figures import drawing, training_figures

    drawing.require_plotting(path)
    source = dataset_label(manifest.dataset["name"])
    drawing.save(training_figures.training(manifest.epochs, manifest.name, source), path)
    info(f"The figure is in {path}.")


def _facts(manifest: "Manifest") -> Section:
    facts = {
        "model": f"{manifest.model}, {manifest.preset}",
        "data": f"{dataset_label(manifest.dataset['name'])}, {manifest.dataset['checksum'][:12]}",
        "held out": _held_out(manifest),
        "trained": f"{manifest.created}, {manifest.seconds:.1f} s, {len(manifest.epochs)} epochs",
        "kept": kept_epoch(manifest),
        **{f"inputs: {key}": value for key, value in manifest.inputs.items()},
        **{f"training: {key}": value for key, value in manifest.training.items()},
        **{f"config: {key}": value for key, value in manifest.config.items()},
        **{f"validation: {key}": value for key, value in manifest.metrics.items()},
        **{f"version: {key}": value for key, value in manifest.versions.items()},
    }
    records = [{"property": key, "value": value} for key, value in facts.items()]
    return Section("run", plain_view(f"Run {manifest.name}", records), records)


def _evaluation(manifest: "Manifest") -> list[Section]:
    """Return the metrics on the held-out part; nothing where nothing was held out."""
    from movierec_cli.core.evaluation.metrics import METRICS

    results = manifest.evaluation
    if not results:
        return []
    k = results[0]["k"]
    view = View(
        title="Metrics on the held-out part",
        columns=[
            Column("Metric"),
            *(Column(result["scenario"], numeric=True) for result in results),
        ],
        rows=[
            [
                METRICS[name].label(k) if name in METRICS else name,
                *(number(result["metrics"][name]) for result in results),
            ]
            for name in results[0]["metrics"]
        ],
        notes=["A dash: the model does not predict it. Definitions: movierec evaluate RUN"],
    )
    records = [
        {"scenario": result["scenario"], "metric": metric, "value": value}
        for result in results
        for metric, value in result["metrics"].items()
    ]
    return [Section("evaluation", view, records)]


def _epochs(manifest: "Manifest") -> Section:
    """Return a row for each epoch; a figure that an epoch lacks is empty."""
    names = dict.fromkeys(
        (part, name)
        for part in ("train", "validation")
        for epoch in manifest.epochs
        for name in epoch[part]
    )
    records = [
        {
            "epoch": epoch["number"],
            **{f"{part}_{name}": epoch[part].get(name) for part, name in names},  # type: ignore[literal-required]
            "kept": epoch["number"] == manifest.kept_epoch,
            "seconds": epoch["seconds"],
        }
        for epoch in manifest.epochs
    ]
    return Section("epochs", plain_view("Epochs", records), records)


def _print_curves(manifest: "Manifest") -> None:
    from movierec_cli.cli.curves import draw_curves

    console = stdout()
    console.print(Text(f"Training, {len(manifest.epochs)} epochs", style="bold"))
    for line in draw_curves(manifest.epochs, manifest.kept_epoch, console.width):
        console.print(Text(line), soft_wrap=True)
    console.print(Text(f"▲ kept: {kept_epoch(manifest)}", style="dim"))


@app.command()
def remove(name: RunArgument, yes: YesOption = False) -> None:
    """Delete a run, after a question.

    [bold]Examples[/]

      movierec runs remove dnn-original
    """
    from movierec_cli.core.files import entries_of
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.store import remove_run

    folder = Paths.from_environment().runs
    if not yes and any(path.name == name for path in entries_of(folder)):
        content = f"The run {name!r} in {folder} cannot be restored."
        if not confirmed(content, "Remove it?", "--yes"):
            info("Nothing was removed.")
            return
    remove_run(name, folder)
    info(f"Removed the run {name!r}.")


def _measured(manifest: "Manifest") -> dict[str, Any]:
    """Return one metric of a run in its last scenario: RMSE if it predicts ratings, else NDCG.

    All values are ``None`` where nothing was held out.
    """
    if not manifest.evaluation:
        return dict.fromkeys(("scenario", "metric", "k", "value"))
    result = manifest.evaluation[-1]
    name = "ndcg" if result["metrics"].get("rmse") is None else "rmse"
    value = result["metrics"].get(name)
    return {"scenario": result["scenario"], "metric": name, "k": result["k"], "value": value}


def _in_words(measured: dict[str, Any]) -> str:
    """Return a metric for people: ``NDCG@25 0.4575 (fold-in)``."""
    from movierec_cli.core.evaluation.metrics import METRICS

    if measured["value"] is None:
        return number(None)
    label = METRICS[measured["metric"]].label(measured["k"])
    return f"{label} {number(measured['value'])} ({measured['scenario']})"


def _held_out(manifest: "Manifest") -> str:
    split = manifest.split
    parts = (split["holdout"], split["split_seed"], split["cut"])
    return " ".join(str(part) for part in parts if part is not None)
