"""Film recommendations from MovieLens or own ratings: explore, train, evaluate, recommend.

>>> from movierec_cli import load_run, recommend
>>> recommend(load_run("dnn"), like=["Fargo", "Toy Story"])  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from movierec_cli.core.api import (
        LoadedRun,
        Recommendation,
        load_run,
        neighbors,
        recommend,
        similar,
    )

__version__ = "0.1.0"

__all__ = ["LoadedRun", "Recommendation", "load_run", "neighbors", "recommend", "similar"]


def __getattr__(name: str) -> Any:
    """Import the Python interface at its first use; ``import movierec_cli`` alone loads nothing."""
    if name in __all__:
        return getattr(import_module("movierec_cli.core.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
