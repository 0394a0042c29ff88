"""What can be chosen about a model, and the presets: values of these classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share

MODELS = ("two-tower", "dnn")


def _check_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise UsageError(f"{name} must be 1 or more, not {size}.")


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
        _check_sizes(hidden_dim=self.hidden_dim)
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
        _check_sizes(
            hidden_dim=self.hidden_dim,
            embedding_dim=self.embedding_dim,
            joint_dim=self.joint_dim,
        )
        check_share("dropout", self.dropout)
        if self.gamma < 0:
            raise UsageError(f"gamma must be 0 or more, not {self.gamma}.")


Grades = tuple[float, float, float, float, float]
"""What a rating of 1, 2, 3, 4 and 5 counts."""


@dataclass(frozen=True)
class DnnConfig:
    """The best dnn we know; `docs/models.md` has what each piece is worth.

    Attributes
    ----------
    dimension, trained_weight
        Width and weight of the trained part.
    history_grades, target_grades
        What a rating counts as input and as target.
    stranger_share
        Share of users who are shown without their history in training.
    moment_share
        Share of users of whom training shows one moment: ratings count the less, the further
        they are from it in time.
    solved_rank, solved_weight
        Width and weight of the solved item-item part.
    ease_regularization, ease_weight
        Of EASE on grades, the first of the three solutions that it adds.
    popularity_power
        Power of the number of ratings that the scores of EASE are multiplied with.
    moment_regularization, moment_weight
        Of EASE on moments, the second.
    moment_seconds
        The time between two ratings of a user at which they count half as rated together.
    user_ridge
        Regularization of the third, the regression from pooled histories and demographics.
    spread_power
        Power of the spread of a film's scores that its vector is multiplied with.
    demographic_share, demographic_weight
        Squared length of the demographics beside a history in that regression, and how much what
        they say counts.
    prior_grades, prior_ridge, prior_activity, prior_weight
        Targets, regularization and weight of the demographic part; its users count with the
        number of films they like to the power ``prior_activity``.
    half_known
        The length of a history at which the first two parts count half, and the demographic part.
    """

    dimension: int = 192
    trained_weight: float = 0.35
    history_grades: Grades = (0.1, 0.3, 0.7, 1.0, 1.2)
    target_grades: Grades = (0.05, 0.2, 0.5, 0.9, 1.2)
    stranger_share: float = 0.2
    moment_share: float = 0.5
    solved_rank: int = 200
    solved_weight: float = 0.95
    ease_regularization: float = 200.0
    ease_weight: float = 0.7
    popularity_power: float = -0.1
    moment_regularization: float = 10.0
    moment_weight: float = 0.8
    moment_seconds: float = 200.0
    user_ridge: float = 2.0
    demographic_share: float = 0.1
    demographic_weight: float = 3.0
    spread_power: float = -0.2
    prior_grades: Grades = (0.0, 0.0, 0.2, 1.0, 1.1)
    prior_ridge: float = 20.0
    prior_activity: float = 0.1
    prior_weight: float = 0.6
    half_known: float = 5.6

    def __post_init__(self) -> None:
        _check_sizes(dimension=self.dimension, solved_rank=self.solved_rank)
        check_share("stranger share", self.stranger_share)
        check_share("moment share", self.moment_share)
        if not self.moment_seconds > 0:
            raise UsageError(f"moment_seconds must be above 0, not {self.moment_seconds}.")


@dataclass(frozen=True)
class TwoTowerConfig:
    """The best two-tower we know; `docs/models.md` has what each piece is worth.

    Ridges are in units of the noise of a rating.

    Attributes
    ----------
    members
        Models trained side by side and averaged.
    factors
        Width of a vector beside its bias.
    start
        Standard deviation of the weights at the start.
    sweeps, burn_in, thinning
        Sweeps of Gibbs sampling, how many at the start are thrown away, and every which is kept.
    noise
        Variance of the noise of a rating.
    user_bias_ridge, user_ridge, film_bias_ridge, film_ridge
        How far biases and factors are from what their tower says.
    rated_ridge, demographic_ridge, raters_ridge, content_ridge
        Of the towers' weights: for what a user rated, demographics, who rated a film, its genres.
    stranger_ridge
        Of the regression on demographics alone.
    stranger_film_ridge
        So many ratings of a film move its level for strangers half way to what they say.
    half_known
        The length of a history at which its tower counts half beside that regression.
    """

    members: int = 4
    factors: int = 16
    start: float = 0.03
    sweeps: int = 80
    burn_in: int = 8
    thinning: int = 4
    noise: float = 0.65
    user_bias_ridge: float = 6.0
    user_ridge: float = 5.0
    film_bias_ridge: float = 20.0
    film_ridge: float = 30.0
    rated_ridge: float = 30.0
    demographic_ridge: float = 300.0
    raters_ridge: float = 30.0
    content_ridge: float = 100.0
    stranger_ridge: float = 20.0
    stranger_film_ridge: float = 40.0
    half_known: float = 3.0

    def __post_init__(self) -> None:
        _check_sizes(members=self.members, factors=self.factors, thinning=self.thinning)
        if not 0 <= self.burn_in <= self.sweeps - self.thinning:
            raise UsageError(
                f"{self.sweeps} sweeps are too few to throw away {self.burn_in} and keep a draw."
            )


ModelConfig = OriginalTwoTowerConfig | OriginalDnnConfig | DnnConfig | TwoTowerConfig


@dataclass(frozen=True)
class Preset:
    """A named choice: what to build and how to train it."""

    config: ModelConfig
    training: TrainingOptions


PRESETS: Mapping[str, Mapping[str, Preset]] = MappingProxyType(
    {
        "two-tower": MappingProxyType(
            {
                "default": Preset(
                    TwoTowerConfig(),
                    TrainingOptions(
                        epochs=6,
                        learning_rate=0.01,
                        batch_size=24_000,
                        patience=6,
                        beta2=0.98,
                        schedule="cosine",
                    ),
                ),
                "original": Preset(
                    OriginalTwoTowerConfig(),
                    TrainingOptions(
                        epochs=25, learning_rate=1e-4, batch_size=200, weight_decay=1e-6
                    ),
                ),
            }
        ),
        "dnn": MappingProxyType(
            {
                "default": Preset(
                    DnnConfig(),
                    TrainingOptions(
                        epochs=16,
                        learning_rate=7e-3,
                        batch_size=32,
                        patience=16,
                        settle=0.7,
                        beta2=0.99,
                        schedule="cosine",
                    ),
                ),
                "original": Preset(
                    OriginalDnnConfig(),
                    TrainingOptions(
                        epochs=7, learning_rate=1e-3, batch_size=200, weight_decay=1e-6
                    ),
                ),
            }
        ),
    }
)
"""Model -> preset -> its values."""
