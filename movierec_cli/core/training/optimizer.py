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

    Parameters
    ----------
    groups
        As for ``torch.optim``: each with ``params`` and, where it differs from that of the
        options, ``weight_decay``.
    options
        The learning rate, its schedule, weight decay and ``beta2``.
    total_steps
        The number of steps of the schedule.
    """

    def __init__(
        self, groups: Sequence[Mapping[str, Any]], options: TrainingOptions, total_steps: int
    ) -> None:
        self._options, self._total_steps, self._done = options, total_steps, 0
        self._groups = [
            _Group(
                [parameter for parameter in group["params"] if parameter.requires_grad],
                group.get("weight_decay", options.weight_decay),
            )
            for group in groups
        ]

    def state(self) -> dict[str, Tensor]:
        """Return everything but the parameters that the next step depends on."""
        averages = {
            f"{group_number}.{place}.{name}": tensor
            for group_number, group in enumerate(self._groups)
            for name, tensors in group.averages().items()
            for place, tensor in enumerate(tensors)
        }
        return {"done": torch.tensor(self._done), **averages}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        self._done = int(state["done"])
        for name, tensor in self.state().items():
            if name != "done":
                tensor.copy_(state[name])

    def zero_grad(self) -> None:
        """Remove the gradients."""
        for group in self._groups:
            for parameter in group.parameters:
                parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step along the gradients."""
        rate = self._options.learning_rate * step_size(
            self._options.schedule, self._done / self._total_steps
        )
        for group in self._groups:
            group.step(rate, self._options)
        self._done += 1


class _Group:
    """Parameters with the same weight decay, and their running averages."""

    def __init__(self, parameters: list[Tensor], weight_decay: float) -> None:
        self.parameters, self._weight_decay = parameters, weight_decay
        self._means = [torch.zeros_like(parameter) for parameter in parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in parameters]
        self._steps = [torch.zeros((), device=parameter.device) for parameter in parameters]

    def averages(self) -> dict[str, list[Tensor]]:
        return {"mean": self._means, "square": self._squares, "step": self._steps}

    def step(self, rate: float, options: TrainingOptions) -> None:
        used = [place for place, p in enumerate(self.parameters) if p.grad is not None]
        adamw(
            [self.parameters[place] for place in used],
            [gradient for place in used if (gradient := self.parameters[place].grad) is not None],
            [self._means[place] for place in used],
            [self._squares[place] for place in used],
            [],
            [self._steps[place] for place in used],
            fused=options.device != "mps",
            amsgrad=False,
            beta1=0.9,
            beta2=options.beta2,
            lr=rate,
            weight_decay=self._weight_decay,
            eps=1e-8,
            maximize=False,
        )


def step_size(schedule: str, progress: float) -> float:
    """Return the factor of the learning rate after a share ``progress``, 0 to 1, of all steps."""
    if schedule == "constant":
        return 1.0
    # min(1, p / 0.05) * (0.05 + 0.95 (1 + cos(pi p)) / 2): a linear warm-up times half a cosine
    warm = min(1.0, progress / _WARM_UP + 1e-3)
    return warm * (_FINAL + (1 - _FINAL) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))
