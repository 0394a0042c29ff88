"""The scoring class of each trained model; numpy only, so that recommending loads no torch."""

from collections.abc import Mapping

from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.original.model import OriginalDnn, OriginalTwoTower
from movierec_cli.core.models.sequence.model import Sequence, UnorderedSequence
from movierec_cli.core.models.two_tower.model import TwoTower

Scorer = type[TwoTower | OriginalTwoTower | Dnn | OriginalDnn | Sequence]
"""The class of a trained model; its constructor takes the weights."""

SCORERS: Mapping[str, Mapping[str, Scorer]] = {
    "two-tower": {"default": TwoTower, "original": OriginalTwoTower},
    "dnn": {"default": Dnn, "original": OriginalDnn},
    "sequence": {"default": Sequence, "unordered": UnorderedSequence},
}
"""Model -> preset -> the class of the model."""
