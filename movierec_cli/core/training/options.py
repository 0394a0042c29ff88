"""The options of a training, the same for every model, and the device it computes on."""

import math
from dataclasses import dataclass
from typing import Literal

from movierec_cli.core.errors import UsageError

_BEYOND_ANY_BATCH = 2**31

DEVICES = ("auto", "cpu", "cuda", "mps")


def check_fields(
    config: object, *, positive: str = "", not_negative: str = "", share: str = ""
) -> None:
    """Check the fields named in ``positive``, in ``not_negative`` and in ``share`` (0 to below 1).

    Raises
    ------
    UsageError
        Naming the first field that is out of range.
    """
    for names, least, end, bounds in (
        (positive, math.ulp(0.0), math.inf, "above 0"),
        (not_negative, 0.0, math.inf, "0 or more"),
        (share, 0.0, 1.0, "at least 0 and below 1"),
    ):
        for name in names.split():
            value = getattr(config, name)
            if not least <= value < end:
                raise UsageError(f"{name.replace('_', ' ')} must be {bounds}, not {value}.")


@dataclass(frozen=True)
class TrainingOptions:
    """The options of a training.

    Attributes
    ----------
    batch_size
        Examples in a step: users for the default dnn and the sequence model, else ratings. 0 lets
        the default dnn and two-tower choose.
    weight_decay
        Decoupled weight decay (AdamW).
    keep, patience
        ``last`` keeps the weights of the last epoch; ``best`` those of the epoch with the best
        monitored figure on the validation part, and stops after ``patience`` epochs without it.
    validation, validation_share
        The part of the training ratings that validates: a fifth of the ``ratings`` of a share of
        the users, all ratings of that share of ``users``, or the ``last`` rating of each user.
        The holdouts ``last`` and ``time`` have rules of their own.
    beta2
        Decay of Adam's average of squared gradients; smaller for short trainings.
    schedule
        ``constant``, or ``cosine``: a short warm-up, then a decrease to a twentieth.
    device
        One of `DEVICES`.
    memory
        GB at most for the closed-form part of the default dnn; 0 is half of the machine's.
    """

    epochs: int
    learning_rate: float
    batch_size: int
    weight_decay: float = 0.0
    keep: Literal["last", "best"] = "best"
    patience: int = 5
    validation: Literal["ratings", "users", "last"] = "ratings"
    validation_share: float = 0.1
    beta2: float = 0.999
    schedule: Literal["constant", "cosine"] = "constant"
    seed: int = 0
    device: str = "cpu"
    memory: float = 0.0

    def __post_init__(self) -> None:
        check_fields(
            self,
            positive="epochs learning_rate patience",
            not_negative="weight_decay memory",
            share="validation_share beta2",
        )
        if not 0 <= self.batch_size < _BEYOND_ANY_BATCH:
            raise UsageError(f"batch size must be 0 or more, below 2^31, not {self.batch_size}.")
        if not 0 <= self.seed < 2**32:
            raise UsageError(f"seed must be 0 or more, and below 2^32, not {self.seed}.")


def resolve_device(name: str) -> str:
    """Return the best device of this machine for ``auto``, and any other name if it is available.

    Raises
    ------
    UsageError
        If the device is unknown or not available.
    """
    import torch  # noqa: PLC0415 - the options alone need no torch

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
