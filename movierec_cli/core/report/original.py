"""What the original report says: its parameters, and the data that it is about."""

from collections.abc import Mapping

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import DEFAULT_DATASET

PARAMETERS: Mapping[str, Mapping[str, float]] = {
    "two-tower": {
        "hidden_dim": 512,
        "item_dim": 20,
        "user_dim": 25,
        "learning_rate": 0.0001,
        "weight_decay": 0.000001,
        "epochs": 25,
    },
    "dnn": {
        "dropout": 0.2,
        "embedding_dim": 512,
        "gamma": 0.0001,
        "hidden_dim": 512,
        "item_dim": 403,
        "joint_dim": 512,
        "user_dim": 25,
        "learning_rate": 0.001,
        "weight_decay": 0.000001,
        "epochs": 7,
    },
}
"""What the original gives for each of its models."""


def is_the_original(dataset: Dataset) -> bool:
    """Tell whether this is the data of the original, so that its words can be checked here."""
    return dataset.name == DEFAULT_DATASET
