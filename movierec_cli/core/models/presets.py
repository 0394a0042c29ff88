"""The models and their presets by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from movierec_cli.core.data.scenarios import LAST_HOLDOUT
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.models.sequence.config import SequenceConfig, UnorderedSequenceConfig
from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.training.options import TrainingOptions

MODELS = ("two-tower", "dnn", "sequence")

MODELS_OF_USERS = ("two-tower", "dnn")
"""The models whose scores do not depend on the order of a history."""

ModelConfig = (
    DnnConfig | TwoTowerConfig | SequenceConfig | OriginalDnnConfig | OriginalTwoTowerConfig
)


@dataclass(frozen=True)
class Preset:
    """The configuration of a model and its training options, under one name."""

    config: ModelConfig
    training: TrainingOptions


_OF_SEQUENCE = TrainingOptions(
    epochs=32,
    learning_rate=2e-3,
    batch_size=32,
    keep="last",
    validation="last",
    beta2=0.98,
    schedule="cosine",
)

PRESETS: Mapping[str, Mapping[str, Preset]] = {
    "two-tower": {
        # The training is the warm start; a batch is the number of ratings that a step hides.
        "default": Preset(
            TwoTowerConfig(),
            TrainingOptions(
                epochs=6,
                learning_rate=0.01,
                batch_size=24_000,
                keep="last",
                beta2=0.98,
                schedule="cosine",
                validation_share=0.05,
            ),
        ),
        "original": Preset(
            OriginalTwoTowerConfig(),
            TrainingOptions(
                epochs=25, learning_rate=1e-4, batch_size=200, weight_decay=1e-6, validation="users"
            ),
        ),
    },
    "dnn": {
        "default": Preset(
            DnnConfig(),
            TrainingOptions(
                epochs=16,
                learning_rate=7e-3,
                batch_size=0,  # by the number of users
                keep="last",  # by ten folds the best epoch on the validation part is no better
                beta2=0.99,
                schedule="cosine",
            ),
        ),
        "original": Preset(
            OriginalDnnConfig(),
            TrainingOptions(
                epochs=7, learning_rate=1e-3, batch_size=200, weight_decay=1e-6, validation="users"
            ),
        ),
    },
    "sequence": {
        "default": Preset(SequenceConfig(), _OF_SEQUENCE),
        "unordered": Preset(UnorderedSequenceConfig(), _OF_SEQUENCE),
    },
}
"""Model -> preset -> its values; the report does not describe a network of the sequence model."""


def usual_holdout(model: str) -> str:
    """Return the holdout that a model is trained with if none is chosen."""
    return LAST_HOLDOUT if model == "sequence" else "users"
