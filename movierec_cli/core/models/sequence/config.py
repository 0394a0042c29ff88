"""Configuration of the sequence model, nested by part.

The worth of a part is the loss of NDCG@10 of the next film without it, on MovieLens 100K and on
half of 1M (docs/sequences.md).
"""

from dataclasses import dataclass
from typing import ClassVar

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.search_space import Range, SearchSpace
from movierec_cli.core.training.options import check_fields


@dataclass(frozen=True)
class RecencyConfig:
    """EASE on a history weighted by recency: exp(-lag / decay) + floor. Worth 3 % and 0 %."""

    regularization: float = 400.0
    decay: float = 5.0
    """Films after which the weight of a film has fallen to a third."""
    floor: float = 0.05

    def __post_init__(self) -> None:
        check_fields(self, positive="regularization decay")


@dataclass(frozen=True)
class TransitionConfig:
    """Counts of the films that follow a film after 1, 2, .. steps. Worth 2 % and 5 %."""

    lags: int = 10
    """The steps that count."""
    lag_decay: float = 0.9
    """Factor of the count for each further step."""
    smoothing: float = 20.0
    """Popularity that is added to each row, in counts."""
    popularity_power: float = 0.15
    """Power of the popularity that divides the probabilities."""
    decay: float = 4.0
    """As in `RecencyConfig`."""
    tie_orders: int = 4
    """Random orders of ties that are counted."""

    def __post_init__(self) -> None:
        check_fields(self, positive="lags smoothing decay tie_orders", share="lag_decay")


@dataclass(frozen=True)
class TransformerConfig:
    """The causal transformer. Worth 5 % and 5 %."""

    width: int = 128
    blocks: int = 2
    heads: int = 2
    window: int = 100
    """Films that it reads, the last ones."""
    dropout: float = 0.25
    input_scale: float = 5.5
    """Factor of the film vectors at the input; they are the output too."""
    users_per_epoch: int = 1_500
    """Users that an epoch shows at most, each with one window."""
    tie_orders: int = 8
    """Random orders of ties that a score is the mean of."""

    def __post_init__(self) -> None:
        check_fields(
            self,
            positive="width blocks heads window input_scale users_per_epoch tie_orders",
            share="dropout",
        )
        if self.width % self.heads:
            raise UsageError(f"A width of {self.width} is no multiple of {self.heads} heads.")


@dataclass(frozen=True)
class SequenceConfig:
    """The ``default`` of sequence."""

    SEARCH_SPACE: ClassVar[SearchSpace] = {
        "config.recency.regularization": Range(50.0, 2000.0, log=True),
        "config.recency.decay": Range(1.0, 30.0, log=True),
        "config.recency.floor": Range(0.0, 0.5),
        "config.transitions.lag_decay": Range(0.5, 0.98),
        "config.transitions.smoothing": Range(2.0, 100.0, log=True),
        "config.transitions.popularity_power": Range(0.0, 0.5),
        "config.transitions.decay": Range(1.0, 20.0, log=True),
        "config.transformer.dropout": Range(0.0, 0.5),
        "training.epochs": Range(8, 64, log=True, whole=True),
        "training.learning_rate": Range(5e-4, 5e-3, log=True),
    }

    ORDERED: ClassVar[bool] = True

    most_films: int = 4_000
    """The most rated films, which it ranks; two matrices of their pairs are held."""
    recency: RecencyConfig = RecencyConfig()
    transitions: TransitionConfig = TransitionConfig()
    transformer: TransformerConfig = TransformerConfig()

    def __post_init__(self) -> None:
        check_fields(self, positive="most_films")


@dataclass(frozen=True)
class UnorderedSequenceConfig(SequenceConfig):
    """The ``unordered`` of sequence: the same model, trained and scored on shuffled histories.

    The control of the question whether order helps.
    """

    ORDERED: ClassVar[bool] = False
