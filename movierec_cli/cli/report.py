"""The ``movierec report`` command: one document of data, models and results."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import DEFAULT_DATASET, DatasetOption, ForceOption
from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError


class ReportFormat(StrEnum):
    """The format of a report."""

    html = "html"
    md = "md"


_ENDINGS = {ReportFormat.html: (".html", ".htm"), ReportFormat.md: (".md", ".markdown")}


def _format_of(output: Path | None, chosen: ReportFormat | None) -> ReportFormat:
    """Return the format of ``--format``, else of the file name, else HTML.

    Raises
    ------
    UsageError
        If the file name ends with no format of a report, or with another one than ``chosen``.
    """
    if output is None:
        return chosen or ReportFormat.html
    for format, endings in _ENDINGS.items():
        if output.suffix.lower() in endings and chosen in (None, format):
            return format
    ending = _ENDINGS[chosen or ReportFormat.html][0]
    kind = "a report" if chosen is None else f"a report in {chosen.upper()}"
    raise UsageError(
        f"{kind.capitalize()} is no file with the name {output.name!r}.",
        f"Name it {output.stem or 'report'}{ending}" + ("" if chosen else " or .md") + ".",
    )


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
    force: ForceOption = False,
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
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.cli.trainings import may_train
    from movierec_cli.core import report as core
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.train_spec import TrainSpec

    format = _format_of(output, format)
    path = output or Path(f"report.{format}")
    core.require_writable(path)
    runs = Paths.from_environment().runs
    sources = core.find_sources(load_dataset(dataset), runs)
    if train:
        specs = [TrainSpec(*kind) for kind in sources.missing]
        if not may_train(specs, sources.dataset, runs, force):
            return
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
