"""Computing something beside what goes on, so that it is there when it is asked for."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import torch

from movierec_cli.core.training.loop import THREADS

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def in_background(
    function: Callable[_Arguments, _Result],
    *args: _Arguments.args,
    **kwargs: _Arguments.kwargs,
) -> "Future[_Result]":
    """Call a function in a thread of its own, which computes as training does.

    The function must not draw random numbers from the generator that all threads share. What it
    raises is raised when the result is asked for.
    """
    executor = ThreadPoolExecutor(1, "movierec", torch.set_num_threads, (THREADS,))
    try:
        return executor.submit(function, *args, **kwargs)
    finally:
        executor.shutdown(wait=False)
