"""Configuration of the two-tower, nested by the parts of the method.

Ridges are in units of the noise variance of a rating. The docstring of each part states its worth:
the change of RMSE in fold-in, or of MSE in cold-start, on validation users (`docs/two-tower.md`).
"""

from dataclasses import dataclass
from typing import ClassVar

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.search_space import Range, SearchSpace
from movierec_cli.core.training.options import check_fields

SWEEPS_PER_EPOCH = 20
"""Sweeps of Gibbs sampling between two validations."""


_MANY_RATINGS = 20_000_000


@dataclass(frozen=True)
class WarmStartConfig:
    """Training with Adam that gives the sampling its first state: RMSE -0.0006."""

    init_scale: float = 0.03  # standard deviation of the initial weights
    steps_per_epoch: int = 10
    hidden_share: float = 0.3
    """Largest share of the ratings that a step hides, whatever the batch size."""
    average_decay: float = 0.97  # of the moving average of the weights, per step

    def __post_init__(self) -> None:
        check_fields(
            self,
            positive="init_scale steps_per_epoch hidden_share",
            share="hidden_share average_decay",
        )


@dataclass(frozen=True)
class SamplingConfig:
    """Block Gibbs sampling: RMSE -0.0061 by all draws of a chain, -0.0017 by several chains."""

    chains: int = 0
    """Independent chains, sampled side by side; 0: 4, but 2 for more than 20 million ratings."""
    sweeps: int = 80
    burn_in: int = 8  # sweeps at the start that give no draw
    thinning: int = 4  # sweeps between two kept draws
    tower_thinning: int = 2
    """Sweeps between two draws of the tower weights, which cost most; 4: RMSE +0.0005."""
    noise: float = 0.65  # variance of the noise of a rating

    def __post_init__(self) -> None:
        check_fields(self, positive="sweeps thinning tower_thinning noise", not_negative="chains")
        if not 0 <= self.burn_in <= self.sweeps - self.thinning:
            raise UsageError(
                f"{self.sweeps} sweeps are too few to discard {self.burn_in} and keep a draw."
            )

    def n_chains(self, n_ratings: int) -> int:
        """Return the number of chains for that many ratings."""
        return self.chains or (4 if n_ratings <= _MANY_RATINGS else 2)


@dataclass(frozen=True)
class RidgeConfig:
    """Precisions of the normal priors.

    The vectors: without the user's own ratings in the user vector, RMSE +0.1201. The weights of
    the towers: without histories and raters, RMSE +0.0146; without side features, +0.0048.
    """

    # of a vector around the output of its tower
    user_bias: float = 6.0
    user_factors: float = 5.0
    film_bias: float = 20.0
    film_factors: float = 30.0
    # of the user tower's weights around zero: for the rated films, and for the side features
    history: float = 30.0
    demographics: float = 300.0
    # the same of the film tower: for the users who rated the film, and for the side features
    raters: float = 30.0
    content: float = 100.0

    def __post_init__(self) -> None:
        check_fields(self, positive=" ".join(vars(self)))


@dataclass(frozen=True)
class ColdStartConfig:
    """The regression on demographics and the film levels: MSE -0.0033 by the levels."""

    ridge: float = 20.0  # of the regression from demographics to user vectors
    level_shrinkage: float = 40.0
    """Number of ratings at which a film's level moves half of the way from zero to their mean."""
    half_saturation: float = 3.0
    """Length of a history at which the user tower and this part have equal weights."""

    def __post_init__(self) -> None:
        check_fields(self, positive="ridge level_shrinkage half_saturation")


@dataclass(frozen=True)
class TwoTowerConfig:
    """Configuration of the ``default`` two-tower."""

    SEARCH_SPACE: ClassVar[SearchSpace] = {
        "config.factors": Range(4, 32, log=True, whole=True),
        "config.sampling.noise": Range(0.4, 1.0, log=True),
        "config.ridges.user_bias": Range(2.0, 20.0, log=True),
        "config.ridges.user_factors": Range(2.0, 20.0, log=True),
        "config.ridges.film_bias": Range(5.0, 80.0, log=True),
        "config.ridges.film_factors": Range(8.0, 120.0, log=True),
        "config.ridges.history": Range(8.0, 120.0, log=True),
        "config.ridges.demographics": Range(80.0, 1200.0, log=True),
        "config.ridges.raters": Range(8.0, 120.0, log=True),
        "config.ridges.content": Range(25.0, 400.0, log=True),
        "config.cold_start.half_saturation": Range(1.0, 10.0, log=True),
    }

    factors: int = 16
    """Width of a vector beside its bias; 6 instead of 16: RMSE +0.0058."""
    warm_start: WarmStartConfig = WarmStartConfig()
    sampling: SamplingConfig = SamplingConfig()
    ridges: RidgeConfig = RidgeConfig()
    cold_start: ColdStartConfig = ColdStartConfig()

    def __post_init__(self) -> None:
        check_fields(self, positive="factors")

    @property
    def sampling_epochs(self) -> int:
        """The number of epochs of the sampling, `SWEEPS_PER_EPOCH` sweeps each."""
        return self.sampling.sweeps // SWEEPS_PER_EPOCH
