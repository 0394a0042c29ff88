"""Published editions of a data set, and reading their files verified from a zip archive or folder.

An archive is read in place and in memory, never extracted. Each file is read once, compared with
its published MD5, and parsed from the same bytes.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import IntegrityError

_MAX_BYTES = 16 * 2**20  # of a file
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile limits no other one
_UNREADABLE = (  # raised by zipfile for damaged, encrypted and exotic archives
    OSError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    RuntimeError,
    ValueError,
)
_REFETCH = "Fetch the original with: movierec download --force"


@dataclass(frozen=True)
class Edition:
    """A data set as its publisher offers it: one zip archive.

    Attributes
    ----------
    title
        Name in messages, such as ``MovieLens 100K``.
    url, sha256
        Official https address of the archive, and its SHA-256 in hexadecimal.
    folder
        Folder of the files in the archive, with a slash at the end.
    files
        File name -> MD5 in hexadecimal, for each file that is read. A repacked archive or a folder
        with the same files is as good as the original archive.
    parse
        Reader of the layout: takes the content of each file and the name of the data set.
    folds
        Names of the official folds.
    terms
        License terms and citation, shown after a download.
    """

    name: str
    title: str
    url: str
    sha256: str
    folder: str
    files: Mapping[str, str]
    parse: Callable[[Mapping[str, bytes], str], Dataset]
    folds: tuple[str, ...]
    terms: str

    def load_archive(self, path: Path, label: str) -> Dataset:
        """Read, verify and parse the zip archive at ``path``; errors call it ``label``.

        Raises
        ------
        IntegrityError
            If the archive is unreadable, unsafe or incomplete, or a file differs from the original.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                contents = {file: self._unpack(archive, file, label) for file in self.files}
        except _UNREADABLE as error:
            raise IntegrityError(
                f"{label} is not a readable zip archive: {error}.",
                f"Give the path of {self.name}.zip, or fetch it with: movierec download --force",
            ) from error
        return self._verify_and_parse(contents, label)

    def load_folder(self, path: Path) -> tuple[Dataset, dict[str, bytes]]:
        """Read, verify and parse the extracted files in ``path`` or in its folder `folder`.

        Returns
        -------
        dataset, contents
            The parsed data set, and the content of each file.

        Raises
        ------
        IntegrityError
            If a file is missing, unreadable or different from the original.
        """
        inner = path / self.folder
        root = inner if inner.is_dir() else path
        contents = {}
        for file in self.files:
            try:
                contents[file] = (root / file).read_bytes()
            except OSError as error:
                raise IntegrityError(
                    f"{root / file} cannot be read: {error.strerror}.",
                    f"Give the folder that holds {', '.join(self.files)}.",
                ) from error
        return self._verify_and_parse(contents, str(path)), contents

    def pack(self, contents: Mapping[str, bytes], file: BinaryIO) -> None:
        """Write ``contents`` as a zip archive with the paths of the original."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents.items():
                archive.writestr(self.folder + name, data)

    def _unpack(self, archive: zipfile.ZipFile, file: str, label: str) -> bytes:
        members = archive.NameToInfo
        member = members.get(self.folder + file) or members.get(file)
        if member is None:
            raise IntegrityError(f"{label} lacks {self.folder}{file}.", _REFETCH)
        if member.file_size > _MAX_BYTES or member.compress_type not in _COMPRESSIONS:
            raise IntegrityError(
                f"{label}: {member.filename} would unpack without bounds.", _REFETCH
            )
        with archive.open(member) as opened:
            return opened.read(member.file_size)  # no more than announced; checks the CRC

    def _verify_and_parse(self, contents: Mapping[str, bytes], label: str) -> Dataset:
        different = [
            file
            for file, expected in self.files.items()
            if hashlib.md5(contents[file], usedforsecurity=False).hexdigest() != expected
        ]
        if different:
            raise IntegrityError(
                f"{label}: not the files of {self.title}: {', '.join(different)}.", _REFETCH
            )
        return self.parse(contents, self.name)
