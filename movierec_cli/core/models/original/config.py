"""Configuration of the report's two networks."""

from dataclasses import dataclass

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share, check_sizes


@dataclass(frozen=True)
class OriginalTwoTowerConfig:
    """The report's two-tower.

    Attributes
    ----------
    hidden_dim
        Width of each tower; the head's layers halve from there.
    dropout
        Share of each tower's output that is dropped in training.
    """

    hidden_dim: int = 512
    dropout: float = 0.2

    def __post_init__(self) -> None:
        check_sizes(hidden_dim=self.hidden_dim)
        check_share("dropout", self.dropout)


@dataclass(frozen=True)
class OriginalDnnConfig:
    """The report's dnn.

    Attributes
    ----------
    hidden_dim, embedding_dim, joint_dim
        Width of the towers, of the vectors that are compared, of the space they are added in.
    dropout
        Share of each tower's output that is dropped in training.
    gamma
        Weight of the cosine trainer beside the cross-entropy.
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
        if self.gamma < 0:
            raise UsageError(f"gamma must be 0 or more, not {self.gamma}.")


TWO_TOWER_TRAINING = TrainingOptions(
    epochs=25, learning_rate=1e-4, batch_size=200, weight_decay=1e-6, validation="users"
)
DNN_TRAINING = TrainingOptions(
    epochs=7, learning_rate=1e-3, batch_size=200, weight_decay=1e-6, validation="users"
)
