"""Folders and zip archives as sources of files, read as streams and never extracted."""

import errno
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import accessing, is_file, is_folder, unusable

_UNREADABLE = (  # raised by zipfile for damaged, encrypted and exotic archives
    OSError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)

_CHUNK = 2**20
_MAX_BYTES = 4 * 2**30  # of a file; the ratings of MovieLens 32M have 0.9 GB
_MAX_RATIO = 200  # of the unpacked to the packed size; text compresses up to about 20
_MAX_FILES = 10_000  # of a folder that are looked at
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile limits no other one


@dataclass(frozen=True)
class Source:
    """The files of a folder, or of a folder in an archive.

    Attributes
    ----------
    label
        Path of the folder or archive in messages.
    sizes
        Path of each file below ``folder``, with slashes -> its size in bytes.
    folder
        The narrowed folder with a slash at the end, or an empty string.
    """

    label: str
    sizes: Mapping[str, int]
    folder: str = ""
    _root: Path | None = None
    _archive: zipfile.ZipFile | None = None

    def open(self, name: str, on_read: Callable[[int], None] = lambda _: None) -> BinaryIO:
        """Open a file; ``on_read`` gets the number of bytes of each read.

        Raises
        ------
        DataError, IntegrityError
            Here or while it is read, if the file cannot be read, or is damaged or too large.
        """
        place = self.place(name)
        try:
            opened = self._open(name)
        except _UNREADABLE as error:
            raise _unreadable(place, error) from error
        return io.BufferedReader(_Checked(opened, place, on_read), _CHUNK)

    def _open(self, name: str) -> IO[bytes]:
        if self._root is not None:
            return (self._root / self.folder / name).open("rb")
        assert self._archive is not None
        member = self._archive.getinfo(self.folder + name)
        if (
            member.file_size > _MAX_BYTES
            or member.file_size > _MAX_RATIO * max(member.compress_size, 1024)
            or member.compress_type not in _COMPRESSIONS
        ):
            raise IntegrityError(f"{self.label}: {member.filename} would unpack without bounds.")
        return self._archive.open(member)

    def place(self, name: str) -> str:
        """Return the place of a file for messages."""
        if self._root is not None:
            return str(self._root / self.folder / name)
        return f"{self.label}: {self.folder}{name}"

    def within(self, folder: str) -> "Source":
        """Return the part of the source below a folder, given with a slash at the end."""
        sizes = {
            name.removeprefix(folder): size
            for name, size in self.sizes.items()
            if name.startswith(folder)
        }
        return replace(self, sizes=sizes, folder=self.folder + folder)

    def folders_with(self, *names: str) -> list[str]:
        """Return the folders that hold all of these files, with a slash at the end; "" is here."""
        folders = {str(PurePosixPath(path).parent) for path in self.sizes}
        found = ["" if folder == "." else f"{folder}/" for folder in sorted(folders)]
        return [folder for folder in found if all(folder + name in self.sizes for name in names)]

    def md5(self, name: str) -> str:
        """Return the MD5 of a file in hexadecimal."""
        digest = hashlib.md5(usedforsecurity=False)
        with self.open(name) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


def file_source(path: Path) -> Source:
    """Return a single file as a source.

    Raises
    ------
    DataError
        If there is no such file.
    """
    if not is_file(path):
        raise DataError(f"There is no file {path}.", "Check the path.")
    return Source(str(path.parent), {path.name: path.stat().st_size}, _root=path.parent)


class _Checked(io.RawIOBase):
    """A stream that counts its bytes and reports damage as an expected error."""

    def __init__(self, stream: IO[bytes], place: str, on_read: Callable[[int], None]) -> None:
        self._stream, self._place, self._on_read = stream, place, on_read

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer``, as `io.RawIOBase.readinto`."""
        try:
            data = self._stream.read(len(buffer))
        except _UNREADABLE as error:
            raise _unreadable(self._place, error) from error
        buffer[: len(data)] = data
        self._on_read(len(data))
        return len(data)

    def close(self) -> None:
        """Close the stream below too."""
        self._stream.close()
        super().close()


def _unreadable(place: str, error: Exception) -> DataError | IntegrityError:
    # a seek to an offset in a damaged archive is an invalid argument
    if isinstance(error, OSError) and error.strerror and error.errno != errno.EINVAL:
        return unusable(place, "read", error)
    return IntegrityError(f"{place} is damaged: {error}.", "Get the file again.")


@contextmanager
def open_source(path: Path, hint: str, label: str = "") -> Iterator[Source]:
    """Open a folder or a zip archive; errors end with ``hint``, the next step.

    They call it ``label``, or its path.

    Raises
    ------
    DataError
        If there is nothing at ``path``, or it cannot be read.
    IntegrityError
        If the archive is damaged or encrypted.
    """
    label = label or str(path)
    if is_folder(path):
        with accessing(path, "read"):
            list(path.iterdir())  # Path.rglob takes a folder that cannot be read for an empty one
        found = (file for file in sorted(path.rglob("*")) if file.is_file())
        sizes = {
            file.relative_to(path).as_posix(): file.stat().st_size
            for file, _ in zip(found, range(_MAX_FILES), strict=False)
        }
        yield Source(label, sizes, _root=path)
        return
    if not is_file(path):
        raise DataError(f"There is no file or folder {label}.", hint)
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.strerror and error.errno != errno.EINVAL:
            raise unusable(label, "read", error) from error
        raise IntegrityError(f"{label} is not a readable zip archive: {error}.", hint) from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(member.flag_bits & 1 for member in members):
            raise IntegrityError(
                f"{label} is encrypted.", "Unpack it with its password and give the folder."
            )
        sizes = {member.filename: member.file_size for member in members}
        yield Source(label, sizes, _archive=archive)
