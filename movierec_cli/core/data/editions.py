"""The published editions of MovieLens. A new one is added to `EDITIONS`."""

import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.layouts import CSV_FILES, DAT_FILES, FOLDS, U_FILES, Layout
from movierec_cli.core.errors import IntegrityError
from movierec_cli.core.files import is_file, is_folder
from movierec_cli.core.progress import SILENT, Progress

if TYPE_CHECKING:
    from movierec_cli.core.data.sources import Source

_SITE = "https://files.grouplens.org/datasets/movielens/"
_MIRROR = "https://huggingface.co/datasets/Recommenders/MovieLens/resolve/main/"
_PACKAGED = Path(__file__).parent / "packaged"
_CITATION = "Cite: Harper and Konstan (2015), The MovieLens Datasets, doi 10.1145/2827872."
_RESEARCH = (
    "{} is free for research; redistribution and commercial use need the permission of "
    f"GroupLens. {_CITATION}"
)
_CHUNK = 2**20


@dataclass(frozen=True)
class Edition:
    """A data set as its publisher offers it: one zip archive.

    Attributes
    ----------
    title
        Name in messages, such as ``MovieLens 100K``.
    layout
        The layout of its files.
    last_year
        The year of its newest films.
    bytes, checksum
        Size and checksum of the archive, the latter as ``sha256:HEX`` or ``md5:HEX``; ``None`` for
        an edition that changes.
    folder
        Folder of the files in the archive, with a slash at the end.
    mirrors
        Addresses of copies, tried after the official one.
    files
        File name -> MD5 in hexadecimal, where they are known for every file that is read. A
        repacked archive or a folder with the same files is as good as the original archive.
    folds
        Names of the official folds.
    is_packaged
        True if the archive comes with movierec.
    """

    name: str
    title: str
    layout: Layout
    last_year: int
    bytes: int | None
    checksum: str | None
    folder: str
    terms: str
    mirrors: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    folds: tuple[str, ...] = ()
    is_packaged: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """The official address and the mirrors, in the order in which they are tried."""
        return f"{_SITE}{self.name}.zip", *self.mirrors

    @property
    def packaged_archive(self) -> Path | None:
        """Path of the archive that comes with movierec; ``None`` if there is none."""
        return _PACKAGED / f"{self.name}.zip" if self.is_packaged else None

    def read(self, path: Path, label: str, progress: Progress = SILENT) -> Dataset:
        """Verify and read an archive or folder; errors call it ``label``.

        Raises
        ------
        DataError
            If there is nothing at ``path``, or it cannot be read.
        IntegrityError
            If it is damaged, or is another data set.
        """
        from movierec_cli.core.data.sources import open_source  # noqa: PLC0415 - seldom needed

        with open_source(path, self._advice(label), label) as source:
            inner = source.within(self.folder)
            root = inner if self._is_complete(inner) else source
            self._verify(path, root)
            return self.layout.read(root, self.name, progress).dataset

    def pack(self, folder: Path, file: BinaryIO) -> None:
        """Write the files of a folder as a zip archive with the paths of the original."""
        root = folder / self.folder if is_folder(folder / self.folder) else folder
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (*self.layout.required, *self.layout.optional):
                if is_file(root / name):
                    archive.write(root / name, self.folder + name)

    def _is_complete(self, source: "Source") -> bool:
        return all(name in source.sizes for name in self.layout.required)

    def _verify(self, path: Path, source: "Source") -> None:
        """Check the archive, or else all files, against the published checksums."""
        lacking = [
            name for name in (self.files or self.layout.required) if name not in source.sizes
        ]
        if lacking:
            raise IntegrityError(
                f"{source.label} is not {self.title}: it lacks {self.folder}{lacking[0]}.",
                self._advice(source.label),
            )
        if self.checksum is None or (is_file(path) and matches(path, self.checksum)):
            return
        wrong = [name for name, md5 in self.files.items() if source.md5(name) != md5]
        if wrong or not self.files:
            what = f"these files differ: {', '.join(wrong)}" if wrong else "its checksum differs"
            raise IntegrityError(
                f"{source.label} is not {self.title}: {what}.", self._advice(source.label)
            )

    def _advice(self, label: str) -> str:
        """Return the next steps where ``label`` is another data set, or damaged."""
        original = f"Get the original with: movierec download {self.name} --force"
        if "://" in label:
            return original
        own = f"To use this one as data of your own: movierec import {label} --name NAME"
        return f"{original}. {own}"


