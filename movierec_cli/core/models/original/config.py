"""Configuration of the two original networks."""

from dataclasses import dataclass
from typing import ClassVar

from movierec_cli.core.models.search_space import Range, SearchSpace
from movierec_cli.core.training.options import check_fields


@dataclass(frozen=True)
class OriginalTwoTowerConfig:
    """Configuration of the original two-tower."""

    SEARCH_SPACE: ClassVar[SearchSpace] = {
        "config.dropout": Range(0.0, 0.5),
        "training.epochs": Range(5, 50, log=True, whole=True),
        "training.learning_rate": Range(1e-5, 1e-2, log=True),
        "training.weight_decay": Range(1e-7, 1e-1, log=True),
    }

    hidden_dim: int = 512
    """Width of each tower; each layer of the head has half the width of the one before."""
    dropout: float = 0.2  # share of each tower's output that training drops

    def __post_init__(self) -> None:
        check_fields(self, positive="hidden_dim", share="dropout")


@dataclass(frozen=True)
class OriginalDnnConfig:
    """Configuration of the original dnn: widths of towers, embeddings and joint space."""

    SEARCH_SPACE: ClassVar[SearchSpace] = {
        "config.gamma": Range(1e-5, 1e3, log=True),
        "config.dropout": Range(0.0, 0.5),
        "training.epochs": Range(2, 20, log=True, whole=True),
        "training.learning_rate": Range(1e-4, 1e-2, log=True),
        "training.weight_decay": Range(1e-7, 1e-1, log=True),
    }

    hidden_dim: int = 512
    embedding_dim: int = 512
    joint_dim: int = 512
    dropout: float = 0.2  # share of each tower's output that training drops
    gamma: float = 0.0001  # weight of the cosine task beside the cross-entropy

    def __post_init__(self) -> None:
        check_fields(self, positive="hidden_dim embedding_dim joint_dim", share="dropout")
