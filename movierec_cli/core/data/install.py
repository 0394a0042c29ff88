"""Data sets put in place: editions from the network or from files, and people's own ratings.

Files are verified and read once, before anything is replaced.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.data import registry, store
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.download import Remote, fetch
from movierec_cli.core.data.editions import Edition
from movierec_cli.core.data.readers.assemble import Assembled
from movierec_cli.core.data.readers.layouts import find_layout
from movierec_cli.core.data.readers.own_files import OwnFiles, read_own
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.data.sources import open_source
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.files import (
    accessing,
    atomic_write,
    check_name,
    check_space,
    exists,
    is_file,
    is_folder,
)
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress

_CHUNK = 2**20
_PREPARED_SHARE = 3  # the prepared form has at most this many times the bytes of the archive


def download(
    edition: Edition,
    paths: Paths,
    url: str | None = None,
    force: bool = False,
    progress: Progress = SILENT,
) -> Dataset:
    """Download an edition from its official address or a mirror, or from ``url`` alone.

    An intact archive in the cache, or one that comes with movierec, is used instead, unless
    ``url`` or ``force`` is given.

    Raises
    ------
    NetworkError, IntegrityError, DataError
        As in `fetch`; the cache stays as it was.
    """
    archive = registry.archive_path(edition.name, paths)
    is_here = exists(archive) or edition.is_packaged
    if is_here and not force and not url:
        try:
            return _prepare(registry.load_archive(edition, paths, progress), paths)
        except IntegrityError as error:
            progress.note(f"{error.message} Downloading it again.")
    command = f"movierec download {edition.name}"
    if url:  # a mirror may have packed the files anew: each of them is verified
        remote = Remote((url,), command)
    else:
        remote = Remote(edition.addresses, command, edition.checksum, edition.bytes)
    margin = _PREPARED_SHARE * (edition.bytes or 0)
    dataset = fetch(
        remote,
        archive,
        lambda path, label: edition.read(path, label, progress),
        progress,
        margin,
    )
    return _prepare(dataset, paths)


def bring(edition: Edition, source: Path, paths: Paths, progress: Progress = SILENT) -> Dataset:
    """Copy an edition into the cache from an archive or a folder of the user.

    Raises
    ------
    DataError
        If there is nothing at ``source``, or the disk has too little space.
    IntegrityError
        If ``source`` does not hold the files of the edition; the cache stays as it was.
    """
    archive = registry.archive_path(edition.name, paths)
    if is_folder(source):
        dataset = edition.read(source, str(source), progress)
        with atomic_write(archive) as file:
            edition.pack(source, file)
    elif not is_file(source):
        raise DataError(
            f"There is no file or folder {source}.",
            f"Give the path of {edition.name}.zip or of the folder {edition.folder}.",
        )
    else:
        check_space(archive, (1 + _PREPARED_SHARE) * source.stat().st_size)
        with atomic_write(archive) as file:
            file.writelines(_chunks(source))
            file.flush()
            dataset = edition.read(Path(file.name), str(source), progress)
    return _prepare(dataset, paths)


def _chunks(source: Path) -> Iterator[bytes]:
    with accessing(source, "read"), source.open("rb") as original:
        while chunk := original.read(_CHUNK):
            yield chunk


@dataclass(frozen=True)
class Imported:
    """An imported data set that is not kept yet; ``scale`` is that of its ratings."""

    assembled: Assembled
    scale: Scale | None

    @property
    def dataset(self) -> Dataset:
        """The data set."""
        return self.assembled.dataset


def check_import_name(name: str) -> str:
    """Return a name that an imported data set may have.

    Raises
    ------
    UsageError
        If it is no file name, or that of an edition or a synthetic data set.
    """
    check_name(name, "data set")
    if not registry.may_be_imported(name):
        raise UsageError(
            f"{name} is the name of another data set.", f"Choose another: --name my-{name}"
        )
    return name


def read_import(files: OwnFiles, name: str, progress: Progress = SILENT) -> Imported:
    """Read ratings to import: a table, or an archive or folder in a layout of MovieLens.

    Raises
    ------
    DataError
        With every problem in the files, up to twenty; or as in `find_layout` and `read_own`.
    IntegrityError
        If an archive is damaged or encrypted.
    """
    path = files.ratings
    if not is_folder(path) and path.suffix.lower() != ".zip":
        assembled, scale = read_own(files, name, progress)
        return Imported(assembled, scale)
    with open_source(
        path, "Give the path of a table of ratings, an archive or a folder."
    ) as source:
        layout, inner = find_layout(source)
        assembled = layout.read(inner, name, progress)
    return Imported(assembled, Scale(assembled.dataset.lowest_rating, 5.0))


def keep_import(imported: Imported, paths: Paths) -> Path:
    """Keep an imported data set, in the place of an older one; return its path."""
    path = registry.imported_path(imported.dataset.name, paths)
    store.save(imported.dataset, path)
    return path


def _prepare(dataset: Dataset, paths: Paths) -> Dataset:
    store.save(dataset, registry.prepared_path(dataset.name, paths))
    return dataset
