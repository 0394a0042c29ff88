"""Configuration of the two original networks."""

from dataclasses import dataclass

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share, check_sizes


@dataclass(frozen=True)
class OriginalTwoTowerConfig:
    """Configuration of the original two-tower.

    Attributes
    ----------
    hidden_dim
        Width of each tower; each layer of the head has half the width of the one before.
    dropout
        Share of each tower's output that training drops, from 0 to below 1.
    """

    hidden_dim: int = 512
    dropout: float = 0.2

    def __post_init__(self) -> None:
        check_sizes(hidden_dim=self.hidden_dim)
        check_share("dropout", self.dropout)


@dataclass(frozen=True)
class OriginalDnnConfig:
    """Configuration of the original dnn.

    Attributes
    ----------
    hidden_dim, embedding_dim, joint_dim
        Width of the towers, of the compared embeddings and of the joint space.
    dropout
        Share of each tower's output that training drops, from 0 to below 1.
    gamma
        Weight of the cosine task beside the cross-entropy, 0 or more.
    """

    hidden_dim: int = 512
    embedding_dim: int = 512
    joint_dim: int = 512
    dropout: float = 0.2
    gamma: float = 0.0001

    def __post_init__(self) -> None:
        check_sizes(
            hidden_dim=self.hidden_dim,
            embedding_dim=self.embedding_dim,
            joint_dim=self.joint_dim,
        )
        check_share("dropout", self.dropout)
        if not self.gamma >= 0:
            raise UsageError(f"gamma must be 0 or more, not {self.gamma}.")


TWO_TOWER_TRAINING = TrainingOptions(
    epochs=25, learning_rate=1e-4, batch_size=200, weight_decay=1e-6, validation="users"
)
DNN_TRAINING = TrainingOptions(
    epochs=7, learning_rate=1e-3, batch_size=200, weight_decay=1e-6, validation="users"
)
