"""Configurations refuse values out of range when they are made."""

from typing import Any

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn.config import (
    ColdStartConfig,
    EaseConfig,
    ItemItemConfig,
    NetworkConfig,
    TemporalConfig,
)
from movierec_cli.core.models.dnn.config import RidgeConfig as DemographicConfig
from movierec_cli.core.models.original.config import OriginalDnnConfig
from movierec_cli.core.models.two_tower.config import (
    RidgeConfig,
    SamplingConfig,
    TwoTowerConfig,
    WarmStartConfig,
)
from movierec_cli.core.training.options import TrainingOptions


@pytest.mark.parametrize(
    ("config", "values", "named"),
    [
        (NetworkConfig, {"dimension": 0}, "dimension"),
        (NetworkConfig, {"hidden_share": 1.0}, "hidden share"),
        (NetworkConfig, {"weight": -0.2}, "weight must be 0 or more, not -0.2"),
        (ItemItemConfig, {"weight": float("nan")}, "weight"),
        (ColdStartConfig, {"weight": -1.0}, "weight"),
        (DemographicConfig, {"demographic_share": -0.1}, "demographic share"),
        (EaseConfig, {"regularization": 0.0}, "regularization"),
        (TemporalConfig, {"half_seconds": float("nan")}, "half seconds"),
        (OriginalDnnConfig, {"joint_dim": -1}, "joint dim"),
        (RidgeConfig, {"content": 0.0}, "content"),
        (TwoTowerConfig, {"factors": 0}, "factors"),
        (WarmStartConfig, {"hidden_share": 0.0}, "hidden share must be above 0"),
        (SamplingConfig, {"chains": -1}, "chains must be 0 or more, not -1"),
        (SamplingConfig, {"sweeps": 10, "burn_in": 8, "thinning": 4}, "too few"),
    ],
)
def test_a_value_out_of_range_is_refused(
    config: type, values: dict[str, float], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        config(**values)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"beta2": 1.5}, "beta2 must be at least 0 and below 1, not 1.5"),
        ({"weight_decay": float("nan")}, "weight decay must be 0 or more"),
        ({"memory": -1.0}, "memory must be 0 or more"),
        ({"batch_size": -1}, "batch size must be 0 or more"),
    ],
)
def test_a_training_option_out_of_range_is_refused(values: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        TrainingOptions(**{"epochs": 1, "learning_rate": 0.1, "batch_size": 1, **values})
