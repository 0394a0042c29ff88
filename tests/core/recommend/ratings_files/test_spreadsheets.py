"""Tables made by hand are read as they were meant, or refused with file, line and column."""

from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.reading import read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.conftest import Read, films, outcomes, seen


@pytest.mark.parametrize(
    "content",
    [
        "title,rating\nfargo,4\nToy Story (1995),2.5\n",
        "rating,film\n4,20\n2.5,10\n",
        "\ufeffFilm, Rating\r\n20, 4\r\n10, 2.5\r\n",
        'title,rating,note\n"Fargo (1996)",4,"great, really"\nToy Story,2.5,\n\n',
        "title;rating\r\nFargo;4\r\nToy Story;2,5\r\n",
        "\ufefftitle;rating\r\nFargo;4\r\nToy Story;2,5\r\n",
        "title\trating\nFargo\t4\nToy Story\t2.5\n",
        "title|rating\nFargo|4\nToy Story|2.5\n",
        'title,rating\nFargo,4\nToy Story,"2,5"\n',
        "sep=;\ntitle;rating\nFargo;4\nToy Story;2.5\n",
        "\ufeffsep=;\r\ntitle;rating\r\nFargo;4\r\nToy Story;2.5\r\n",
        "\n\ntitle,rating\n\nFargo,4\n\n\nToy Story,2.5\n",
        "  \n\t\ntitle;rating\nFargo;4\nToy Story;2,5\n",
        ",,\n,,\ntitle,rating,\nFargo,4,\n,,\nToy Story,2.5,\n",
        "film_id,rating\n20,4\n10,2.5\n",
        "Movie,Stars\nFargo,4\n10,2.5\n",
        "title,Rating10\nFargo,8\nToy Story,5\n",
    ],
)
def test_a_table_is_read(content: str, read: Read, old: TitleIndex) -> None:
    own = read(content, old)
    assert films(own) == {"Fargo (1996)": 4.0, "Toy Story (1995)": 2.5}
    assert own.report.details() == []
    own.report.require_complete()


def test_utf_16_of_a_spreadsheet_is_read(read: Read, old: TitleIndex) -> None:
    assert films(read("title\trating\r\nFargo\t4\r\n".encode("utf-16"), old)) == {"Fargo (1996)": 4}


def test_title_and_year_are_used_together(read: Read, latest: TitleIndex) -> None:
    own = read(
        "title,year,rating\nThe Lion King,2019,2\nScream,2022,5\nToy Story 3,2010,5\n"
        "The Whale,2022,4\nRocky,1976,5\nSaw,2004,1\n",
        latest,
    )
    assert films(own) == {"Toy Story 3 (2010)": 5.0, "Rocky (1976)": 5.0, "Saw (2004)": 1.0}
    assert outcomes(own) == {
        2: "not in the catalog", 3: "not in the catalog", 4: "matched",
        5: "not in the catalog", 6: "matched", 7: "matched",
    }  # fmt: skip


@pytest.mark.parametrize("column", ["title", "film"])
@pytest.mark.parametrize("year", ["1954", "1954.0", "1954-09-22"])
def test_a_year_decides_between_films(column: str, year: str, read: Read, old: TitleIndex) -> None:
    own = read(f"{column},Year,rating\nSabrina,{year},4\n", old)
    assert films(own) == {"Sabrina (1954)": 4.0}


def test_a_year_may_be_one_off_where_no_other_film_fits(read: Read, old: TitleIndex) -> None:
    own = read("title,year,rating\nUnderworld,1996,4\nSabrina,1994,3\nHeat,1986,2\n", old)
    assert films(own) == {"Underworld (1997)": 4.0, "Sabrina (1995)": 3.0}
    said = "Underworld (1996) is Underworld (1997) in the catalog"
    assert any(said in line for line in own.report.lines())
    assert outcomes(own)[4] == "not in the catalog"


def test_a_number_in_the_column_of_titles_is_a_title(read: Read, latest: TitleIndex) -> None:
    own = read("title,rating\n300,4\n9,3\n1408,5\n42,4\n", latest)
    assert films(own) == {"300 (2007)": 4, "9 (2009)": 3, "1408 (2007)": 5, "42 (2013)": 4}
    assert films(read("title,rating\n110,4\n356,3\nFargo,5\n", latest)) == {"Fargo (1996)": 5}


def test_a_number_is_a_title_with_its_year_too(read: Read, latest: TitleIndex) -> None:
    own = read("title,year,rating\n300,2006,4\n1408,2007,5\n2046,2004,3\n1917,2019,5\n", latest)
    assert films(own) == {"300 (2007)": 4.0, "1408 (2007)": 5.0, "2046 (2004)": 3.0}


