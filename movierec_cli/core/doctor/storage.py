"""Checks of stored files: cached data, runs, profiles, and unfinished trainings."""

from collections.abc import Iterator, Mapping

from movierec_cli.core.data.cache import Entry, verify_cache
from movierec_cli.core.data.registry import DEFAULT_DATASET, EDITIONS
from movierec_cli.core.doctor.check import Check, broken, note, ok
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, UsageError
from movierec_cli.core.files import size_in_words
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import list_profiles, load_profile
from movierec_cli.core.runs.checkpoint import unfinished
from movierec_cli.core.runs.store import list_runs, load_run
from movierec_cli.core.runs.train_spec import retraining

_DOWNLOAD = "movierec download"


def stored(paths: Paths) -> Iterator[Check]:
    """Check all stored files; each is read as the commands read it."""
    entries: list[Entry] = []
    try:
        entries = verify_cache(paths)
    except DataError as error:
        fix = "export MOVIEREC_CACHE_DIR=~/movierec/cache"
        yield broken("cached data", error.message, fix)
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
    trainings = unfinished(paths.runs)
    for training in trainings:
        yield note("unfinished training", str(training), training.command)
    if not trainings:
        yield ok("leftovers", "none of interrupted work")


def _cached_data(entries: list[Entry]) -> Iterator[Check]:
    finished = [entry for entry in entries if entry.kind != "unfinished"]
    for entry in finished:
        name = f"{entry.kind} {entry.dataset}"
        if entry.damage:
            yield broken(name, entry.damage, entry.fix, IntegrityError.exit_code)
        else:
            yield ok(name, f"verified, {size_in_words(entry.bytes)}")
    if DEFAULT_DATASET not in {entry.dataset for entry in finished}:
        yield note(f"data {DEFAULT_DATASET}", "is not downloaded yet", _DOWNLOAD)


def _run(name: str, paths: Paths, checksums: Mapping[str, str]) -> Check:
    """Check a run with its weights; ``checksums`` has that of each data set in the cache."""
    label = f"run {name}"
    try:
        manifest = load_run(name, paths.runs).manifest
    except MovierecError as error:
        return _unusable(label, error)
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
    except MovierecError as error:
        return _unusable(label, error)
    return ok(label, f"{profile.dataset}, {len(profile.ratings)} ratings")


def _unusable(label: str, error: MovierecError) -> Check:
    if isinstance(error, UsageError):  # a foreign file, which no command reads
        return note(label, error.message)
    command = error.hint.rpartition("with: ")[2]  # of "Train it again with: movierec train dnn"
    return broken(label, error.message, command, error.exit_code)