def matches(path: Path, checksum: str) -> bool:
    """Return whether a file has a checksum, given as ``sha256:HEX`` or ``md5:HEX``."""
    kind, _, expected = checksum.partition(":")
    digest = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == expected


EDITIONS = {
    edition.name: edition
    for edition in (
        Edition(
            name="ml-100k",
            title="MovieLens 100K",
            layout=U_FILES,
            last_year=1998,
            bytes=4_924_029,
            checksum="sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
            folder="ml-100k/",
            mirrors=(f"{_MIRROR}ml-100k.zip",),
            files={
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
            },
            folds=FOLDS,
            terms=_RESEARCH.format("MovieLens 100K"),
        ),
        Edition(
            name="ml-1m",
            title="MovieLens 1M",
            layout=DAT_FILES,
            last_year=2000,
            bytes=5_917_549,
            checksum="sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
            folder="ml-1m/",
            mirrors=(f"{_MIRROR}ml-1m.zip",),
            terms=_RESEARCH.format("MovieLens 1M"),
        ),
        Edition(
            name="ml-10m",
            title="MovieLens 10M",
            layout=DAT_FILES,
            last_year=2008,
            bytes=None,  # about 65.6 MB
            checksum="md5:ce571fd55effeba0271552578f2648bd",
            folder="ml-10M100K/",
            mirrors=(f"{_MIRROR}ml-10m.zip",),
            terms=_RESEARCH.format("MovieLens 10M"),
        ),
        Edition(
            name="ml-20m",
            title="MovieLens 20M",
            layout=CSV_FILES,
            last_year=2015,
            bytes=198_702_078,
            checksum="sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
            folder="ml-20m/",
            mirrors=(f"{_MIRROR}ml-20m.zip",),
            terms=_RESEARCH.format("MovieLens 20M"),
        ),
        Edition(
            name="ml-25m",
            title="MovieLens 25M",
            layout=CSV_FILES,
            last_year=2019,
            bytes=261_978_986,
            checksum="sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
            folder="ml-25m/",
            terms=_RESEARCH.format("MovieLens 25M"),
        ),
        Edition(
            name="ml-32m",
            title="MovieLens 32M",
            layout=CSV_FILES,
            last_year=2023,
            bytes=238_950_008,
            checksum="md5:d472be332d4daa821edc399621853b57",
            folder="ml-32m/",
            files={
                "ratings.csv": "cf12b74f9ad4b94a011f079e26d4270a",
                "movies.csv": "0df90835c19151f9d819d0822e190797",
                "links.csv": "8f033867bcb4e6be8792b21468b4fa6e",
            },
            terms=_RESEARCH.format("MovieLens 32M"),
        ),
        Edition(
            name="ml-latest-small",
            title="MovieLens Latest Small",
            layout=CSV_FILES,
            last_year=2018,
            bytes=978_202,
            checksum="sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
            folder="ml-latest-small/",
            files={
                "ratings.csv": "325a6f09399d1c45671f187505e1a100",
                "movies.csv": "ed94fab72b62442ef8150d9446e000d6",
                "links.csv": "316913f95cdad64c745ca22f3630e230",
            },
            is_packaged=True,
            terms="MovieLens Latest Small may be used for research, and redistributed under the "
            f"same conditions; commercial use needs the permission of GroupLens. {_CITATION}",
        ),
        Edition(
            name="ml-latest",
            title="MovieLens Latest",
            layout=CSV_FILES,
            last_year=2023,
            bytes=None,  # about 335 MB; it changes
            checksum=None,
            folder="ml-latest/",
            terms=_RESEARCH.format("MovieLens Latest"),
        ),
    )
}
"""Name -> published edition."""


def edition_name(typed: str) -> str:
    """Return the name of the edition that ``ml100k``, ``movielens-1m`` and the like mean.

    Another name is returned as it is.
    """
    plain = re.sub(r"[^a-z0-9]", "", typed.lower()).replace("movielens", "ml")
    plain = plain if plain.startswith("ml") else f"ml{plain}"
    names = {re.sub(r"-", "", name): name for name in EDITIONS} | {"mlsmall": "ml-latest-small"}
    return names.get(plain, typed)
