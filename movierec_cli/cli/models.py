"""``movierec models``: the trained models on disk."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.console import Column, Format, View, emit, info, number, print_json
from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format

if TYPE_CHECKING:
    from movierec_cli.core.runs import Manifest

app = typer.Typer(help="List, show and remove trained models.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A run.")]


@app.callback()
def main() -> None:
    """List, show and remove trained models."""


@app.command("list")
def list_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the runs.

    [bold]Examples[/]

      movierec models list
    """
    from movierec_cli.core import runs
    from movierec_cli.core.paths import Paths

    folder = Paths.from_environment().runs
    manifests = [runs.load_manifest(name, folder)[0] for name in runs.list_runs(folder)]
    view = View(
        title="Runs",
        columns=[
            Column("Name", style="bold"),
            Column("Model"),
            Column("Preset"),
            Column("Data"),
            Column("Held out"),
            Column("Trained"),
            Column("Seconds", numeric=True),
        ],
        rows=[
            [
                manifest.name,
                manifest.model,
                manifest.preset,
                manifest.dataset["name"],
                _held_out(manifest),
                manifest.created[:16].replace("T", " "),
                number(manifest.seconds, 1),
            ]
            for manifest in manifests
        ],
        notes=[] if manifests else ["None yet. Train one with: movierec train dnn"],
    )
    emit(chosen_format(format, json), view, [_summary(m) for m in manifests], {}, "runs")


@app.command()
def show(name: NameArgument, format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Show what a run is: its split, configuration and the figures of its training.

    [bold]Examples[/]

      movierec models show dnn
    """
    from dataclasses import asdict

    from movierec_cli.core import runs
    from movierec_cli.core.paths import Paths

    manifest, _ = runs.load_manifest(name, Paths.from_environment().runs)
    if chosen_format(format, json) is Format.json:
        print_json(asdict(manifest))
        return
    facts = {
        "model": f"{manifest.model}, {manifest.preset}",
        "data": f"{manifest.dataset['name']}, {manifest.dataset['checksum'][:12]}",
        "held out": _held_out(manifest),
        "trained": f"{manifest.created}, {manifest.seconds:.1f} s, {len(manifest.epochs)} epochs",
        **{f"inputs: {key}": value for key, value in manifest.inputs.items()},
        **{f"training: {key}": value for key, value in manifest.training.items()},
        **{f"config: {key}": value for key, value in manifest.config.items()},
        **{f"validation: {key}": number(value) for key, value in manifest.metrics.items()},
        **{f"version: {key}": value for key, value in manifest.versions.items()},
    }
    view = View(
        title=f"Run {name}",
        columns=[Column("What", style="dim"), Column("Value")],
        rows=[[key, str(value)] for key, value in facts.items()],
    )
    emit(format, view, [{"what": key, "value": value} for key, value in facts.items()], {})


@app.command()
def remove(name: NameArgument) -> None:
    """Delete a run.

    [bold]Examples[/]

      movierec models remove dnn-report
    """
    from movierec_cli.core import runs
    from movierec_cli.core.paths import Paths

    runs.remove_run(name, Paths.from_environment().runs)
    info(f"Removed the run {name!r}.")


def _held_out(manifest: "Manifest") -> str:
    seed = manifest.split["split_seed"]
    return str(manifest.split["holdout"]) + (f" (seed {seed})" if seed is not None else "")


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
