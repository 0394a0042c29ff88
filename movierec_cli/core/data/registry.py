"""Registry of all data sets by name: published editions, imported ones and synthetic ones."""

import logging
from pathlib import Path

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS, Edition, edition_name
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import accessing, check_space, entries_of, exists, is_name
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress

DEFAULT_DATASET = "ml-100k"
SYNTHETIC = "synthetic"
"""The name of synthetic data, and the beginning of those with a size."""

_LOG = logging.getLogger(__name__)


def known_name(typed: str, paths: Paths) -> str:
    """Return the name of a data set as typed, an edition's name in any spelling.

    Raises
    ------
    UsageError
        If there is no data set of that name, or a synthetic one cannot have that size.
    """
    if may_be_imported(typed) and exists(imported_path(typed, paths)):
        return typed
    name = edition_name(typed)
    if name in EDITIONS:
        return name
    if name.startswith(SYNTHETIC):
        from movierec_cli.core.data import synthetic  # noqa: PLC0415 - loads numpy.random

        if synthetic.is_name(name):
            synthetic.parse_name(name)  # refuses sizes that do not fit each other
            return name
    raise UsageError(
        f"There is no data set {typed!r}.",
        f"Choose one of: {', '.join(known_names(paths))}; or import your own ratings with: "
        "movierec import FILE --name NAME",
    )


def known_names(paths: Paths) -> list[str]:
    """Return the names of the editions, the imported data sets and the synthetic one."""
    return [*EDITIONS, *list_imported(paths), SYNTHETIC]


def may_be_imported(name: str) -> bool:
    """Return whether an imported data set may have this name, which no other one has."""
    return is_name(name) and name not in EDITIONS and not name.startswith(SYNTHETIC)


def is_known(name: str, paths: Paths) -> bool:
    """Return whether there is a data set of that name, here or to be made."""
    try:
        return bool(known_name(name, paths))
    except UsageError:
        return False


def archive_path(name: str, paths: Paths) -> Path:
    """Return the path of the verified archive of an edition in the cache."""
    return paths.cache / f"{name}.zip"


def prepared_path(name: str, paths: Paths) -> Path:
    """Return the path of the prepared form of an edition or a synthetic data set."""
    return paths.cache / f"{name}{store.SUFFIX}"


def imported_path(name: str, paths: Paths) -> Path:
    """Return the path of an imported data set; it is kept with the data of the user."""
    return paths.datasets / f"{name}{store.SUFFIX}"


def list_imported(paths: Paths) -> list[str]:
    """Return the names of the imported data sets, ascending."""
    return [path.stem for path in entries_of(paths.datasets, f"*{store.SUFFIX}")]


def load_dataset(name: str, paths: Paths, progress: Progress = SILENT) -> Dataset:
    """Load a data set by name: an edition, an imported or a synthetic one.

    The prepared form is kept in the cache. It is prepared again where it is missing or damaged.
    The data set is also returned when the cache cannot be written to.

    Raises
    ------
    DataError
        If the data set has to be downloaded first, or cannot be read.
    UsageError
        If there is no data set of that name.
    IntegrityError
        If the archive in the cache is damaged, or an imported data set is.
    """
    name = known_name(name, paths)
    imported = imported_path(name, paths)
    if may_be_imported(name) and exists(imported):
        return _load(imported, name)
    prepared = prepared_path(name, paths)
    if exists(prepared):
        try:
            return _load(prepared, name)
        except IntegrityError as error:
            progress.note(f"{error.message} Preparing it again.")
    edition = EDITIONS.get(name)
    if edition:
        dataset = load_archive(edition, paths, progress)
    else:
        from movierec_cli.core.data import synthetic  # noqa: PLC0415

        size = synthetic.parse_name(name)
        check_space(prepared, size.n_bytes)  # millions of ratings take minutes
        dataset = synthetic.generate(size, name=name)
    try:
        store.save(dataset, prepared)
    except DataError as error:
        progress.note(f"{error.message} Going on without the cache.")
        return dataset
    return _load(prepared, name)


def _load(path: Path, name: str) -> Dataset:
    dataset = store.load(path)
    if dataset.name != name:
        raise IntegrityError(f"{path} holds another data set: {dataset.name}.")
    _LOG.debug("opened %s", path)
    return dataset


def load_archive(edition: Edition, paths: Paths, progress: Progress = SILENT) -> Dataset:
    """Verify and read the archive of an edition, of the cache or of those packaged.

    Raises
    ------
    DataError
        If it has to be downloaded first.
    IntegrityError
        If it is damaged.
    """
    path = archive_path(edition.name, paths)
    if not exists(path):
        if edition.packaged_archive is None:
            raise DataError(
                f"{edition.title} is not in {paths.cache}.",
                f"Get it with: movierec download {edition.name}",
            )
        path = edition.packaged_archive
    dataset = edition.read(path, str(path), progress)
    _LOG.debug("read %s and verified it", path)
    return dataset


def remove_imported(name: str, paths: Paths) -> None:
    """Remove an imported data set.

    Raises
    ------
    DataError
        If there is none of that name, or it cannot be removed.
    """
    path = imported_path(name, paths)
    with accessing(path, "removed"):
        try:
            path.unlink()
        except FileNotFoundError as error:
            names = list_imported(paths)
            hint = f"There are: {', '.join(names)}" if names else ""
            raise DataError(f"There is no imported data set {name!r}.", hint) from error
