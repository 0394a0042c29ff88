"""What interrupted work left: each kind of it has a function in `KINDS`."""

from collections.abc import Callable, Iterator
from pathlib import Path

from movierec_cli.core.doctor.check import Check, in_shell, worth_knowing
from movierec_cli.core.errors import MovierecError, UsageError
from movierec_cli.core.files import is_held, is_left_behind, parts_in
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.checkpoint import FILE, unfinished_training
from movierec_cli.core.runs.names import check_name
from movierec_cli.core.runs.store import list_runs, load_manifest


def unfinished_files(paths: Paths) -> Iterator[Check]:
    """Find files that a killed process was writing."""
    for folder in (paths.cache, paths.profiles, *_folders(paths.runs)):
        for part in filter(is_left_behind, parts_in(folder)):
            yield worth_knowing(
                "unfinished file", f"{part}: its process was killed", f"rm {in_shell(part)}"
            )


def unfinished_trainings(paths: Paths) -> Iterator[Check]:
    """Find trainings that were interrupted, and folders of runs that never came to be."""
    finished = list_runs(paths.runs)
    for folder in _folders(paths.runs):
        training = unfinished_training(folder)
        if training is not None:
            yield worth_knowing("unfinished training", str(training), training.command)
        elif (folder / FILE).exists():
            yield worth_knowing(
                "unfinished training",
                f"{folder / FILE} is damaged",
                f"rm {in_shell(folder / FILE)}",
            )
        elif folder.name not in finished and not is_held(folder):
            yield worth_knowing("unfinished training", f"{folder} holds no run", _removal(folder))


def _removal(folder: Path) -> str:
    """Return the command that removes a folder among those of the runs."""
    try:
        return f"movierec runs remove {check_name(folder.name, 'run')}"
    except UsageError:
        return f"rm -r {in_shell(folder)}"


def replaced_weights(paths: Paths) -> Iterator[Check]:
    """Find weights that no manifest names: of a run that was replaced at a bad moment."""
    for name in list_runs(paths.runs):
        try:
            _, weights = load_manifest(name, paths.runs)
        except MovierecError:  # told with the runs
            continue
        for path in sorted((paths.runs / name).glob("weights-*.safetensors")):
            if path.name != weights["file"]:
                yield worth_knowing(
                    "replaced weights", f"{path} belongs to no run", f"rm {in_shell(path)}"
                )


KINDS: tuple[Callable[[Paths], Iterator[Check]], ...] = (
    unfinished_files,
    unfinished_trainings,
    replaced_weights,
)


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())
