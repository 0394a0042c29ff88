"""The scenarios as people read about them: a sentence and the metrics of a narrow table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from movierec_cli.core.data.scenarios import COLD_START, FOLD_IN, LATER, NEXT, RATING, UNTIED


@dataclass(frozen=True)
class ScenarioLabel:
    """A scenario in words.

    Attributes
    ----------
    explanation
        What a model knows and what it has to predict, a sentence without its final stop.
    columns
        The names of the metrics that a table of 80 columns shows, the deciding one first.
    """

    explanation: str
    columns: tuple[str, ...]


_OF_ORDER = ("ndcg", "hit_rate", "mrr")
_COLUMNS = ("ndcg", "map", "precision", "recall", "hit_rate", "rmse", "accuracy")

SCENARIOS: Mapping[str, ScenarioLabel] = MappingProxyType(
    {
        COLD_START: ScenarioLabel(
            "no rating of a held-out user is known; age, gender and occupation are, if the data "
            "has them",
            _COLUMNS,
        ),
        FOLD_IN: ScenarioLabel(
            "80 % of the ratings of a held-out user are known; the rest are to be predicted",
            _COLUMNS,
        ),
        RATING: ScenarioLabel(
            "the test ratings of an official fold are to be predicted; the others are known",
            ("rmse", *_COLUMNS[:5], "accuracy"),
        ),
        NEXT: ScenarioLabel(
            "the last rating of each user is to be predicted, whatever its stars; all earlier ones "
            "are known. Among ratings of the same time a draw chose the last",
            _OF_ORDER,
        ),
        UNTIED: ScenarioLabel(
            "the users of next whose last rating alone has its time, so that no draw chose it",
            _OF_ORDER,
        ),
        LATER: ScenarioLabel(
            "all ratings after the cut are to be predicted, whatever their stars; those before it "
            "are known. Users have five ratings before it and one after it",
            (*_OF_ORDER, "precision", "recall"),
        ),
    }
)
"""Every scenario by its name in `movierec_cli.core.data.scenarios`."""


def relevance(scenario: str) -> str:
    """Return the sentence that says which targets of a scenario are relevant."""
    if scenario in (NEXT, UNTIED, LATER):
        return "Relevant: every target, whatever its rating."
    return "Relevant: rated 4 or higher."
