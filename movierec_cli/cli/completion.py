"""Candidates for the completion of names in the shell; without data there are none."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from movierec_cli.core.errors import MovierecError
from movierec_cli.core.paths import Paths

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset


def _completer(candidates: Callable[[Paths], Iterable[str]]) -> Callable[[], list[str]]:
    """Return a completer for Typer, which picks the candidates that begin with the typed text."""

    def complete() -> list[str]:
        try:
            return list(candidates(Paths.from_environment()))
        except (MovierecError, OSError):
            return []

    return complete


def _runs(paths: Paths) -> Iterable[str]:
    from movierec_cli.core.runs.store import list_runs

    return list_runs(paths.runs)


def _profiles(paths: Paths) -> Iterable[str]:
    from movierec_cli.core.recommend.profiles import list_profiles

    return list_profiles(paths.profiles)


def _dataset(paths: Paths) -> "Dataset":
    """Return the default data set from the cache; completion neither downloads nor writes."""
    from movierec_cli.core.data import registry, store
    from movierec_cli.core.data.default import default_dataset

    name = default_dataset(paths)
    imported = registry.imported_path(name, paths)
    return store.load(imported if imported.exists() else registry.prepared_path(name, paths))


def _datasets(paths: Paths) -> Iterable[str]:
    from movierec_cli.core.data.registry import known_names

    return known_names(paths)


def _editions(_: Paths) -> Iterable[str]:
    from movierec_cli.core.data.editions import EDITIONS

    return EDITIONS


complete_edition = _completer(_editions)
complete_dataset = _completer(_datasets)
complete_run = _completer(_runs)
complete_profile = _completer(_profiles)
complete_genre = _completer(lambda paths: _dataset(paths).genres)
complete_occupation = _completer(lambda paths: _dataset(paths).occupations)
complete_model = _completer(lambda _: ("dnn", "two-tower", "sequence"))
