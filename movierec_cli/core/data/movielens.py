"""Reading MovieLens 100K: where it comes from, and which files are the right ones.

The archive is read where it is, never extracted.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from movierec_cli.core.data.archives import read_members
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.ml_100k import parse_files
from movierec_cli.core.errors import IntegrityError

NAME = "ml-100k"
URL = "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
ARCHIVE_SIZE = 4_924_029
ARCHIVE_SHA256 = "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"
TERMS = (
    "MovieLens 100K is free for research; redistribution and commercial use need the permission of "
    "GroupLens. Cite: Harper and Konstan (2015), The MovieLens Datasets, doi 10.1145/2827872."
)
FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")

FILE_MD5: Mapping[str, str] = MappingProxyType(
    {
        "u.data": "6e47046882bad158b0efbb84cd5cb987",
        "u.item": "c9e7f390115d79079537301d5204f3f7",
        "u.user": "1b53539edc13caad0282c8500608a319",
        "u.genre": "a7578bdb37758741ae9429d2c736af18",
        "u.occupation": "035abaa2165f35cebce4b91e03481e0a",
        "u1.test": "62d5d837e7c8e36550cc956b09c2ecc8",
        "u2.test": "1951a71b7e1f4ed254508007fa2f6b70",
        "u3.test": "cb3e4d0a9152041772285232ca002d4f",
        "u4.test": "328acfca94e85d01b1d7e92c7d73df3b",
        "u5.test": "bec898f7091dba3b7bdf793d1998d2d6",
        "ua.test": "52e5d0355092dc1596899855b220508f",
        "ub.test": "5292d1e388d156aa0c19c384cdf35aca",
    }
)
"""The files that are read, and what they must be: a repacked archive or a folder is as good as
the original archive when these are the same."""

_FOLDER = "ml-100k/"
_NOT_THE_ARCHIVE = "This is not the MovieLens 100K archive; run: movierec download --force"
_UNREADABLE = (  # what zipfile raises for damaged, encrypted and exotic archives
    OSError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    RuntimeError,
    ValueError,
)


def read_archive(path: Path, where: str) -> dict[str, bytes]:
    """Read the needed files from a zip archive; ``where`` is what errors call it.

    Raises
    ------
    IntegrityError
        If it is no readable zip archive, lacks a file, a file in it is damaged, or as in
        `read_members`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [_find_member(archive, name, where) for name in FILE_MD5]
            contents = read_members(archive, members, where, _NOT_THE_ARCHIVE)
            return dict(zip(FILE_MD5, contents, strict=True))
    except _UNREADABLE as error:
        raise IntegrityError(
            f"{where} is not a readable zip archive: {error}.",
            "Give the path of ml-100k.zip, or fetch it with: movierec download --force",
        ) from error


def _find_member(archive: zipfile.ZipFile, name: str, where: str) -> zipfile.ZipInfo:
    for candidate in (_FOLDER + name, name):
        try:
            return archive.getinfo(candidate)
        except KeyError:
            continue
    raise IntegrityError(
        f"{where} lacks {_FOLDER}{name}.",
        "Fetch the complete archive with: movierec download --force",
    )


def read_folder(path: Path) -> dict[str, bytes]:
    """Read the needed files from an extracted archive, given its folder or the one above.

    Raises
    ------
    IntegrityError
        If a file is missing or cannot be read.
    """
    root = path / _FOLDER if (path / _FOLDER / "u.data").is_file() else path
    contents = {}
    for name in FILE_MD5:
        try:
            contents[name] = (root / name).read_bytes()
        except OSError as error:
            raise IntegrityError(
                f"{root / name} cannot be read: {error.strerror}.",
                "Give the folder that holds u.data, u.item, u.user and the others.",
            ) from error
    return contents


def verify(contents: Mapping[str, bytes], where: str) -> None:
    """Check that every file is the one that GroupLens published.

    Raises
    ------
    IntegrityError
        Naming the files that differ.
    """
    different = [
        name
        for name, expected in FILE_MD5.items()
        if hashlib.md5(contents[name], usedforsecurity=False).hexdigest() != expected
    ]
    if different:
        raise IntegrityError(
            f"{where}: not the files of MovieLens 100K: {', '.join(different)}.",
            "Fetch the original with: movierec download --force",
        )


def pack(contents: Mapping[str, bytes], archive: zipfile.ZipFile) -> None:
    """Write the files into an open archive, laid out as the original is."""
    for name, data in contents.items():
        archive.writestr(_FOLDER + name, data, zipfile.ZIP_DEFLATED)


def parse(contents: Mapping[str, bytes]) -> Dataset:
    """Turn the files into a `Dataset`.

    Raises
    ------
    DataError
        Naming file, line and column of the first thing that is wrong.
    """
    return parse_files(contents, NAME, FOLDS)
