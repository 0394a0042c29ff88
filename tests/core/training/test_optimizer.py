"""The optimizer takes the steps of torch's AdamW without importing torch's compiler."""

import subprocess
import sys
from typing import Any

import pytest
import torch

from movierec_cli.core.training.optimizer import AdamW, step_size
from movierec_cli.core.training.options import TrainingOptions


def test_the_steps_are_those_of_torch() -> None:
    start = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    ours, theirs = ([part.clone().requires_grad_() for part in start] for _ in range(2))

    def groups(parameters: list[torch.Tensor]) -> list[dict[str, Any]]:
        return [{"params": parameters[:1], "weight_decay": 0.5}, {"params": parameters[1:]}]

    options = TrainingOptions(
        epochs=1, learning_rate=0.05, batch_size=2, weight_decay=0.1, beta2=0.98
    )
    own = AdamW(groups(ours), options, 10)
    reference = torch.optim.AdamW(groups(theirs), lr=0.05, betas=(0.9, 0.98), weight_decay=0.1)
    for _ in range(10):
        for parameters, optimizer in ((ours, own), (theirs, reference)):
            optimizer.zero_grad()
            sum((parameter**2).sum() for parameter in parameters).backward()
            optimizer.step()
    for mine, other, before in zip(ours, theirs, start, strict=True):
        torch.testing.assert_close(mine, other)
        assert not torch.equal(mine, before)


def test_the_cosine_schedule_rises_and_falls_to_a_twentieth() -> None:
    assert step_size("constant", 0.3) == 1
    assert step_size("cosine", 0.0) == pytest.approx(0.001)
    assert step_size("cosine", 0.05) == pytest.approx(0.05 + 0.95 * 0.5 * 1.98769, rel=1e-3)
    assert step_size("cosine", 0.5) == pytest.approx(0.525)
    assert step_size("cosine", 1.0) == pytest.approx(0.05)


def test_the_compiler_is_not_imported() -> None:
    program = (
        "import sys, movierec_cli.core.training.loop as t; "
        "from movierec_cli.core.training.optimizer import AdamW; import torch; "
        "from movierec_cli.core.training.options import TrainingOptions as O; "
        "p = torch.ones(1, requires_grad=True); a = AdamW([{'params': [p]}], O(1, 0.1, 2), 1); "
        "p.sum().backward(); a.step(); print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
