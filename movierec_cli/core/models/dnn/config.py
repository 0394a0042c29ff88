"""Configuration of the dnn, nested by component.

The worth of a part is the loss in fold-in NDCG@25 on validation users without it (docs/dnn.md
has the tables).
"""

from dataclasses import dataclass
from typing import ClassVar

from movierec_cli.core.models.search_space import Range, SearchSpace
from movierec_cli.core.training.options import check_fields

RatingWeights = tuple[float, float, float, float, float]
"""The weights of a rating of 1, 2, 3, 4 and 5; other half stars lie between, 0.5 is as 1."""


@dataclass(frozen=True)
class NetworkConfig:
    """The trained component. Worth 0.5 %."""

    dimension: int = 192
    weight: float = 0.2  # of the component in the score
    hidden_share: float = 0.2
    """Share of the users that training shows without their history. Worth 0.2 %, 0.4 % P@25."""
    sitting_share: float = 0.5
    """Share of the users of whom training shows one sitting: ratings weigh less, the further in
    time they lie from one of them. Within chance on validation users; see docs/dnn.md."""

    def __post_init__(self) -> None:
        check_fields(
            self, positive="dimension", not_negative="weight", share="hidden_share sitting_share"
        )


@dataclass(frozen=True)
class EaseConfig:
    """EASE on histories weighted by rating. Worth 0.5 %, and 0.6 % MAP@25."""

    regularization: float = 200.0
    weight: float = 0.7  # among the item-item solutions, where the ridge regression has 1

    def __post_init__(self) -> None:
        check_fields(self, positive="regularization")


@dataclass(frozen=True)
class TemporalConfig:
    """EASE on temporal co-occurrence. Worth 1.2 %."""

    regularization: float = 10.0
    weight: float = 0.8  # as in `EaseConfig`
    half_seconds: float = 200.0
    """Time between two ratings of a user at which their co-occurrence counts half."""

    def __post_init__(self) -> None:
        check_fields(self, positive="regularization half_seconds")


@dataclass(frozen=True)
class RidgeConfig:
    """Ridge regression from histories and demographics; the latter are worth 0.9 %."""

    regularization: float = 2.0
    demographic_share: float = 0.1
    """Squared length of the demographics beside a history of length 1."""
    demographic_weight: float = 3.0
    """Factor of the demographics in the score."""

    def __post_init__(self) -> None:
        check_fields(self, positive="regularization", not_negative="demographic_share")


@dataclass(frozen=True)
class ItemItemConfig:
    """The item-item component, the sum of three closed-form solutions. Worth 8.2 %."""

    rank: int = 200
    """Number of principal directions kept. 200 are worth 0.4 % over all of them."""
    weight: float = 0.95  # of the component in the score
    spread_power: float = -0.2
    """Power of the spread of a film's scores that its vector is multiplied with. Worth 0.4 %."""
    ease: EaseConfig = EaseConfig()
    temporal: TemporalConfig = TemporalConfig()
    ridge: RidgeConfig = RidgeConfig()

    def __post_init__(self) -> None:
        check_fields(self, positive="rank", not_negative="weight")


@dataclass(frozen=True)
class ColdStartConfig:
    """The demographic component, the only one without a history."""

    target_weights: RatingWeights = (0.0, 0.0, 0.2, 1.0, 1.1)
    """Weights of the ratings to predict. Worth 0.7 % MAP@25 in the cold start."""
    regularization: float = 20.0
    activity_power: float = 0.1
    """Targets of a user who likes n films are multiplied with this power of n + 1. Worth 1.2 %
    MAP@25 in the cold start."""
    weight: float = 0.6  # of the component in the score

    def __post_init__(self) -> None:
        check_fields(self, positive="regularization", not_negative="weight")


@dataclass(frozen=True)
class DnnConfig:
    """The ``default`` of dnn."""

    SEARCH_SPACE: ClassVar[SearchSpace] = {
        "config.half_saturation": Range(1.0, 20.0, log=True),
        "config.network.weight": Range(0.0, 0.8),
        "config.network.dimension": Range(64, 256, log=True, whole=True),
        "config.item_item.ease.regularization": Range(50.0, 1000.0, log=True),
        "config.item_item.ease.weight": Range(0.1, 1.5),
        "config.item_item.temporal.regularization": Range(3.0, 200.0, log=True),
        "config.item_item.temporal.weight": Range(0.1, 1.5),
        "config.item_item.ridge.regularization": Range(0.5, 20.0, log=True),
        "config.cold_start.regularization": Range(5.0, 100.0, log=True),
        "config.cold_start.weight": Range(0.0, 1.0),
        "training.epochs": Range(8, 24, whole=True),
        "training.learning_rate": Range(2e-3, 2e-2, log=True),
    }

    rating_weights: RatingWeights = (0.1, 0.3, 0.7, 1.0, 1.2)
    """Weights of the ratings in a history, as input and as target. Worth 5.0 % over liked or not,
    7.2 % over watched or not."""
    half_saturation: float = 5.6
    """Length of a history at which every component has half of its weight."""
    network: NetworkConfig = NetworkConfig()
    item_item: ItemItemConfig = ItemItemConfig()
    cold_start: ColdStartConfig = ColdStartConfig()

    def __post_init__(self) -> None:
        check_fields(self, positive="half_saturation")
