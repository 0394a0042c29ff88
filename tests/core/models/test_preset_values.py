"""Presets with other values: put in by nested or dotted names, refused by the name of the field."""

from typing import Any

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.preset_values import changed, merged, value_at
from movierec_cli.core.models.presets import PRESETS

DNN = PRESETS["dnn"]["default"]
TWO_TOWER = PRESETS["two-tower"]["default"]


def test_given_values_replace_those_of_the_preset_and_no_others() -> None:
    values = {"config": {"network": {"weight": 0.1}, "rating_weights": [0, 0, 0, 1, 1]}}
    preset = merged(DNN, values)
    assert isinstance(preset.config, DnnConfig)
    assert preset.config.network.weight == 0.1
    assert preset.config.rating_weights == (0, 0, 0, 1, 1)
    assert preset.config.network.dimension == DNN.config.network.dimension  # type: ignore[union-attr]
    assert preset.training == DNN.training


def test_dotted_paths_name_the_same_values() -> None:
    paths = {"config.network.weight": 0.1, "config.network.dimension": 8, "training.epochs": 3}
    preset = changed(DNN, paths)
    assert {path: value_at(preset, path) for path in paths} == paths


def test_values_that_depend_on_each_other_are_checked_together() -> None:
    # 12 sweeps alone are too few for the burn-in of the preset
    paths = {"config.sampling.sweeps": 4, "config.sampling.burn_in": 0}
    assert value_at(changed(TWO_TOWER, paths), "config.sampling.sweeps") == 4
    with pytest.raises(UsageError, match=r"^config\.sampling: 4 sweeps are too few"):
        changed(TWO_TOWER, {"config.sampling.sweeps": 4})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"config": {"network": {"width": 8}}}, r"no field config\.network\.width\."),
        ({"config": {"network": {"weight": "0.1"}}}, r"config\.network\.weight: .*`float`.*`str`"),
        ({"training": {"epochs": 2.5}}, r"training\.epochs: .*`int`"),
        ({"training": {"keep": "first"}}, r"training\.keep: .*'first'"),
        ({"config": {"rating_weights": [1, 2]}}, r"config\.rating_weights: .*length 5"),
        ({"config": {"network": 3}}, r"config\.network must be an object with fields, not 3"),
        ({"config": {"network": {"dimension": 0}}}, r"config\.network: dimension must be above 0"),
        ({"sizes": {}}, r"no field sizes"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        merged(DNN, values)
