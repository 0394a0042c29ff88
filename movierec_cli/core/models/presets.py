"""The models and their presets by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from movierec_cli.core.models.dnn.config import DEFAULT_TRAINING as DNN_TRAINING
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.original import config as original
from movierec_cli.core.models.two_tower.config import DEFAULT_TRAINING as TWO_TOWER_TRAINING
from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.training.options import TrainingOptions

MODELS = ("two-tower", "dnn")

ModelConfig = (
    DnnConfig | TwoTowerConfig | original.OriginalDnnConfig | original.OriginalTwoTowerConfig
)


@dataclass(frozen=True)
class Preset:
    """The configuration of a model and its training options, under one name."""

    config: ModelConfig
    training: TrainingOptions


PRESETS: Mapping[str, Mapping[str, Preset]] = MappingProxyType(
    {
        "two-tower": MappingProxyType(
            {
                "default": Preset(TwoTowerConfig(), TWO_TOWER_TRAINING),
                "original": Preset(original.OriginalTwoTowerConfig(), original.TWO_TOWER_TRAINING),
            }
        ),
        "dnn": MappingProxyType(
            {
                "default": Preset(DnnConfig(), DNN_TRAINING),
                "original": Preset(original.OriginalDnnConfig(), original.DNN_TRAINING),
            }
        ),
    }
)
"""Model -> preset -> its values."""
