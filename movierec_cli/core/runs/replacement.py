"""Runs and unfinished trainings that a new training would replace."""

from pathlib import Path

from movierec_cli.core.errors import DataError, IntegrityError, PlaceError
from movierec_cli.core.runs.checkpoint import unfinished_training
from movierec_cli.core.runs.store import list_runs, load_manifest


def replaced_by_training(name: str, runs: Path) -> str:
    """Return in words what a training of this name would replace; empty if it is nothing.

    A run with a damaged manifest is nothing: no command can use it.

    Raises
    ------
    PlaceError
        If there is something that cannot be read.
    """
    found = []
    training = unfinished_training(runs / name)
    if training is not None:
        found.append(f"{training} To continue it instead: {training.command}")
    if name in list_runs(runs):
        try:
            created = load_manifest(name, runs)[0].created[:16].replace("T", " ")
            found.append(f"There is a run {name!r} already, of {created}.")
        except IntegrityError:
            pass
        except PlaceError:
            raise
        except DataError as error:
            found.append(error.message)
    return " ".join(found)
