"""What the shell offers when Tab is pressed. Nothing here fails: no answer is an answer."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from movierec_cli.core.errors import MovierecError

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset

Completer = Callable[[], list[str]]


def _completer(candidates: Callable[[], Iterable[str]]) -> Completer:
    """Return a completer for Typer, which picks what begins as what is typed."""

    def complete() -> list[str]:
        try:
            return list(candidates())
        except (MovierecError, OSError):
            return []

    return complete


def _runs() -> list[str]:
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import list_runs

    return list_runs(Paths.from_environment().runs)


def _profiles() -> list[str]:
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.people import list_profiles

    return list_profiles(Paths.from_environment().profiles)


def _dataset() -> "Dataset":
    """Return the usual data set, from the cache alone: pressing Tab makes nothing."""
    from movierec_cli.core.data import registry, store
    from movierec_cli.core.paths import Paths

    return store.load(registry.parsed_path(registry.DEFAULT_DATASET, Paths.from_environment()))


def _datasets() -> list[str]:
    from movierec_cli.core.data import registry

    return [registry.DEFAULT_DATASET, "synthetic"]


complete_run = _completer(_runs)
complete_profile = _completer(_profiles)
complete_genre = _completer(lambda: _dataset().genres)
complete_occupation = _completer(lambda: _dataset().occupations)
complete_dataset = _completer(_datasets)
complete_model = _completer(lambda: ("dnn", "two-tower"))
complete_preset = _completer(lambda: ("default", "report"))
complete_holdout = _completer(lambda: ("users", "u1", "u2", "u3", "u4", "u5", "ua", "ub", "none"))
complete_device = _completer(lambda: ("auto", "cpu", "cuda", "mps"))
