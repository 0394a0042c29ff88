"""``movierec runs``: the trained models on disk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from movierec_cli.cli.completion import complete_run
from movierec_cli.cli.options import (
    FormatOption,
    JsonOption,
    PlotOption,
    chosen_format,
    dataset_label,
)
from movierec_cli.cli.output import (
    Format,
    Section,
    emit,
    emit_all,
    error,
    info,
    number,
    print_json,
    stdout,
)
from movierec_cli.cli.view import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.runs.store import Manifest

app = typer.Typer(help="List, show and remove trained models.", no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A run.", autocompletion=complete_run)
]


@app.callback()
def main() -> None:
    """List, show and remove trained models."""


@app.command("list")
def list_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the runs.

    [bold]Examples[/]

      movierec runs list
    """
    from movierec_cli.core.errors import MovierecError
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import checkpoint as checkpoints
    from movierec_cli.core.runs import store as runs

    folder = Paths.from_environment().runs
    manifests, failures = [], []
    for name in runs.list_runs(folder):
        try:
            manifests.append(runs.load_manifest(name, folder)[0])
        except MovierecError as failure:  # the others can be listed all the same
            failures.append(failure)
    for training in checkpoints.unfinished(folder):
        info(f"{training} Go on with: {training.command}")
    view = View(
        title="Runs",
        columns=[
            Column("Name", style="bold"),
            Column("Model"),
            Column("Data"),
            Column("Held out"),
            Column("Trained"),
            Column("Seconds", numeric=True),
        ],
        rows=[
            [
                manifest.name,
                f"{manifest.model} {manifest.preset}",
                manifest.dataset["name"],
                _held_out(manifest),
                manifest.created[:16].replace("T", " "),
                number(manifest.seconds, 1),
            ]
            for manifest in manifests
        ],
        notes=[] if manifests or failures else ["None yet. Train one with: movierec train dnn"],
    )
    emit(chosen_format(format, json), view, [_summary(m) for m in manifests], {}, "runs")
    for failed in failures:
        error(failed.message, failed.hint)
    if failures:
        raise typer.Exit(max(failed.exit_code for failed in failures))


@app.command()
def show(
    name: NameArgument,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show what a run is: its split, configuration, metrics and the curves of its training.

    JSON has the complete manifest, CSV and Markdown have a row for each epoch instead of curves.

    [bold]Examples[/]

      movierec runs show dnn
      movierec runs show dnn-original --plot training.svg
    """
    from dataclasses import asdict

    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import store as runs

    manifest, _ = runs.load_manifest(name, Paths.from_environment().runs)
    if plot:
        _plot(manifest, plot)
    chosen = chosen_format(format, json)
    if chosen is Format.json:
        print_json(asdict(manifest))
        return
    sections = [_facts(manifest), *_reached(manifest)]
    if chosen is not Format.table:
        sections.append(_epochs(manifest))
    emit_all(chosen, sections, {})
    if chosen is Format.table:
        _print_curves(manifest)


def _plot(manifest: "Manifest", path: Path) -> None:
    """Draw before anything is printed: who closes the pipe early still gets the figure."""
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
        **{f"inputs: {key}": value for key, value in manifest.inputs.items()},
        **{f"training: {key}": value for key, value in manifest.training.items()},
        **{f"config: {key}": value for key, value in manifest.config.items()},
        **{f"validation: {key}": number(value) for key, value in manifest.metrics.items()},
        **{f"version: {key}": value for key, value in manifest.versions.items()},
    }
    view = View(
        title=f"Run {manifest.name}",
        columns=[Column("What", style="dim"), Column("Value")],
        rows=[[key, _written(value)] for key, value in facts.items()],
    )
    return Section("run", view, [{"what": key, "value": value} for key, value in facts.items()])


def _written(value: Any) -> str:
    """Write a setting: the parts of a list one below the other, those of a group in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_written(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        grouped = any(isinstance(part, dict) for part in value)
        return ("\n" if grouped else ", ").join(map(_written, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _reached(manifest: "Manifest") -> list[Section]:
    """Show what the run reached on what was held out, where anything was."""
    results = manifest.evaluation
    if not results:
        return []
    view = View(
        title=f"On what it never saw, lists of {results[0]['k']}",
        columns=[
            Column("Metric"),
            *(Column(result["scenario"], numeric=True) for result in results),
        ],
        rows=[
            [metric, *(number(result["metrics"][metric]) for result in results)]
            for metric in results[0]["metrics"]
        ],
        notes=["A dash: the model does not give it. Definitions: movierec evaluate RUN"],
    )
    records = [
        {"scenario": result["scenario"], "metric": metric, "value": value}
        for result in results
        for metric, value in result["metrics"].items()
    ]
    return [Section("evaluation", view, records)]


def _epochs(manifest: "Manifest") -> Section:
    """Show every epoch; a figure that an epoch does not have is empty."""
    names = list(
        dict.fromkeys(
            (part, name)
            for part in ("train", "validation")
            for epoch in manifest.epochs
            for name in epoch[part]
        )
    )
    records = [
        {
            "epoch": epoch["number"],
            **{f"{part}_{name}": epoch[part].get(name) for part, name in names},  # type: ignore[literal-required]
            "is_kept": epoch["is_kept"],
            "seconds": epoch["seconds"],
        }
        for epoch in manifest.epochs
    ]
    view = View(
        title="Epochs",
        columns=[
            Column("Epoch", numeric=True),
            *(Column(f"{part} {name}", numeric=True) for part, name in names),
            Column("Best so far"),
            Column("Seconds", numeric=True),
        ],
        rows=[
            [
                str(epoch["number"]),
                *(number(epoch[part].get(name)) for part, name in names),  # type: ignore[literal-required]
                "*" if epoch["is_kept"] else "",
                number(epoch["seconds"], 2),
            ]
            for epoch in manifest.epochs
        ],
    )
    return Section("epochs", view, records)


def _print_curves(manifest: "Manifest") -> None:
    from movierec_cli.cli.curves import draw_curves

    console = stdout()
    fine = "utf" in (console.encoding or "").lower()
    lines = draw_curves(manifest.epochs, fine, console.width)
    if not lines:
        return
    console.print(Text("Training", style="bold"))
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    console.print(Text(f"{'▲' if fine else '^'} the epoch whose weights were kept", style="dim"))


@app.command()
def remove(name: NameArgument) -> None:
    """Delete a run.

    [bold]Examples[/]

      movierec runs remove dnn-original
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import store as runs

    runs.remove_run(name, Paths.from_environment().runs)
    info(f"Removed the run {name!r}.")


def _held_out(manifest: "Manifest") -> str:
    seed = manifest.split["split_seed"]
    return str(manifest.split["holdout"]) + (f" {seed}" if seed is not None else "")


def _summary(manifest: "Manifest") -> dict[str, Any]:
    return {
        "name": manifest.name,
        "model": manifest.model,
        "preset": manifest.preset,
        "dataset": manifest.dataset["name"],
        "holdout": manifest.split["holdout"],
        "split_seed": manifest.split["split_seed"],
        "created": manifest.created,
        "seconds": manifest.seconds,
    }
