"""The options of a training are within bounds, and its device is available."""

import math

import pytest
import torch

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import (
    TrainingOptions,
    resolve_device,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("learning_rate", math.nan),
        ("batch_size", 2**31),
        ("patience", 0),
        ("weight_decay", -0.1),
        ("validation_share", 1.0),
        ("seed", -1),
        ("seed", 2**32),
    ],
)
def test_options_out_of_range_are_refused(name: str, value: float) -> None:
    values = {"epochs": 4, "learning_rate": 0.1, "batch_size": 2} | {name: value}
    with pytest.raises(UsageError, match=name.replace("_", " ")):
        TrainingOptions(**values)  # type: ignore[arg-type]


def test_a_device_is_resolved_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in ("cpu", "cuda", "mps")
    with pytest.raises(UsageError, match="no device 'tpu'") as caught:
        resolve_device("tpu")
    assert "auto, cpu, cuda, mps" in caught.value.hint
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="has no cuda") as caught:
        resolve_device("cuda")
    assert "--device cpu" in caught.value.hint
