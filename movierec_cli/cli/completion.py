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
    from movierec_cli.core.runs.store import list_runs

    return list_runs(Paths.from_environment().runs)


def _profiles() -> list[str]:
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend.profiles import list_profiles

    return list_profiles(Paths.from_environment().profiles)


def _dataset() -> "Dataset":
    """Return the usual data set, from the cache alone: pressing Tab makes nothing."""
    from movierec_cli.core.data import registry, store
    from movierec_cli.core.paths import Paths

    return store.load(registry.parsed_path(registry.DEFAULT_DATASET, Paths.from_environment()))


def _datasets() -> Iterable[str]:
    from movierec_cli.core.data import registry

    return registry.NAMES


def _models() -> Iterable[str]:
    from movierec_cli.core.models.presets import MODELS

    return MODELS


def _presets() -> Iterable[str]:
    from movierec_cli.core.models.presets import PRESETS

    return dict.fromkeys(preset for presets in PRESETS.values() for preset in presets)


def _holdouts() -> Iterable[str]:
    from movierec_cli.core.data import registry

    return ("users", *registry.EDITIONS[registry.DEFAULT_DATASET].folds, "none")


def _devices() -> Iterable[str]:
    from movierec_cli.core.training.options import DEVICES

    return DEVICES


complete_run = _completer(_runs)
complete_profile = _completer(_profiles)
complete_genre = _completer(lambda: _dataset().genres)
complete_occupation = _completer(lambda: _dataset().occupations)
complete_dataset = _completer(_datasets)
complete_model = _completer(_models)
complete_preset = _completer(_presets)
complete_holdout = _completer(_holdouts)
complete_device = _completer(_devices)
