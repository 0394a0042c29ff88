"""The ``movierec report`` command: one document of data, models and results."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import DEFAULT_DATASET, DatasetOption
from movierec_cli.cli.output import info


class ReportFormat(StrEnum):
    """The format of a report."""

    html = "html"
    md = "md"


def report(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", dir_okay=False, help="By default report.html or .md."
        ),
    ] = None,
    format: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="By default that of the file name, else html."),
    ] = None,
    train: Annotated[
        bool, typer.Option("--train", help="Train missing runs first; this takes minutes.")
    ] = False,
    dataset: DatasetOption = DEFAULT_DATASET,
) -> None:
    """Write one document: data, models, training, evaluation, recommendations.

    HTML is one self-contained file; Markdown has its figures in a folder beside it. The report
    covers existing runs only: for a missing one it names the command that trains it.

    [bold]Examples[/]

      movierec report
      movierec report -o report.md
      movierec report --train
    """
    from movierec_cli.cli.progress import ProgressBar, announce_trainings
    from movierec_cli.core import report as core
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.train_spec import TrainSpec

    if format is None:
        is_markdown = output is not None and output.suffix.lower() in (".md", ".markdown")
        format = ReportFormat.md if is_markdown else ReportFormat.html
    path = output or Path(f"report.{format}")
    core.require_writable(path)
    runs = Paths.from_environment().runs
    sources = core.find_sources(load_dataset(dataset), runs)
    if train:
        announce_trainings([TrainSpec(*kind) for kind in sources.missing], sources.dataset)
        with ProgressBar() as progress:
            sources = core.train_missing(sources, runs, progress)
    with ProgressBar() as progress:
        made = core.build(sources, progress)
    if format is ReportFormat.html:
        core.write_html(made, path)
    else:
        core.write_markdown(made, path)
    if not made.figures:
        info("Without figures: they need matplotlib. Install: pip install 'movierec[plot]'")
    if sources.missing:
        kinds = ", ".join(f"{model} {preset}" for model, preset in sources.missing)
        info(f"Without runs of: {kinds}. Train them with: movierec report --train")
    info(f"The report is in {path}.")