def test_a_number_in_the_column_of_films_is_an_id(read: Read, latest: TitleIndex) -> None:
    own = read("film,rating\n300,4\n1408,5\n187,3\nFargo,2\n", latest)
    ids = latest.dataset.films.ids
    assert {int(ids[row]) for row in own.ratings} >= {300, 1408, 187}
    assert films(own)["Fargo (1996)"] == 2.0


def test_an_article_tells_films_apart(read: Read, latest: TitleIndex) -> None:
    own = read("title,rating\nHeat,4\nThe Heat,3\n", latest)
    assert films(own) == {"Heat (1995)": 4.0, "Heat, The (2013)": 3.0}


@pytest.mark.parametrize("row", ["Fargo,", "Fargo", "Fargo,  "])
def test_unrated_rows_are_seen(row: str, read: Read, old: TitleIndex) -> None:
    own = read(f"title,rating\n{row}\nHeat,4\n", old)
    assert (films(own), seen(own)) == ({"Heat (1995)": 4.0}, {"Fargo (1996)"})
    assert "Matched: 1 film, and 1 seen but not rated." in own.report.lines()


@pytest.mark.parametrize("order", ["Fargo,\nFargo,4\n", "Fargo,4\nFargo,\n"])
def test_a_rated_film_is_not_only_seen(order: str, read: Read, old: TitleIndex) -> None:
    own = read(f"title,rating\n{order}", old)
    assert (films(own), seen(own)) == ({"Fargo (1996)": 4.0}, set())


def test_unused_columns_are_named(read: Read, old: TitleIndex) -> None:
    own = read("title,note,rating,Seen with\nFargo,good,4,Ann\n", old)
    assert own.report.lines()[0].endswith("Not used: note, Seen with.")


def test_the_same_rating_twice_is_no_problem(read: Read, old: TitleIndex) -> None:
    own = read("title,rating\nFargo,5\nFargo (1996),5\n", old)
    assert films(own) == {"Fargo (1996)": 5.0}
    own.report.require_complete()


def test_of_two_ratings_the_last_counts_and_both_lines_are_named(
    read: Read, old: TitleIndex
) -> None:
    own = read("title,rating\nFargo,5\nFargo (1996),3\n", old)
    assert films(own) == {"Fargo (1996)": 3.0}
    said = "Fargo (1996) in lines 2 and 3 (5, then 3 stars)"
    assert f"Rated twice, the last counts: {said}." in own.report.lines()
    with pytest.raises(DataError, match="lines 2 and 3"):
        own.report.require_complete()


THREE_ERRORS = "title,rating\nParasite,5\nFargo,0.5\nSabrina,4\nInception,4\nHeat,4\n"


def test_every_problem_is_reported_and_the_rest_counts(read: Read, old: TitleIndex) -> None:
    own = read(THREE_ERRORS, old)
    assert films(own) == {"Heat (1995)": 4.0}
    assert outcomes(own) == {
        2: "not in the catalog", 3: "wrong row", 4: "ambiguous", 5: "not in the catalog",
        6: "matched",
    }  # fmt: skip
    lines = "\n".join(own.report.lines())
    assert "Not in the catalog: 2 films: Parasite; Inception. by-hand has 11 films" in lines
    assert "Ambiguous: 1 film: Sabrina (line 4)." in lines
    assert "Matched: 1 film; left out: 4 rows." in lines
    assert "1 wrong row: line 3." in lines


def test_strict_refuses_every_problem_at_once(read: Read, old: TitleIndex) -> None:
    with pytest.raises(DataError) as caught:
        read(THREE_ERRORS, old).report.require_complete()
    for expected in (
        "mine.csv: 4 problems",
        "line 2: Parasite: not in the catalog",
        "line 3: wrong row (column rating: '0.5' is not a rating of 1 to 5 stars)",
        "line 4: Sabrina: ambiguous (may be: Sabrina (1954); Sabrina (1995))",
        "line 5: Inception: not in the catalog",
    ):
        assert expected in caught.value.message


def test_strict_lists_twenty_problems_of_many(read: Read, old: TitleIndex) -> None:
    rows = "".join(f"Fargo,{number}\n" for number in range(6, 36))
    with pytest.raises(DataError, match="31 problems") as caught:
        read(f"title,rating\n{rows}Xyzzy,3\nHeat,3\n", old).report.require_complete()
    assert "line 21" in caught.value.message
    assert "line 22" not in caught.value.message
    assert "and 11 more" in caught.value.message


