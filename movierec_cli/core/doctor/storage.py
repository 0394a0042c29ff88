"""Checks of stored files: cached data, runs, profiles, and leftovers of interrupted work."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from movierec_cli.core.data.cache import Entry, Kind, verify_cache
from movierec_cli.core.data.registry import DEFAULT_DATASET, EDITIONS
from movierec_cli.core.doctor.check import Check, broken, failed, in_shell, note, ok
from movierec_cli.core.doctor.machine import OTHER_HOME
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, UsageError
from movierec_cli.core.files import check_name, is_held, is_left_behind, parts_in, size_in_words
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import list_profiles, load_profile
from movierec_cli.core.runs.checkpoint import FILE, unfinished_training
from movierec_cli.core.runs.store import list_runs, load_manifest, load_run
from movierec_cli.core.runs.train_spec import retraining

_DOWNLOAD = "movierec download"


def stored(paths: Paths) -> Iterator[Check]:
    """Check cached data, runs and profiles; each is read as the commands read it."""
    entries: list[Entry] = []
    try:
        entries = verify_cache(paths)
    except DataError as error:
        yield failed("cached data", error, OTHER_HOME)
    else:
        yield from _cached_data(entries)
    checksums = {entry.dataset: entry.checksum for entry in entries if entry.checksum}
    names = list_runs(paths.runs)
    for name in names:
        yield _run(name, paths, checksums)
    if not names:
        yield note("runs", "none yet", "movierec train dnn")
    for name in list_profiles(paths.profiles):
        yield _profile(name, paths)


def leftovers(paths: Paths) -> Iterator[Check]:
    """Check for files of killed processes, unfinished trainings and unused weights."""
    found = [*_unfinished_files(paths), *_unfinished_trainings(paths), *_unused_weights(paths)]
    yield from found or [ok("leftovers", "none of interrupted work")]


def _cached_data(entries: list[Entry]) -> Iterator[Check]:
    finished = [entry for entry in entries if entry.kind is not Kind.unfinished]
    for entry in finished:
        name = f"{entry.kind} {entry.dataset}"
        if entry.damage:
            yield failed(name, IntegrityError(entry.damage), entry.fix)
        else:
            yield ok(name, f"verified, {size_in_words(entry.bytes)}")
    if DEFAULT_DATASET not in {entry.dataset for entry in finished}:
        yield note(f"data {DEFAULT_DATASET}", "is not downloaded yet", _DOWNLOAD)


def _run(name: str, paths: Paths, checksums: Mapping[str, str]) -> Check:
    """Check a run with its weights; ``checksums`` has that of each data set in the cache."""
    label = f"run {name}"
    try:
        manifest = load_run(name, paths.runs).manifest
    except UsageError as error:  # of a foreign folder
        return note(label, error.message)
    except MovierecError as error:
        return failed(label, error, _command_in(error))
    dataset = manifest.dataset["name"]
    checksum = checksums.get(dataset)
    if checksum == manifest.dataset["checksum"]:
        return ok(label, f"{manifest.model}, {manifest.preset}, {dataset}")
    if checksum is not None:
        detail = f"was trained on other data than the {dataset} here"
        return broken(label, detail, retraining(manifest))
    fix = _DOWNLOAD if dataset in EDITIONS else ""
    return note(label, f"is intact, but {dataset} is not here to compare with", fix)


def _profile(name: str, paths: Paths) -> Check:
    label = f"profile {name}"
    try:
        profile = load_profile(name, paths.profiles)
    except UsageError as error:  # of a foreign file
        return note(label, error.message)
    except MovierecError as error:
        return failed(label, error, _command_in(error))
    return ok(label, f"{profile.dataset}, {len(profile.ratings)} ratings")


def _command_in(error: MovierecError) -> str:
    """Return the command in a hint such as "Train it again with: movierec train dnn"."""
    return error.hint.rpartition("with: ")[2]


def _unfinished_files(paths: Paths) -> Iterator[Check]:
    for folder in (paths.cache, paths.profiles, *_folders_in(paths.runs)):
        for part in filter(is_left_behind, parts_in(folder)):
            detail = f"{part}: its process was killed"
            yield note("unfinished file", detail, f"rm {in_shell(part)}")


def _unfinished_trainings(paths: Paths) -> Iterator[Check]:
    label = "unfinished training"
    finished = list_runs(paths.runs)
    for folder in _folders_in(paths.runs):
        training = unfinished_training(folder)
        checkpoint = folder / FILE
        if training is not None:
            yield note(label, str(training), training.command)
        elif checkpoint.exists():
            yield note(label, f"{checkpoint} is damaged", f"rm {in_shell(checkpoint)}")
        elif folder.name not in finished and not is_held(folder):
            yield note(label, f"{folder} holds no run", _removal(folder))


def _removal(folder: Path) -> str:
    """Return the command that removes a folder among those of the runs."""
    try:
        return f"movierec runs remove {check_name(folder.name, 'run')}"
    except UsageError:
        return f"rm -r {in_shell(folder)}"


def _unused_weights(paths: Paths) -> Iterator[Check]:
    """Find weights that no manifest names; a run was replaced and the process killed."""
    for name in list_runs(paths.runs):
        try:
            _, weights = load_manifest(name, paths.runs)
        except MovierecError:  # reported with the run
            continue
        for path in sorted((paths.runs / name).glob("weights-*.safetensors")):
            if path.name != weights["file"]:
                yield note("replaced weights", f"{path} belongs to no run", f"rm {in_shell(path)}")


def _folders_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())
