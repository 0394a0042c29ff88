"""Lists of films: from sites, festivals and text; matched and reported as ratings files are."""

from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.entries import Outcome
from movierec_cli.core.recommend.ratings_files.film_lists import (
    WATCHED,
    FilmList,
    read_film_lists,
)
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.test_opening import EXPORT, write_zip


def titles(found: FilmList) -> set[str]:
    return {str(found.report.dataset.films.titles[row]) for row in found.films}


def read(folder: Path, content: str | bytes, catalog: TitleIndex, name: str) -> FilmList:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_film_lists([path], catalog)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Date,Name,Year,Letterboxd URI\n2024-01-02,Fargo,1996,x\n2024-01-02,Heat,1995,x\n",
         "watchlist.csv"),
        ("Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-01-02,Noir,,x,\"a\n\nb\""
         "\n\nPosition,Name,Year,URL,Description\n1,Fargo,1996,x,\n2,Heat,1995,x,\n", "noir.csv"),
        ("Position,Const,Title,Title Type,Your Rating,Year\n1,tt0116282,Fargo,Movie,,1996\n"
         "2,tt0113277,Heat,Movie,9,1995\n", "imdb.csv"),
        ('[{"type": "movie", "movie": {"title": "Fargo", "year": 1996}}, '
         '{"type": "movie", "rating": 9, "movie": {"title": "Heat", "year": 1995}}]', "trakt.json"),
        ("title;year\nFargo;1996\nHeat;1995\n", "program.csv"),
        ("film,rating\nFargo,great\nHeat,8.3\n", "with-ratings.csv"),
        ("Fargo (1996)\n\n  Heat\r\n", "program.txt"),
        ("- Fargo\n- Heat (1995)\n", "program.md"),
        ("\ufeffFargo\nHeat", "program"),
        ("Fargo\nHeat".encode("utf-16"), "program.txt"),
        ("title\nFargo\nHeat\n", "program.txt"),
    ],
)  # fmt: skip
def test_a_list_of_any_kind_is_read(
    content: str | bytes, name: str, tmp_path: Path, old: TitleIndex
) -> None:
    found = read(tmp_path, content, old, name)
    assert titles(found) == {"Fargo (1996)", "Heat (1995)"}
    assert [row.outcome for row in found.report.rows] == [Outcome.matched] * 2
    assert "Matched: 2 films." in found.report.lines()


def test_an_export_has_a_watchlist_to_choose_from_and_watched_films_to_leave_out(
    tmp_path: Path, old: TitleIndex
) -> None:
    export = write_zip(tmp_path / "export.zip", EXPORT, "letterboxd-ann/")
    assert titles(read_film_lists([export], old)) == {"Fargo (1996)", "Sabrina (1995)"}
    assert titles(read_film_lists([export], old, WATCHED)) == {"Fargo (1996)", "Heat (1995)"}


def test_lines_that_mean_no_film_are_reported_with_their_numbers(
    tmp_path: Path, old: TitleIndex
) -> None:
    found = read(tmp_path, b"Fargo\nNo Such Film\nSabrina\n\nfargo\nA\xff\n", old, "list.txt")
    assert titles(found) == {"Fargo (1996)"}
    assert [(row.entry.line, str(row.outcome)) for row in found.report.rows] == [
        (1, "matched"), (2, "not in the catalog"), (3, "ambiguous"), (5, "repeated"),
        (6, "wrong row"),
    ]  # fmt: skip
    assert "Not in the catalog: 1 film: No Such Film. by-hand has" in "\n".join(
        found.report.lines()
    )


def test_a_line_that_is_no_text_is_reported(tmp_path: Path, old: TitleIndex) -> None:
    cut = "Fargo\nHeat".encode("utf-16")[:-1]  # within a character
    found = read(tmp_path, cut, old, "list.txt")
    assert titles(found) == {"Fargo (1996)"}
    assert [row.outcome for row in found.report.rows] == [Outcome.matched, Outcome.wrong]


def test_several_lists_add_up(tmp_path: Path, old: TitleIndex) -> None:
    for name, title in (("a.txt", "Fargo"), ("b.txt", "Heat")):
        (tmp_path / name).write_text(title)
    found = read_film_lists([tmp_path / "a.txt", tmp_path / "b.txt"], old)
    assert titles(found) == {"Fargo (1996)", "Heat (1995)"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "when,where\nFriday,Hall 1\n", "has the columns when, where"),
        ("a.csv", "", "is empty"),
    ],
)
def test_a_table_without_films_is_refused(
    name: str, content: str, message: str, tmp_path: Path, old: TitleIndex
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, old, name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, old: TitleIndex) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_film_lists([tmp_path / "none.txt"], old)
    with pytest.raises(DataError, match=r"has no watchlist\.csv"):
        read_film_lists([write_zip(tmp_path / "a.zip", {"ratings.csv": ""})], old)


def test_a_list_without_a_film_of_the_catalog_is_said(tmp_path: Path, old: TitleIndex) -> None:
    with pytest.raises(DataError, match="names no known film"):
        read(tmp_path, "Solaris\n", old, "list.txt").report.require_match()
