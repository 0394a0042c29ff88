"""Configurations refuse values out of range when they are made."""

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn.config import EaseConfig, NetworkConfig, TemporalConfig
from movierec_cli.core.models.original.config import OriginalDnnConfig
from movierec_cli.core.models.two_tower.config import RidgeConfig, SamplingConfig, TwoTowerConfig


@pytest.mark.parametrize(
    ("config", "values", "named"),
    [
        (NetworkConfig, {"dimension": 0}, "dimension"),
        (NetworkConfig, {"hidden_share": 1.0}, "hidden share"),
        (EaseConfig, {"regularization": 0.0}, "regularization"),
        (TemporalConfig, {"half_seconds": float("nan")}, "half seconds"),
        (OriginalDnnConfig, {"joint_dim": -1}, "joint dim"),
        (RidgeConfig, {"content": 0.0}, "content"),
        (TwoTowerConfig, {"factors": 0}, "factors"),
        (SamplingConfig, {"chains": -1}, "chains must be 0 or more, not -1"),
        (SamplingConfig, {"sweeps": 10, "burn_in": 8, "thinning": 4}, "too few"),
    ],
)
def test_a_value_out_of_range_is_refused(
    config: type, values: dict[str, float], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        config(**values)
