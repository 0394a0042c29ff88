"""Configuration of the two original networks."""

from dataclasses import dataclass

from movierec_cli.core.training.options import check_fields


@dataclass(frozen=True)
class OriginalTwoTowerConfig:
    """Configuration of the original two-tower."""

    hidden_dim: int = 512
    """Width of each tower; each layer of the head has half the width of the one before."""
    dropout: float = 0.2  # share of each tower's output that training drops

    def __post_init__(self) -> None:
        check_fields(self, positive="hidden_dim", share="dropout")


@dataclass(frozen=True)
class OriginalDnnConfig:
    """Configuration of the original dnn: widths of towers, embeddings and joint space."""

    hidden_dim: int = 512
    embedding_dim: int = 512
    joint_dim: int = 512
    dropout: float = 0.2  # share of each tower's output that training drops
    gamma: float = 0.0001  # weight of the cosine task beside the cross-entropy

    def __post_init__(self) -> None:
        check_fields(self, positive="hidden_dim embedding_dim joint_dim", share="dropout")
