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
from movierec_cli.core.report.data_chapter import data_values
from movierec_cli.core.report.evaluation_chapter import evaluation_values
from movierec_cli.core.report.model_chapters import model_values, recommendation_values
from movierec_cli.core.report.sources import Sources

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Report:
    """The content of a report.

    Attributes
    ----------
    values
        The values that the template shows.
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
    progress.start("Making the report", len(BASELINES) + 1)
    models = model_values(sources)
    suffix = "" if sources.is_original else f" --dataset {dataset.name}"
    try:
        values = {
            "title": "made-up data" if dataset.is_synthetic else dataset.name,
            "dataset": dataset.name,
            "checksum": dataset.checksum(),
            "split_seed": sources.split.split_seed,
            "synthetic": dataset.is_synthetic,
            "is_original": sources.is_original,
            "data": data_values(dataset),
            "models": models,
            "evaluation": evaluation_values(sources, progress),
            "recommendations": recommendation_values(sources),
            "commands_again": [
                *["movierec download"] * sources.is_original,
                *models["commands"],
                f"movierec compare{suffix}",
                f"movierec report{suffix}",
            ],
            "versions": {
                "movierec": __version__,
                "python": platform.python_version(),
                "numpy": np.__version__,
            },
        }
        progress.describe("Drawing figures")
        drawn = dict(_drawings(sources)) if _can_draw() else {}
        progress.advance(1)
        rendered = {name: figures.rendered(figure, "svg") for name, figure in drawn.items()}
        return Report(values, rendered)
    finally:
        progress.finish()


def _can_draw() -> bool:
    try:
        figures.require_plotting(Path("figure.svg"))
    except UsageError:
        return False
    return True


def _drawings(sources: Sources) -> "Iterator[tuple[str, Figure]]":
    dataset, source = sources.dataset, sources.dataset.name
    yield "ratings", figures.ratings(dataset, source)
    yield "genres", figures.genres(dataset, source)
    yield "users", figures.users(dataset, source)
    if eda.has_occupations(dataset):
        for metric in ("watchers", "lift"):
            yield f"occupations-{metric}", figures.occupations(dataset, source, metric)
    with suppress(UsageError):  # no film has enough ratings
        yield "films", figures.films(dataset, source)
    for run in sources.runs.values():
        name, epochs = run.manifest.name, run.manifest.epochs
        yield f"training-{name}", figures.training(epochs, name, source)
