"""Configuration of the two original networks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OriginalTwoTowerConfig:
    """Configuration of the original two-tower."""

    hidden_dim: int = 512
    """Width of each tower; each layer of the head has half the width of the one before."""
    dropout: float = 0.2  # share of each tower's output that training drops


@dataclass(frozen=True)
class OriginalDnnConfig:
    """Configuration of the original dnn: widths of towers, embeddings and joint space."""

    hidden_dim: int = 512
    embedding_dim: int = 512
    joint_dim: int = 512
    dropout: float = 0.2  # share of each tower's output that training drops
    gamma: float = 0.0001  # weight of the cosine task beside the cross-entropy
