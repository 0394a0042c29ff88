"""Putting the chapters together."""

from collections.abc import Callable, Sequence

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import COLD_START, FOLD_IN
from movierec_cli.core.experiments.compare import Result
from movierec_cli.core.report.data_chapter import data_chapter, overview_sentence
from movierec_cli.core.report.document import Block, Document, Note, Paragraph
from movierec_cli.core.report.evaluation_chapter import (
    evaluation_chapter,
    measure,
    ranking_sentence,
    rating_sentence,
)
from movierec_cli.core.report.material import Material
from movierec_cli.core.report.model_chapter import model_chapter
from movierec_cli.core.report.original import is_the_original
from movierec_cli.core.report.recommendation_chapter import recommendation_chapter
from movierec_cli.core.report.reproduction_chapter import reproduction_chapter
from movierec_cli.core.report.training_chapter import training_chapter

_MADE_UP = (
    "The data of this report is made up by a program. It shows how the report looks; its figures, "
    "films and users say nothing about MovieLens or real people."
)
_NO_FIGURES = (
    "There are no figures in this report because matplotlib is not installed. Install it with "
    "`pip install 'movierec[plot]'` and make the report again."
)


def build(material: Material, on_step: Callable[[str], None]) -> Document:
    """Make the report.

    Parameters
    ----------
    on_step
        Told what is done next.
    """
    on_step("Looking at the data")
    data = data_chapter(material.dataset, material.draw)
    results = measure(material, on_step)
    on_step("Laying out the models")
    return Document(
        title=f"Film recommendations on {_data_name(material.dataset)}",
        subtitle="The data, two neural models, and what they are worth beside simple ones",
        blocks=_opening(material, results),
        chapters=[
            data,
            model_chapter(material),
            training_chapter(material),
            evaluation_chapter(material, results),
            recommendation_chapter(material),
            reproduction_chapter(material),
        ],
        made_up=material.dataset.is_synthetic,
    )


def _data_name(dataset: Dataset) -> str:
    if dataset.is_synthetic:
        return "made-up data"
    return "MovieLens 100K" if is_the_original(dataset) else dataset.name


def _opening(material: Material, results: Sequence[Result]) -> list[Block]:
    """Say the main thing before the first chapter."""
    blocks: list[Block] = []
    if material.dataset.is_synthetic:
        blocks.append(Note("warning", _MADE_UP))
    if not material.draw:
        blocks.append(Note("warning", _NO_FIGURES))
    blocks.append(Paragraph(overview_sentence(material.dataset)))
    by_scenario = {
        name: [result for result in results if result.scenario == name]
        for name in (COLD_START, FOLD_IN)
    }
    cold, known = by_scenario[COLD_START], by_scenario[FOLD_IN]
    blocks.append(
        Paragraph(
            f"In the cold start, where no rating of a user is known, {ranking_sentence(cold)} In "
            f"fold-in, where four fifths of them are known, {ranking_sentence(known)} "
            f"{rating_sentence(known)}"
        )
    )
    return blocks