@pytest.mark.parametrize(
    "rating",
    ["★★★★½", "4/5", "0_5", "good", "6", "0", "-4", "nan", "inf", "4.5.1", "1e0", "４", "4 stars"],
)
def test_what_is_no_rating_is_refused(rating: str, read: Read, old: TitleIndex) -> None:
    own = read(f"title,rating\nFargo,{rating}\n", old)
    assert own.ratings == {}
    with pytest.raises(DataError) as caught:
        own.report.require_match()
    expected = f"line 2: wrong row (column rating: '{rating}' is not a rating of 1 to 5 stars)"
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title,rating\nfargo,4,5\n", "line 2: wrong row ('fargo,4,5' has 3 cells, the header 2)"),
        ("title,rating\n,4\n", "line 2: wrong row (',4' names no film)"),
        ("title,year,rating\nFargo,new,4\n", "column year: 'new' is not a year"),
        ("title,imdb_id,rating\nFargo,nm001,4\n", "'nm001' is not an id at IMDb"),
        (b"title,rating\nFargo,4\x01\n", "column rating: "),
        (b"title,rating\n\xe9vita,4\n", "is not readable as text in UTF-8"),
        ('title,rating\n"fargo,4\n', "line 2: fargo,4: not in the catalog"),
    ],
)
def test_a_wrong_row_is_named(
    content: str | bytes, message: str, read: Read, old: TitleIndex
) -> None:
    with pytest.raises(DataError) as caught:
        read(content, old).report.require_match()
    assert message in caught.value.message
    assert caught.value.exit_code == 3


def test_a_comma_without_quotes_gets_the_advice(read: Read, old: TitleIndex) -> None:
    with pytest.raises(DataError) as caught:
        read("title,rating\nGodfather, The (1972),5\n", old).report.require_match()
    assert caught.value.hint.startswith("Quote a title that has a comma")


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("colour,rating\nfargo,4\n", "line 1: has the columns colour, rating", "film,rating"),
        ("title\nfargo\n", "line 1: has the columns title", "film,rating"),
        ("title,rating,rating\nfargo,4,4\n", "line 1: has the columns title, rating, rating", ""),
        ("", "is empty", ""),
        ("\n\n", "is empty", ""),
    ],
)
def test_a_header_without_films_or_ratings_is_refused(
    content: str, message: str, hint: str, read: Read, old: TitleIndex
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read(content, old)
    assert hint in caught.value.hint


def test_a_table_without_rows_is_refused(read: Read, old: TitleIndex) -> None:
    with pytest.raises(DataError, match="names no film") as caught:
        read("title,rating\n", old).report.require_match()
    assert "a film on each line" in caught.value.hint


def test_if_no_film_is_known_the_error_names_extent_and_newer_data(
    read: Read, old: TitleIndex
) -> None:
    titles = TitleIndex(replace(old.dataset, name="ml-100k"))
    with pytest.raises(DataError) as caught:
        read("title,year,rating\nParasite,2019,5\n", titles).report.require_match()
    assert caught.value.exit_code == 3
    assert "ml-100k has 11 films, 1954 to 1997" in caught.value.message
    assert "line 2: Parasite (2019): not in the catalog" in caught.value.message
    assert "movierec train dnn --dataset ml-latest-small" in caught.value.hint


def test_several_files_add_up_and_the_later_wins(tmp_path: Path, old: TitleIndex) -> None:
    (tmp_path / "a.csv").write_text("title,rating\nFargo,5\nHeat,\n")
    (tmp_path / "b.csv").write_text("title,rating\nFargo,3\nHeat,2\nToy Story,4\n")
    own = read_ratings([tmp_path / "a.csv", tmp_path / "b.csv"], old)
    assert films(own) == {"Fargo (1996)": 3.0, "Heat (1995)": 2.0, "Toy Story (1995)": 4.0}
    assert own.seen == frozenset()
    said = "\n".join(own.report.lines())
    assert "a.csv, line 2 and " in said
    assert "b.csv, line 2 (5, then 3 stars)" in said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, old: TitleIndex) -> None:
    with pytest.raises(DataError, match=r"There is no file .*none\.csv"):
        read_ratings([tmp_path / "none.csv"], old)


def test_ratings_are_in_the_order_of_their_days_those_without_one_first(
    tmp_path: Path, old: TitleIndex
) -> None:
    rows = "Heat,5,2024-05-02\nToy Story,3,2024-05-01\nFargo,4,\n"
    (tmp_path / "mine.csv").write_text(f"film,rating,date\n{rows}")
    own = read_ratings([tmp_path / "mine.csv"], old)
    titles = old.dataset.films.titles
    names = [titles[row].split(" (")[0] for row in own.ratings]
    assert names == ["Fargo", "Toy Story", "Heat"]
