"""Exports are read as archive and as folder; what is none of ratings is refused."""

import os
import threading
import zipfile
from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.recommend.ratings_files.reading import read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.conftest import films, seen

RATINGS = "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,{},1996,https://boxd.it/a,4\n"
WATCHED = (
    "Date,Name,Year,Letterboxd URI\n2024-01-02,Fargo,1996,https://boxd.it/a\n"
    "2024-01-02,Heat,1995,https://boxd.it/b\n"
)
EXPORT = {
    "ratings.csv": RATINGS.format("Fargo"),
    "watched.csv": WATCHED,
    "watchlist.csv": WATCHED.replace("Heat", "Sabrina"),
    "deleted/ratings.csv": RATINGS.format("Underworld"),
    "orphaned/ratings.csv": RATINGS.format("Underworld"),
    "likes/films.csv": WATCHED,
    "lists/ratings.csv": "\0",
}


def write_zip(path: Path, contents: dict[str, str], folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(folder + name, content)
    return path


@pytest.mark.parametrize("folder", ["", "letterboxd-ann-2024/"])
@pytest.mark.parametrize("name", ["letterboxd.zip", "export"])
def test_an_archive_of_letterboxd_is_read(
    folder: str, name: str, tmp_path: Path, old: TitleIndex
) -> None:
    own = read_ratings([write_zip(tmp_path / name, EXPORT, folder)], old)
    assert (films(own), seen(own)) == ({"Fargo (1996)": 4.0}, {"Heat (1995)"})
    assert [file.source for file in own.report.files] == ["Letterboxd", "Letterboxd"]
    assert len(own.report.rows) == 2


def test_an_unpacked_export_is_read(tmp_path: Path, old: TitleIndex) -> None:
    for name, content in EXPORT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert films(read_ratings([tmp_path], old)) == {"Fargo (1996)": 4.0}


def test_an_archive_of_trakt_is_read(tmp_path: Path, old: TitleIndex) -> None:
    content = '[{"rating": 9, "type": "movie", "movie": {"title": "Fargo", "year": 1996}}]'
    path = write_zip(tmp_path / "trakt.zip", {"ratings-movies.json": content, "lists.json": "[]"})
    assert films(read_ratings([path], old)) == {"Fargo (1996)": 4.5}


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"deleted/ratings.csv": RATINGS}, r"has no ratings\.csv"),
        ({"watchlist.csv": WATCHED}, r"has no ratings\.csv"),
        ({"xl/workbook.xml": "", "ratings.csv": RATINGS}, "is a workbook"),
    ],
)
def test_other_archives_are_refused(
    contents: dict[str, str], message: str, tmp_path: Path, old: TitleIndex
) -> None:
    with pytest.raises(DataError, match=message):
        read_ratings([write_zip(tmp_path / "mine.zip", contents)], old)


def test_a_damaged_archive_is_refused(tmp_path: Path, old: TitleIndex) -> None:
    (tmp_path / "mine.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(IntegrityError, match="not a readable zip archive"):
        read_ratings([tmp_path / "mine.zip"], old)


def test_a_watchlist_is_refused(tmp_path: Path, old: TitleIndex) -> None:
    path = tmp_path / "watchlist.csv"
    path.write_text(WATCHED)
    with pytest.raises(DataError, match="is a watchlist") as caught:
        read_ratings([path], old)
    assert "ratings.csv" in caught.value.hint


def test_ratings_come_through_a_pipe(tmp_path: Path, old: TitleIndex) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("title,rating\nFargo,4\n",))
    writer.start()
    own = read_ratings([pipe], old)
    writer.join()
    assert films(own) == {"Fargo (1996)": 4.0}
