"""The configuration of the two-tower: its parts refuse values out of range."""

from collections.abc import Callable

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.two_tower.config import (
    ColdStartConfig,
    RidgeConfig,
    SamplingConfig,
    TwoTowerConfig,
    WarmStartConfig,
)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: TwoTowerConfig(factors=0), "factors"),
        (lambda: WarmStartConfig(steps_per_epoch=0), "steps_per_epoch"),
        (lambda: WarmStartConfig(hidden_share=1.0), "hidden_share"),
        (lambda: WarmStartConfig(average_decay=1.0), "average_decay"),
        (lambda: WarmStartConfig(init_scale=0.0), "init_scale"),
        (lambda: SamplingConfig(chains=0), "chains"),
        (lambda: SamplingConfig(noise=0.0), "noise"),
        (lambda: SamplingConfig(sweeps=11, burn_in=8, thinning=4), "no draw"),
        (lambda: RidgeConfig(user_bias=-1.0), "user_bias"),
        (lambda: ColdStartConfig(half_saturation=0.0), "half_saturation"),
    ],
)
def test_a_value_out_of_range_is_refused(make: Callable[[], object], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        make()


@pytest.mark.parametrize(("sweeps", "epochs"), [(12, 0), (20, 1), (80, 4)])
def test_twenty_sweeps_are_an_epoch(sweeps: int, epochs: int) -> None:
    assert TwoTowerConfig(sampling=SamplingConfig(sweeps=sweeps)).sampling_epochs == epochs
