"""What is computed on."""

import torch

from movierec_cli.core.errors import UsageError
from movierec_cli.core.training.options import DEVICES


def resolve_device(name: str) -> str:
    """Turn ``auto`` into the best device here; check that any other is there.

    Raises
    ------
    UsageError
        If the device is unknown or not available.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return next(device for device, there in available.items() if there)
    if name not in available:
        raise UsageError(f"There is no device {name!r}.", f"Choose one of: {', '.join(DEVICES)}")
    if not available[name]:
        raise UsageError(f"This machine or this build of torch has no {name}.", "Use: --device cpu")
    return name
