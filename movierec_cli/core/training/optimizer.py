"""AdamW with a learning-rate schedule, through torch's functional form.

Creating a ``torch.optim.AdamW`` imports torch's compiler, which takes a second of a training of
five. The functional form is the same arithmetic without that import.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim.adamw import adamw

from movierec_cli.core.training.options import TrainingOptions

_WARM_UP = 0.05  # share of all steps in which the cosine schedule rises
_FINAL = 0.05  # its last factor


class AdamW:
    """Adam with decoupled weight decay. After Loshchilov and Hutter (2019).

    ``groups`` are those of ``torch.optim``: each with ``params`` and, where it differs from that of
    the options, ``weight_decay``. The schedule of the learning rate spans ``total_steps``.
    """

    def __init__(
        self, groups: Sequence[Mapping[str, Any]], options: TrainingOptions, total_steps: int
    ) -> None:
        self._options, self._total_steps, self._done = options, total_steps, 0
        self._groups = []
        for group in groups:
            decay = group.get("weight_decay", options.weight_decay)
            trained = [tensor for tensor in group["params"] if tensor.requires_grad]
            self._groups.append((decay, [_Parameter(tensor) for tensor in trained]))

    def state(self) -> dict[str, Tensor]:
        """Return everything but the parameters that the next step depends on."""
        averages = {
            f"{group_number}.{place}.{name}": getattr(parameter, name)
            for group_number, (_, parameters) in enumerate(self._groups)
            for place, parameter in enumerate(parameters)
            for name in ("mean", "square", "steps")
        }
        return {"done": torch.tensor(self._done), **averages}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        self._done = int(state["done"])
        for name, tensor in self.state().items():
            tensor.copy_(state[name])

    def zero_grad(self) -> None:
        """Remove the gradients."""
        for _, parameters in self._groups:
            for parameter in parameters:
                parameter.tensor.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step along the gradients."""
        options = self._options
        size = step_size(options.schedule, self._done / self._total_steps)
        for weight_decay, parameters in self._groups:
            used = [parameter for parameter in parameters if parameter.tensor.grad is not None]
            adamw(
                [parameter.tensor for parameter in used],
                [gradient for p in used if (gradient := p.tensor.grad) is not None],
                [parameter.mean for parameter in used],
                [parameter.square for parameter in used],
                [],
                [parameter.steps for parameter in used],
                fused=options.device != "mps",
                amsgrad=False,
                beta1=0.9,
                beta2=options.beta2,
                lr=options.learning_rate * size,
                weight_decay=weight_decay,
                eps=1e-8,
                maximize=False,
            )
        self._done += 1


class _Parameter:
    """A parameter and the running averages of its gradient."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.mean, self.square = torch.zeros_like(tensor), torch.zeros_like(tensor)
        self.steps = torch.zeros((), device=tensor.device)


def step_size(schedule: str, progress: float) -> float:
    """Return the factor of the learning rate after a share ``progress``, 0 to 1, of all steps."""
    if schedule == "constant":
        return 1.0
    # min(1, p / 0.05) * (0.05 + 0.95 (1 + cos(pi p)) / 2): a linear warm-up times half a cosine
    warm = min(1.0, progress / _WARM_UP + 1e-3)
    return warm * (_FINAL + (1 - _FINAL) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))
