"""What can be chosen about a model, and the presets: values of these classes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from movierec_cli.core.errors import UsageError

MODELS = ("two-tower", "dnn")


def _check_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise UsageError(f"{name} must be 1 or more, not {size}.")


def _check_share(name: str, share: float) -> None:
    if not 0 <= share < 1:
        raise UsageError(f"{name} must be at least 0 and below 1, not {share}.")


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Attributes
    ----------
    epochs
        The most epochs to train.
    learning_rate
        The step size of Adam.
    batch_size
        Examples in a step: ratings for the preset ``report``, users for ``default``.
    weight_decay
        Decoupled weight decay (AdamW).
    patience
        Epochs without improvement on the validation part after which training stops.
    seed
        The source of all randomness.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    epochs: int
    learning_rate: float
    batch_size: int
    weight_decay: float = 0.0
    patience: int = 5
    seed: int = 0
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name in ("epochs", "learning_rate", "batch_size", "patience"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise UsageError(f"{name.replace('_', ' ')} must be above 0, not {value}.")
        if self.weight_decay < 0:
            raise UsageError(f"weight decay must be 0 or more, not {self.weight_decay}.")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"seed must be 0 or more, not {self.seed}.")


@dataclass(frozen=True)
class TwoTowerReportConfig:
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
        _check_sizes(hidden_dim=self.hidden_dim)
        _check_share("dropout", self.dropout)


@dataclass(frozen=True)
class DnnReportConfig:
    """The report's dnn.

    Attributes
    ----------
    hidden_dim, embedding_dim, joint_dim
        Width of the towers, of the vectors that are compared, of the space they are added in.
    dropout
        Share of each tower's output that is dropped in training.
    gamma
        Weight of the cosine task beside the cross-entropy.
    """

    hidden_dim: int = 512
    embedding_dim: int = 512
    joint_dim: int = 512
    dropout: float = 0.2
    gamma: float = 0.0001

    def __post_init__(self) -> None:
        _check_sizes(
            hidden_dim=self.hidden_dim,
            embedding_dim=self.embedding_dim,
            joint_dim=self.joint_dim,
        )
        _check_share("dropout", self.dropout)
        if self.gamma < 0:
            raise UsageError(f"gamma must be 0 or more, not {self.gamma}.")


ModelConfig = TwoTowerReportConfig | DnnReportConfig


@dataclass(frozen=True)
class Preset:
    """A named choice: what to build and how to train it."""

    config: ModelConfig
    training: TrainingOptions


PRESETS: Mapping[str, Mapping[str, Preset]] = MappingProxyType(
    {
        "two-tower": MappingProxyType(
            {
                "report": Preset(
                    TwoTowerReportConfig(),
                    TrainingOptions(
                        epochs=25, learning_rate=1e-4, batch_size=200, weight_decay=1e-6
                    ),
                ),
            }
        ),
        "dnn": MappingProxyType(
            {
                "report": Preset(
                    DnnReportConfig(),
                    TrainingOptions(
                        epochs=7, learning_rate=1e-3, batch_size=200, weight_decay=1e-6
                    ),
                ),
            }
        ),
    }
)
"""Model -> preset -> its values."""
