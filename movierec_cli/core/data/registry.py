"""Every data set by its name: the one place that knows where each comes from.

What makes a data set is imported where it is needed: a command that finds it in the cache should
not wait for what can download it.
"""

import logging
import re
import shutil
import zipfile
from pathlib import Path

from movierec_cli.core.data import store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import atomic_write, is_file, is_folder
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress

DEFAULT_DATASET = "ml-100k"
ARCHIVE_NAME = f"{DEFAULT_DATASET}.zip"
NAMES = (DEFAULT_DATASET, "synthetic")

_LOG = logging.getLogger(__name__)
_FILE_NAME = re.compile(r"[a-z0-9-]{1,80}")


def load_dataset(name: str, paths: Paths, progress: Progress = SILENT) -> Dataset:
    """Load a data set by name: ``ml-100k``, ``synthetic`` or ``synthetic-USERSxFILMSxRATINGS``.

    The parsed form is kept in the cache; where it is missing or damaged it is made anew. A cache
    that cannot be written to costs time, no more.

    Raises
    ------
    DataError
        If the data set has to be downloaded first.
    UsageError
        If there is no data set of that name.
    IntegrityError
        If the archive in the cache is damaged.
    """
    parsed = parsed_path(name, paths)
    if _FILE_NAME.fullmatch(name) and parsed.exists():
        try:
            return load_prepared(name, paths)
        except IntegrityError as error:
            progress.note(f"{error.message} Making it anew.")
    dataset = _parse_cached_archive(paths) if name == DEFAULT_DATASET else _made_up(name)
    try:
        store.save(dataset, parsed)
    except DataError as error:
        progress.note(f"{error.message} Going on without keeping it.")
    return dataset


def load_prepared(name: str, paths: Paths) -> Dataset:
    """Load the parsed form of a data set from the cache.

    Raises
    ------
    IntegrityError
        As in `store.load`, and if it is that of another data set.
    """
    path = parsed_path(name, paths)
    dataset = store.load(path)
    if dataset.name != name:
        raise IntegrityError(f"{path} holds another data set: {dataset.name}.")
    _LOG.debug("read %s and found it whole", path)
    return dataset


def is_known(name: str) -> bool:
    """Tell whether there is a data set of that name, here or to be had."""
    from movierec_cli.core.data import synthetic  # noqa: PLC0415

    if name == DEFAULT_DATASET:
        return True
    try:
        synthetic.parse_name(name)
    except UsageError:
        return False
    return True


def archive_path(paths: Paths) -> Path:
    """Return where the verified archive of MovieLens 100K is kept."""
    return paths.cache / ARCHIVE_NAME


def parsed_path(name: str, paths: Paths) -> Path:
    """Return where the parsed form of a data set is kept."""
    return paths.cache / f"{name}.npz"


def download(paths: Paths, url: str | None, force: bool, progress: Progress = SILENT) -> Dataset:
    """Fetch MovieLens 100K from its official address, or from ``url``, into the cache.

    An archive that is there already is used, unless ``force``; one that is damaged is fetched anew.

    Raises
    ------
    NetworkError, IntegrityError
        As in `fetch`; the cache stays as it was.
    """
    from movierec_cli.core.data import movielens  # noqa: PLC0415
    from movierec_cli.core.data.download import Expected, fetch  # noqa: PLC0415

    archive = archive_path(paths)
    if archive.exists() and not force and not url:
        try:
            return _install(paths)
        except IntegrityError as error:
            progress.note(f"{error.message} Fetching it anew.")
    expected = None if url else Expected(movielens.ARCHIVE_SIZE, movielens.ARCHIVE_SHA256)
    fetch(
        url or movielens.URL,
        archive,
        expected,
        lambda path: _check_archive(path, url or movielens.URL),
        progress,
        allow_http=url is not None,
    )
    return _install(paths)


def bring(source: Path, paths: Paths) -> Dataset:
    """Take MovieLens 100K from an archive or a folder that the user has into the cache.

    Raises
    ------
    DataError
        If there is nothing at ``source``.
    IntegrityError
        If it does not hold the files of MovieLens 100K; the cache stays as it was.
    """
    from movierec_cli.core.data import movielens  # noqa: PLC0415

    if is_folder(source):
        contents = movielens.read_folder(source)
        movielens.verify(contents, str(source))
        with atomic_write(archive_path(paths)) as file, zipfile.ZipFile(file, "w") as archive:
            movielens.pack(contents, archive)
    elif is_file(source):
        _check_archive(source, str(source))
        with source.open("rb") as original, atomic_write(archive_path(paths)) as file:
            shutil.copyfileobj(original, file)
            file.flush()
            _check_archive(Path(file.name), str(source))  # of what is kept, every byte
    else:
        raise DataError(
            f"There is no file or folder {source}.",
            "Give the path of ml-100k.zip or of the folder ml-100k.",
        )
    return _install(paths)


def _install(paths: Paths) -> Dataset:
    dataset = _parse_cached_archive(paths)
    store.save(dataset, parsed_path(DEFAULT_DATASET, paths))
    return dataset


def _made_up(name: str) -> Dataset:
    from movierec_cli.core.data import synthetic  # noqa: PLC0415

    return synthetic.generate(synthetic.parse_name(name), name=name)


def _parse_cached_archive(paths: Paths) -> Dataset:
    from movierec_cli.core.data import movielens  # noqa: PLC0415

    archive = archive_path(paths)
    if not archive.exists():
        raise DataError(
            f"MovieLens 100K is not in {paths.cache}.", "Get it with: movierec download"
        )
    contents = movielens.read_archive(archive, str(archive))
    movielens.verify(contents, str(archive))
    _LOG.debug("read %s and found the files of MovieLens 100K", archive)
    return movielens.parse(contents)


def _check_archive(path: Path, where: str) -> None:
    from movierec_cli.core.data import movielens  # noqa: PLC0415

    movielens.verify(movielens.read_archive(path, where), where)
