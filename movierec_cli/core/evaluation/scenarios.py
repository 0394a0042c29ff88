"""The scenarios as people read about them: a sentence and the metrics of a narrow table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from movierec_cli.core.data.splits import COLD_START, FOLD_IN, RATING


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
    }
)
"""Every scenario by its name in `movierec_cli.core.data.splits`."""
