"""Configuration of the two-tower."""

from dataclasses import dataclass

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_sizes

SWEEPS_PER_EPOCH = 20
"""Sweeps of Gibbs sampling between two validations."""


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

    @property
    def sampling_epochs(self) -> int:
        """The epochs of the sampling phase, `SWEEPS_PER_EPOCH` sweeps each."""
        return self.sweeps // SWEEPS_PER_EPOCH

    def __post_init__(self) -> None:
        check_sizes(members=self.members, factors=self.factors, thinning=self.thinning)
        if not 0 <= self.burn_in <= self.sweeps - self.thinning:
            raise UsageError(
                f"{self.sweeps} sweeps are too few to throw away {self.burn_in} and keep a draw."
            )


DEFAULT_TRAINING = TrainingOptions(
    epochs=6,
    learning_rate=0.01,
    batch_size=24_000,
    keep="last",
    beta2=0.98,
    schedule="cosine",
    validation_share=0.05,
)
"""The training options of the preset ``default``."""
