"""``movierec report``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import DEFAULT_DATASET, DatasetOption
from movierec_cli.cli.output import info


class ReportFormat(StrEnum):
    """What a report can be."""

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
        typer.Option("--format", help="By default what the name of the file says, else html."),
    ] = None,
    train: Annotated[
        bool, typer.Option("--train", help="Train what is missing first; this takes minutes.")
    ] = False,
    dataset: DatasetOption = DEFAULT_DATASET,
) -> None:
    """Write everything into one document: data, models, training, evaluation, recommendations.

    HTML is one file that needs nothing else; Markdown has its figures in a folder beside it. Only
    runs that are there are used: where one is missing, the report says which command makes it.

    [bold]Examples[/]

      movierec report
      movierec report -o report.md
      movierec report --train
    """
    from movierec_cli.core import report as core
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.report.pictures import can_draw

    chosen, path = _chosen(format, output)
    paths = Paths.from_environment()
    data = load_dataset(dataset)
    if train:
        core.train_missing(data, paths.runs, _tell)
    material = core.gather(data, paths.runs, can_draw())
    document = core.build(material, _tell)
    write = core.write_html if chosen is ReportFormat.html else core.write_markdown
    write(document, path)
    if not material.draw:
        info("Without figures: they need matplotlib. Install: pip install 'movierec[plot]'")
    if material.missing:
        kinds = ", ".join(f"{model} {preset}" for model, preset in material.missing)
        info(f"Without runs of: {kinds}. Train them with: movierec report --train")
    info(f"The report is in {path}.")


def _chosen(format: ReportFormat | None, output: Path | None) -> tuple[ReportFormat, Path]:
    """Let the name of the file decide where no format is asked for, and the other way round."""
    if format is None:
        suffix = output.suffix.lower() if output else ""
        format = ReportFormat.md if suffix in (".md", ".markdown") else ReportFormat.html
    return format, output or Path(f"report.{format}")


def _tell(step: str) -> None:
    info(f"{step}…")
