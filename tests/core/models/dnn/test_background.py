"""Computing beside what goes on."""

import threading

import pytest
import torch

from movierec_cli.core.models.dnn.background import in_background
from movierec_cli.core.training.loop import THREADS


def test_what_is_computed_goes_on_beside_and_is_there_when_asked_for() -> None:
    asked = threading.Event()

    def double(number: int) -> int:
        assert asked.wait(timeout=10)  # in vain if it were computed here
        return 2 * number

    result = in_background(double, number=21)
    asked.set()
    assert result.result(timeout=10) == 42


def test_it_computes_with_as_many_threads_as_training_whatever_the_program_does() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS + 2)
    try:
        assert in_background(torch.get_num_threads).result(timeout=10) == THREADS
        assert torch.get_num_threads() == THREADS + 2
    finally:
        torch.set_num_threads(before)


def test_what_it_raises_is_raised_when_its_result_is_asked_for() -> None:
    def fail() -> None:
        raise ArithmeticError("no solution")

    result = in_background(fail)
    with pytest.raises(ArithmeticError, match="no solution"):
        result.result(timeout=10)
