"""The content of a report: the values of all chapters, and their figures."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from movierec_cli import __version__
from movierec_cli.core import eda, figures
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.registry import DEFAULT_DATASET
from movierec_cli.core.data.scenarios import NEXT
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import DEFAULT_K
from movierec_cli.core.experiments import compare
from movierec_cli.core.experiments.results import Result
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.report.data_chapter import data_values, has_pairs
from movierec_cli.core.report.evaluation_chapter import evaluation_values, measured
from movierec_cli.core.report.model_chapters import model_values, recommendation_values
from movierec_cli.core.report.sequence_chapter import (
    LIST,
    measured_sequences,
    sequence_values,
)
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
    progress.start("Making the report", len(compare.baselines(dataset)) + 1)
    models = model_values(sources)
    suffix = "" if sources.is_original else f" --dataset {dataset.name}"
    try:
        results = measured(sources, progress)
        of_sequences = measured_sequences(sources)
        values = {
            "title": "made-up data" if dataset.is_synthetic else dataset.name,
            "dataset": dataset.name,
            "checksum": dataset.checksum(),
            "split_seed": sources.split.split_seed,
            "synthetic": dataset.is_synthetic,
            "is_original": sources.is_original,
            "terms": EDITIONS[dataset.name].terms if dataset.name in EDITIONS else "",
            "data": data_values(dataset),
            "models": models,
            "evaluation": evaluation_values(sources, results),
            "sequences": sequence_values(of_sequences),
            "recommendations": recommendation_values(sources),
            "commands_again": [
                *_sources_again(dataset),
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
        drawn = dict(_drawings(sources, results, of_sequences)) if _can_draw() else {}
        progress.advance(1)
        rendered = {name: figures.rendered(figure, "svg") for name, figure in drawn.items()}
        return Report(values, rendered)
    finally:
        progress.finish()


def _sources_again(dataset: Dataset) -> list[str]:
    """Return the command that gets the data; none for made-up and for packaged data."""
    edition = EDITIONS.get(dataset.name)
    if dataset.is_synthetic or (edition and edition.is_packaged):
        return []
    if edition is None:
        return [f"movierec import PATH --name {dataset.name}"]
    return ["movierec download" + f" {edition.name}" * (edition.name != DEFAULT_DATASET)]


def _can_draw() -> bool:
    try:
        figures.require_plotting(Path("figure.svg"))
    except UsageError:
        return False
    return True


def _drawings(
    sources: Sources, results: Sequence[Result], of_sequences: Sequence[Result]
) -> "Iterator[tuple[str, Figure]]":
    dataset, source = sources.dataset, sources.dataset.name
    yield "ratings", figures.ratings(dataset, source)
    if eda.has_genres(dataset):
        yield "genres", figures.genres(dataset, source)
    yield "users", figures.users(dataset, source)
    if has_pairs(dataset):
        for metric in ("lift", "watchers"):
            yield f"occupations-{metric}", figures.occupations(dataset, source, metric)
    if of_sequences:
        of_next = [result for result in of_sequences if result.scenario == NEXT]
        yield "gaps", figures.gaps(of_next, source, LIST)
    with suppress(UsageError):  # no film has enough ratings
        yield "films", figures.films(dataset, source)
    for run in sources.runs.values():
        name, epochs = run.manifest.name, run.manifest.epochs
        yield f"training-{name}", figures.training(epochs, name, source)
    yield "comparison", figures.comparison(results, source, DEFAULT_K)
