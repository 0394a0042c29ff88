"""Configuration of the dnn, nested by component.

The docstrings state the worth of each part: the loss in fold-in NDCG@25 on validation users
without it (docs/dnn.md has the tables).
"""

from dataclasses import dataclass, field

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share, check_sizes

RatingWeights = tuple[float, float, float, float, float]
"""The weights of a rating of 1, 2, 3, 4 and 5; those of half stars lie between."""


@dataclass(frozen=True)
class NetworkConfig:
    """The trained component. Worth 0.9 %.

    Attributes
    ----------
    dimension
        Width of its vectors.
    weight
        Weight of the component in the score.
    hidden_share
        Share of the users that training shows without their history, 0 to below 1. Worth 0.2 %,
        and 0.4 % P@25.
    """

    dimension: int = 192
    weight: float = 0.35
    hidden_share: float = 0.2

    def __post_init__(self) -> None:
        check_sizes(dimension=self.dimension)
        check_share("hidden_share", self.hidden_share)


@dataclass(frozen=True)
class EaseConfig:
    """EASE on histories weighted by rating. Worth 0.6 %, and 0.8 % MAP@25.

    Attributes
    ----------
    regularization
        Penalty of the squared weights.
    weight
        Weight among the item-item solutions, where the ridge regression has 1.
    """

    regularization: float = 200.0
    weight: float = 0.7

    def __post_init__(self) -> None:
        _check_positive(regularization=self.regularization)


@dataclass(frozen=True)
class TemporalConfig:
    """EASE on temporal co-occurrence. Worth 1.2 %.

    Attributes
    ----------
    regularization, weight
        As in `EaseConfig`.
    half_seconds
        Time between two ratings of a user at which their co-occurrence counts half.
    """

    regularization: float = 10.0
    weight: float = 0.8
    half_seconds: float = 200.0

    def __post_init__(self) -> None:
        _check_positive(regularization=self.regularization, half_seconds=self.half_seconds)


@dataclass(frozen=True)
class RidgeConfig:
    """Ridge regression from histories and demographics; the latter are worth 0.9 %.

    Attributes
    ----------
    regularization
        Penalty of the squared weights.
    demographic_share
        Squared length of the demographics beside a history of length 1.
    demographic_weight
        Factor of the demographics in the score.
    """

    regularization: float = 2.0
    demographic_share: float = 0.1
    demographic_weight: float = 3.0

    def __post_init__(self) -> None:
        _check_positive(regularization=self.regularization)


@dataclass(frozen=True)
class ItemItemConfig:
    """The item-item component, the sum of three closed-form solutions. Worth 4.4 %.

    Attributes
    ----------
    rank
        Number of principal directions kept. 200 are worth 0.4 % over all of them.
    weight
        Weight of the component in the score.
    spread_power
        Power of the spread of a film's scores that its vector is multiplied with. Worth 0.4 %.
    """

    rank: int = 200
    weight: float = 0.95
    spread_power: float = -0.2
    ease: EaseConfig = field(default_factory=EaseConfig)
    temporal: TemporalConfig = field(default_factory=TemporalConfig)
    ridge: RidgeConfig = field(default_factory=RidgeConfig)

    def __post_init__(self) -> None:
        check_sizes(rank=self.rank)


@dataclass(frozen=True)
class ColdStartConfig:
    """The demographic component, the only one without a history.

    Attributes
    ----------
    target_weights
        Weights of the ratings to predict. Worth 0.7 % MAP@25 in the cold start over those of a
        history.
    regularization
        Penalty of the squared weights.
    activity_power
        Targets of a user who likes n films are multiplied with this power of n + 1. Worth 1.2 %
        MAP@25 in the cold start.
    weight
        Weight of the component in the score.
    """

    target_weights: RatingWeights = (0.0, 0.0, 0.2, 1.0, 1.1)
    regularization: float = 20.0
    activity_power: float = 0.1
    weight: float = 0.6

    def __post_init__(self) -> None:
        _check_positive(regularization=self.regularization)


@dataclass(frozen=True)
class DnnConfig:
    """The ``default`` of dnn.

    Attributes
    ----------
    rating_weights
        Weights of the ratings in a history, as input and as target. Worth 5.0 % over liked or
        not, 7.2 % over watched or not.
    half_saturation
        Length of a history at which every component has half of its weight.
    """

    rating_weights: RatingWeights = (0.1, 0.3, 0.7, 1.0, 1.2)
    half_saturation: float = 5.6
    network: NetworkConfig = field(default_factory=NetworkConfig)
    item_item: ItemItemConfig = field(default_factory=ItemItemConfig)
    cold_start: ColdStartConfig = field(default_factory=ColdStartConfig)

    def __post_init__(self) -> None:
        _check_positive(half_saturation=self.half_saturation)


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise UsageError(f"{name} must be above 0, not {value}.")


DEFAULT_TRAINING = TrainingOptions(
    epochs=16,
    learning_rate=7e-3,
    batch_size=32,
    keep="last",  # by ten folds the best epoch on the validation part is no better
    beta2=0.99,
    schedule="cosine",
)
"""The training options of the preset ``default``."""
