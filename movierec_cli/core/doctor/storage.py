"""Checks of stored files: data sets, runs, profiles, and unfinished trainings."""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from movierec_cli.core.data import store
from movierec_cli.core.data.cache import Entry, verify_cache
from movierec_cli.core.data.default import VARIABLE, default_dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.registry import DEFAULT_DATASET, imported_path, list_imported
from movierec_cli.core.doctor.check import Check, broken, note, ok
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, UsageError
from movierec_cli.core.files import (
    entries_of,
    exists,
    is_folder,
    is_left_behind,
    parts_in,
    size_in_words,
)
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import list_profiles, load_profile
from movierec_cli.core.runs.checkpoint import FILE as CHECKPOINT
from movierec_cli.core.runs.checkpoint import load_checkpoint, unfinished_training
from movierec_cli.core.runs.store import MANIFEST, list_runs, verify_run
from movierec_cli.core.runs.train_spec import retraining

T = TypeVar("T")


def stored(paths: Paths, environ: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """Check all stored files; each is read as the commands read it."""
    unread: list[Check] = []

    def read(label: str, kind: str, files: Callable[[], list[T]]) -> list[T]:
        """Return what ``files`` returns; nothing, and a finding, where a folder is unreadable."""
        try:
            return files()
        except DataError as error:
            fix = f"export MOVIEREC_{kind.upper()}_DIR=~/movierec/{kind}"
            unread.append(broken(label, error.message, fix))
            return []

    entries = read("cached data", "cache", lambda: verify_cache(paths))
    imported = read("imported data", "data", lambda: list_imported(paths))
    runs = read("runs", "data", lambda: list_runs(paths.runs))
    profiles = read("profiles", "data", lambda: list_profiles(paths.profiles))
    leftovers = read("leftovers", "data", lambda: list(_leftovers(paths)))
    yield from unread
    yield from _cached_data(entries)
    checksums = {entry.dataset: entry.checksum for entry in entries if entry.checksum}
    for name in imported:
        check, checksum = _imported_data(name, paths)
        yield check
        if checksum:
            checksums[name] = checksum
    here = {entry.dataset for entry in entries if entry.kind != "unfinished"}
    yield from _default_data(paths, environ, here)
    for name in runs:
        yield _run(name, paths, checksums)
    if not runs and not unread:
        yield note("runs", "none yet", "movierec train dnn")
    for name in profiles:
        yield _profile(name, paths)
    yield from leftovers
    if not leftovers and not unread:
        yield ok("leftovers", "none of interrupted work")


def _leftovers(paths: Paths) -> Iterator[Check]:
    """Check unfinished trainings; find half-removed runs and files of killed processes."""
    folders = [folder for folder in entries_of(paths.runs) if is_folder(folder)]
    for folder in folders:
        try:
            yield from _leftovers_of_run(folder)
        except DataError as error:
            yield broken(f"run folder {folder.name}", error.message, "")
    for folder in (paths.cache, paths.data, paths.datasets, paths.profiles):
        with suppress(DataError):  # reported by the check of its files
            yield from _parts(folder)


def _leftovers_of_run(folder: Path) -> Iterator[Check]:
    training = unfinished_training(folder)
    checkpoint = folder / CHECKPOINT
    try:
        load_checkpoint(folder)
    except MovierecError as error:
        restart = training.command.replace("--resume", "--force") if training else ""
        fix = restart or f"rm {shlex.quote(str(checkpoint))}"
        fix = fix if isinstance(error, IntegrityError) else restart
        yield broken(f"unfinished training {folder.name}", error.message, fix, error.exit_code)
    else:
        if training is not None:
            yield note("unfinished training", str(training), training.command)
    has_weights = bool(entries_of(folder, "weights-*"))
    if has_weights and not exists(folder / MANIFEST):
        detail = "has weights and no manifest, as after an interrupted removal"
        yield note(f"run folder {folder.name}", detail, f"movierec runs remove {folder.name}")
    yield from _parts(folder)


def _parts(folder: Path) -> Iterator[Check]:
    """Find the temporary files of killed processes."""
    parts = [part for part in parts_in(folder) if is_left_behind(part)]
    if parts:
        size = size_in_words(sum(part.stat().st_size for part in parts))
        files = " ".join(shlex.quote(str(part)) for part in parts)
        detail = f"{len(parts)} unfinished in {folder}, {size}, of killed processes"
        yield note("leftover files", detail, f"rm {files}")


def _cached_data(entries: list[Entry]) -> Iterator[Check]:
    finished = [entry for entry in entries if entry.kind != "unfinished"]
    for entry in finished:
        name = f"{entry.kind} {entry.dataset}"
        if entry.failure:
            yield broken(name, entry.failure.message, "")
        elif entry.damage:
            yield broken(name, entry.damage, entry.fix, IntegrityError.exit_code)
        else:
            yield ok(name, f"verified, {size_in_words(entry.bytes)}")


def _imported_data(name: str, paths: Paths) -> tuple[Check, str]:
    """Check an imported data set; return its checksum too, empty if it is damaged."""
    label, path = f"imported {name}", imported_path(name, paths)
    try:
        dataset = store.verify(path)
    except MovierecError as error:
        fix = f"movierec import PATH --name {name}"
        return broken(label, error.message, fix, error.exit_code), ""
    return ok(label, f"verified, {size_in_words(path.stat().st_size)}"), dataset.checksum()


def _default_data(paths: Paths, environ: Mapping[str, str], here: set[str]) -> Iterator[Check]:
    """Check the data set that commands use without ``--dataset``; ``here`` has those cached."""
    try:
        name = default_dataset(paths, environ)
    except MovierecError as error:
        is_variable = bool(environ.get(VARIABLE))
        fix = f"unset {VARIABLE}" if is_variable else f"movierec config dataset {DEFAULT_DATASET}"
        is_damage = isinstance(error, IntegrityError)
        code = error.exit_code if is_damage else DataError.exit_code
        yield broken("default data set", error.message, fix, code)
        return
    edition = EDITIONS.get(name)
    if edition and not edition.is_packaged and name not in here:
        yield note(f"data {name}", "is not downloaded yet", _download(name))


def _download(name: str) -> str:
    """Return the command that downloads an edition."""
    return "movierec download" + f" {name}" * (name != DEFAULT_DATASET)


def _run(name: str, paths: Paths, checksums: Mapping[str, str]) -> Check:
    """Check a run with its weights; ``checksums`` has that of each data set in the cache."""
    label = f"run {name}"
    try:
        manifest = verify_run(name, paths.runs).manifest
    except MovierecError as error:
        return _unusable(label, error)
    dataset = manifest.dataset["name"]
    checksum = checksums.get(dataset)
    if checksum == manifest.dataset["checksum"]:
        return ok(label, f"{manifest.model}, {manifest.preset}, {dataset}")
    if checksum is not None:
        detail = f"was trained on other data than the {dataset} here"
        return broken(label, detail, f"{retraining(manifest)} --force")
    fix = _download(dataset) if dataset in EDITIONS else ""
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
