"""What is computed on is there, or refused."""

import pytest
import torch

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.devices import resolve_device


def test_devices() -> None:
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in ("cpu", "cuda", "mps")
    with pytest.raises(UsageError, match="There is no device 'tpu'") as caught:
        resolve_device("tpu")
    assert caught.value.hint == "Choose one of: auto, cpu, cuda, mps"


def test_a_device_that_is_not_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="has no cuda") as caught:
        resolve_device("cuda")
    assert caught.value.hint == "Use: --device cpu"
