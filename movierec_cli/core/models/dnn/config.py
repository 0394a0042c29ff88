"""Configuration of the dnn."""

from dataclasses import dataclass

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share, check_sizes

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
        check_sizes(dimension=self.dimension, solved_rank=self.solved_rank)
        check_share("stranger share", self.stranger_share)
        check_share("moment share", self.moment_share)
        if not self.moment_seconds > 0:
            raise UsageError(f"moment_seconds must be above 0, not {self.moment_seconds}.")


DEFAULT_TRAINING = TrainingOptions(
    epochs=16,
    learning_rate=7e-3,
    batch_size=32,
    keep="last",
    beta2=0.99,
    schedule="cosine",
)
"""The training options of the preset ``default``."""
