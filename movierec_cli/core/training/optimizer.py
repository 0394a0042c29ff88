"""AdamW with a learning-rate schedule, through torch's functional form.

Making a ``torch.optim.AdamW`` imports torch's compiler, which takes a second that a short
training feels; the functional form is the same arithmetic without it.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim.adamw import adamw

from movierec_cli.core.training.options import TrainingOptions

_WARM_UP, _FINAL = 0.05, 0.05  # of the cosine schedule: share of all steps, last factor


class AdamW:
    """Adam with decoupled weight decay. After Loshchilov and Hutter (2019).

    Parameters
    ----------
    groups
        As for ``torch.optim``: each with ``params`` and, where it differs from that of the
        options, ``weight_decay``.
    options
        The learning rate, its schedule, weight decay and second moment.
    total_steps
        The number of steps that the schedule is laid out for.
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
        """Return everything that the next step depends on beside the parameters."""
        moments = {
            f"{group_number}.{place}.{name}": tensor
            for group_number, group in enumerate(self._groups)
            for name, tensors in group.moments().items()
            for place, tensor in enumerate(tensors)
        }
        return {"done": torch.tensor(self._done), **moments}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a `state`."""
        self._done = int(state["done"])
        for name, tensor in self.state().items():
            if name != "done":
                tensor.copy_(state[name])

    def zero_grad(self) -> None:
        """Forget the gradients."""
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
    """Parameters with the same weight decay, and their moments."""

    def __init__(self, parameters: list[Tensor], weight_decay: float) -> None:
        self.parameters, self._weight_decay = parameters, weight_decay
        self._means = [torch.zeros_like(parameter) for parameter in parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in parameters]
        self._steps = [torch.zeros((), device=parameter.device) for parameter in parameters]

    def moments(self) -> dict[str, list[Tensor]]:
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
    """Return the factor of the learning rate when a share ``progress`` of all steps is done."""
    if schedule == "constant":
        return 1.0
    warm = min(1.0, progress / _WARM_UP + 1e-3)
    return warm * (_FINAL + (1 - _FINAL) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))
