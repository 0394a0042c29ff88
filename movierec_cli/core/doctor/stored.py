"""What is stored: cached data, runs and profiles, each read as the commands read it."""

from collections.abc import Iterator, Mapping, Sequence

from movierec_cli.core.data import registry
from movierec_cli.core.data.cache import Kind, Verified
from movierec_cli.core.doctor.check import Check, broken, failed, fine, worth_knowing
from movierec_cli.core.errors import IntegrityError, MovierecError, UsageError
from movierec_cli.core.files import size_in_words
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend.profiles import list_profiles, load_profile
from movierec_cli.core.runs.store import Manifest, list_runs, load_manifest, load_run, retraining

_DOWNLOAD = "movierec download"


def cached_data(verified: Sequence[Verified]) -> Iterator[Check]:
    """Look at the cached data; none at all is no failure."""
    finished = [one for one in verified if one.entry.kind is not Kind.unfinished]
    for one in finished:
        name = f"{one.entry.kind} {one.entry.dataset}"
        if one.damage:
            yield failed(name, IntegrityError(one.damage), one.fix)
        else:
            yield fine(name, f"verified, {size_in_words(one.entry.bytes)}")
    if registry.DEFAULT_DATASET not in {one.entry.dataset for one in finished}:
        yield worth_knowing(f"data {registry.DEFAULT_DATASET}", "is not downloaded yet", _DOWNLOAD)


def runs(paths: Paths, checksums: Mapping[str, str]) -> Iterator[Check]:
    """Look at every run, weights included, and at the data that it was trained on.

    Parameters
    ----------
    checksums
        Data set -> checksum of the one that is here.
    """
    names = list_runs(paths.runs)
    for name in names:
        yield _run(name, paths, checksums)
    if not names:
        yield worth_knowing("runs", "none yet", "movierec train dnn")


def profiles(paths: Paths) -> Iterator[Check]:
    """Look at every profile."""
    for name in list_profiles(paths.profiles):
        called = f"profile {name}"
        try:
            answers = load_profile(name, paths.profiles)
        except UsageError as error:
            yield worth_knowing(called, error.message)
        except MovierecError as error:
            yield failed(called, error, f"movierec profiles remove {name}")
        else:
            yield fine(called, f"{answers.dataset}, {len(answers.ratings)} ratings")


def _run(name: str, paths: Paths, checksums: Mapping[str, str]) -> Check:
    called = f"run {name}"
    try:
        manifest, _ = load_manifest(name, paths.runs)
    except UsageError as error:
        return worth_knowing(called, error.message)
    except IntegrityError as error:
        return failed(called, error, f"movierec runs remove {name}")
    except MovierecError as error:  # of a newer movierec
        return failed(called, error, "pip install --upgrade movierec")
    try:
        load_run(name, paths.runs)
    except MovierecError as error:
        return failed(called, error, retraining(manifest))
    return _trained_on(called, manifest, checksums)


def _trained_on(called: str, manifest: Manifest, checksums: Mapping[str, str]) -> Check:
    dataset = manifest.dataset["name"]
    known = checksums.get(dataset)
    if known == manifest.dataset["checksum"]:
        return fine(called, f"{manifest.model}, {manifest.preset}, {dataset}")
    if known is not None:
        return broken(
            called, f"was trained on other data than the {dataset} here", retraining(manifest)
        )
    fix = _DOWNLOAD if dataset == registry.DEFAULT_DATASET else ""
    return worth_knowing(called, f"is whole, but {dataset} is not here to compare with", fix)
