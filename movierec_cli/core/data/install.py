"""Installation of a published edition into the cache, from the network or from the user's files.

The files are verified and parsed once, before the cache changes.
"""

import shutil
from pathlib import Path

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.archives import Edition
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.download import Remote, fetch
from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import atomic_write, is_file, is_folder
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress


def download(
    edition: Edition,
    paths: Paths,
    url: str | None = None,
    force: bool = False,
    progress: Progress = SILENT,
) -> Dataset:
    """Download an edition from its official address, or from a mirror at ``url``.

    An intact archive in the cache is used instead, unless ``url`` or ``force`` is given.

    Raises
    ------
    NetworkError, IntegrityError, DataError
        As in `fetch`; the cache stays as it was.
    """
    archive = registry.archive_path(edition.name, paths)
    if archive.exists() and not force and not url:
        try:
            return _prepare(registry.load_cached_archive(edition, paths), paths)
        except IntegrityError as error:
            progress.note(f"{error.message} Downloading it again.")
    if url:  # a mirror may have packed the files anew: each of them is verified
        remote = Remote((url,), "movierec download")
    else:
        remote = Remote((edition.url,), "movierec download", f"sha256:{edition.sha256}")
    dataset = fetch(remote, archive, edition.load_archive, progress)
    return _prepare(dataset, paths)


def bring(edition: Edition, source: Path, paths: Paths) -> Dataset:
    """Copy an edition into the cache from an archive or a folder of the user.

    Raises
    ------
    DataError
        If there is nothing at ``source``.
    IntegrityError
        If ``source`` does not hold the files of the edition; the cache stays as it was.
    """
    archive = registry.archive_path(edition.name, paths)
    if is_folder(source):
        dataset, contents = edition.load_folder(source)
        with atomic_write(archive) as file:
            edition.pack(contents, file)
    elif not is_file(source):
        raise DataError(
            f"There is no file or folder {source}.",
            f"Give the path of {edition.name}.zip or of the folder {edition.name}.",
        )
    else:
        with source.open("rb") as original, atomic_write(archive) as file:
            shutil.copyfileobj(original, file)
            file.flush()
            dataset = edition.load_archive(Path(file.name), str(source))
    return _prepare(dataset, paths)


def _prepare(dataset: Dataset, paths: Paths) -> Dataset:
    store.save(dataset, registry.parsed_path(dataset.name, paths))
    return dataset
