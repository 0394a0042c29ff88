"""Configuration of the two-tower, nested by the parts of the method.

Ridges are in units of the noise variance of a rating. The docstring of each part states its worth:
the change of RMSE in fold-in, or of MSE in cold-start, on validation users (`docs/two-tower.md`).
"""

from dataclasses import dataclass, field

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import TrainingOptions, check_share, check_sizes

SWEEPS_PER_EPOCH = 20
"""Sweeps of Gibbs sampling between two validations."""


@dataclass(frozen=True)
class WarmStartConfig:
    """Training with Adam that gives the sampling its first state: RMSE -0.0006.

    Attributes
    ----------
    init_scale
        Standard deviation of the initial weights.
    steps_per_epoch
        Steps of Adam in an epoch.
    hidden_share
        Largest share of the ratings that a step hides, whatever the batch size.
    average_decay
        Decay per step of the moving average of the weights.
    """

    init_scale: float = 0.03
    steps_per_epoch: int = 10
    hidden_share: float = 0.3
    average_decay: float = 0.97

    def __post_init__(self) -> None:
        check_sizes(steps_per_epoch=self.steps_per_epoch)
        check_share("hidden_share", self.hidden_share)
        check_share("average_decay", self.average_decay)
        _check_positive(init_scale=self.init_scale)


@dataclass(frozen=True)
class SamplingConfig:
    """Block Gibbs sampling: RMSE -0.0061 by all draws of a chain, -0.0017 by several chains.

    Attributes
    ----------
    chains
        Independent chains that are sampled side by side.
    sweeps
        Sweeps over all vectors and weights.
    burn_in
        Sweeps at the start that give no draw.
    thinning
        Sweeps between two kept draws.
    noise
        Variance of the noise of a rating.
    """

    chains: int = 4
    sweeps: int = 80
    burn_in: int = 8
    thinning: int = 4
    noise: float = 0.65

    def __post_init__(self) -> None:
        check_sizes(chains=self.chains, thinning=self.thinning)
        _check_positive(noise=self.noise)
        if not 0 <= self.burn_in <= self.sweeps - self.thinning:
            raise UsageError(
                f"{self.sweeps} sweeps keep no draw with burn_in {self.burn_in} and thinning "
                f"{self.thinning}."
            )


@dataclass(frozen=True)
class RidgeConfig:
    """Precisions of the normal priors.

    The vectors: without the user's own ratings in the user vector, RMSE +0.1201. The weights of
    the towers: without histories and raters, RMSE +0.0146; without side features, +0.0048.

    Attributes
    ----------
    user_bias, user_factors, film_bias, film_factors
        Of a vector around the output of its tower.
    history, demographics
        Of the user tower's weights around zero: for the rated films, and for the side features.
    raters, content
        The same of the film tower: for the users who rated the film, and for the side features.
    """

    user_bias: float = 6.0
    user_factors: float = 5.0
    film_bias: float = 20.0
    film_factors: float = 30.0
    history: float = 30.0
    demographics: float = 300.0
    raters: float = 30.0
    content: float = 100.0

    def __post_init__(self) -> None:
        _check_positive(**vars(self))


@dataclass(frozen=True)
class ColdStartConfig:
    """The regression on demographics and the film levels: MSE -0.0033 by the levels.

    Attributes
    ----------
    ridge
        Ridge of the regression from demographics to user vectors.
    level_shrinkage
        Number of ratings at which a film's level moves half of the way from zero to their mean.
    half_saturation
        Length of a history at which the user tower and this part have equal weights.
    """

    ridge: float = 20.0
    level_shrinkage: float = 40.0
    half_saturation: float = 3.0

    def __post_init__(self) -> None:
        _check_positive(**vars(self))


@dataclass(frozen=True)
class TwoTowerConfig:
    """Configuration of the ``default`` two-tower.

    Attributes
    ----------
    factors
        Width of a vector beside its bias; 6 instead of 16: RMSE +0.0058.
    warm_start, sampling, ridges, cold_start
        The parts of the method.
    """

    factors: int = 16
    warm_start: WarmStartConfig = field(default_factory=WarmStartConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    ridges: RidgeConfig = field(default_factory=RidgeConfig)
    cold_start: ColdStartConfig = field(default_factory=ColdStartConfig)

    def __post_init__(self) -> None:
        check_sizes(factors=self.factors)

    @property
    def sampling_epochs(self) -> int:
        """The number of epochs of the sampling, `SWEEPS_PER_EPOCH` sweeps each."""
        return self.sampling.sweeps // SWEEPS_PER_EPOCH


def _check_positive(**values: float) -> None:
    """Refuse values that are not above 0."""
    for name, value in values.items():
        if not value > 0:
            raise UsageError(f"{name} must be above 0, not {value}.")


DEFAULT_TRAINING = TrainingOptions(
    epochs=6,
    learning_rate=0.01,
    batch_size=24_000,
    keep="last",
    beta2=0.98,
    schedule="cosine",
    validation_share=0.05,
)
"""Options of the warm start; a batch is the number of ratings that a step hides."""
