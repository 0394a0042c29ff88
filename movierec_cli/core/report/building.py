"""The content of a report: the values of all chapters, and their figures."""

import platform
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from movierec_cli import __version__
from movierec_cli.core import eda, figures
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.report.data_context import data_context
from movierec_cli.core.report.evaluation_context import evaluation_context
from movierec_cli.core.report.run_context import models_context, recommendations_context
from movierec_cli.core.report.sources import Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Report:
    """The content of a report.

    Attributes
    ----------
    values
        The values that the templates show.
    figures
        Name -> SVG; empty without matplotlib.
    """

    values: Mapping[str, Any]
    figures: Mapping[str, bytes]


def build(sources: Sources, progress: Progress = SILENT) -> Report:
    """Measure the baselines, compute the values of all chapters and draw the figures.

    The same data and runs give the same report.
    """
    dataset = sources.dataset
    drawn = can_draw()
    progress.start("Making the report", len(BASELINES) + 1)
    models = models_context(sources)
    try:
        values = {
            "title": _title(sources),
            "dataset": dataset.name,
            "checksum": dataset.checksum(),
            "split_seed": sources.split.split_seed,
            "synthetic": dataset.is_synthetic,
            "is_original": sources.is_original,
            "drawn": drawn,
            "data": data_context(dataset),
            "models": models,
            "evaluation": evaluation_context(sources, progress),
            "recommendations": recommendations_context(sources),
            "commands_again": _commands(sources, models["commands"]),
            "versions": {
                "movierec": __version__,
                "python": platform.python_version(),
                "numpy": np.__version__,
            },
        }
        progress.describe("Drawing figures")
        drawings = dict(_figures(sources)) if drawn else {}
        progress.advance(1)
        return Report(values, drawings)
    finally:
        progress.finish()


def can_draw() -> bool:
    """Return whether matplotlib is installed."""
    try:
        figures.require_plotting(Path("figure.svg"))
    except UsageError:
        return False
    return True


def _title(sources: Sources) -> str:
    if sources.dataset.is_synthetic:
        return "made-up data"
    return "MovieLens 100K" if sources.is_original else sources.dataset.name


def _commands(sources: Sources, trainings: list[str]) -> list[str]:
    """Return the commands that make this report again."""
    name = sources.dataset.name
    suffix = "" if sources.is_original else f" --dataset {name}"
    return [
        *["movierec download"] * sources.is_original,
        *trainings,
        f"movierec compare{suffix}",
        f"movierec report{suffix}",
    ]


def _figures(sources: Sources) -> Iterator[tuple[str, bytes]]:
    for name, figure in _drawings(sources):
        yield name, figures.rendered(figure, "svg")


def _drawings(sources: Sources) -> "Iterator[tuple[str, Figure]]":
    dataset, source = sources.dataset, sources.dataset.name
    yield "ratings", figures.ratings(dataset, source)
    yield "genres", figures.genres(dataset, source)
    yield "users", figures.users(dataset, source)
    if eda.has_occupations(dataset):
        for metric in ("watchers", "lift"):
            yield f"occupations-{metric}", figures.occupations(dataset, metric, source)
    with suppress(UsageError):  # no film has enough ratings
        yield "films", figures.films(dataset, source)
    for run in sources.runs.values():
        manifest = run.manifest
        name = f"training-{manifest.name}"
        yield name, figures.training(manifest.epochs, manifest.name, source)
