"""Reading zip archives that anybody may have made: in bounds, in memory, or not at all."""

import stat
import zipfile
from collections.abc import Sequence
from pathlib import PureWindowsPath

from movierec_cli.core.errors import IntegrityError

_LARGEST = 64 * 2**20  # bytes of all members that are read
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile unpacks the others without bounds


def read_members(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], where: str, hint: str
) -> list[bytes]:
    """Read some members of an open archive.

    Parameters
    ----------
    where, hint
        What errors call the archive, and what they say to do next.

    Raises
    ------
    IntegrityError
        If anything in the archive is a link or has a name that leads out of it, or if the members
        would unpack to too much or are packed in a way that has no bounds.
    """
    for member in archive.infolist():
        if _leads_elsewhere(member):
            raise IntegrityError(f"{where}: {member.filename!r} leads out of the archive.", hint)
    total = sum(member.file_size for member in members)
    if total > _LARGEST:
        raise IntegrityError(f"{where} would unpack to {total:,} bytes.", hint)
    for member in members:
        if member.compress_type not in _PACKINGS:
            raise IntegrityError(
                f"{where}: {member.filename} is neither stored nor deflated.", hint
            )
    return [_unpack(archive, member) for member in members]


def _leads_elsewhere(member: zipfile.ZipInfo) -> bool:
    """Tell whether unpacking it on some system would reach beyond the folder of the archive."""
    path = PureWindowsPath(member.filename)  # knows both slashes, and drives
    return bool(path.anchor) or ".." in path.parts or stat.S_ISLNK(member.external_attr >> 16)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Unpack no more than is announced, whatever is there; zipfile checks the CRC of that."""
    with archive.open(member) as file:
        return file.read(member.file_size)
