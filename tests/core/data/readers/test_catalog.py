"""Tables of films and users are read by the usual names of their columns."""

import io

import pytest

from movierec_cli.core.data.readers.catalog import (
    FilmTable,
    UserTable,
    read_films,
    read_links,
    read_users,
)
from movierec_cli.core.data.readers.tables import Problems, sniff
from movierec_cli.core.errors import DataError


def films(data: str | bytes, problems: Problems | None = None) -> FilmTable:
    file = opened(data)
    return read_films(file, "films.csv", sniff(file), problems or Strict())


def users(data: str | bytes, problems: Problems | None = None) -> UserTable:
    file = opened(data)
    return read_users(file, "users.csv", sniff(file), problems or Strict())


class Strict(Problems):
    """Problems of which none may be added."""

    def add(self, *problem: object) -> None:  # type: ignore[override]
        raise AssertionError(problem)


def opened(data: str | bytes) -> io.BufferedReader:
    raw = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return io.BufferedReader(raw)  # type: ignore[arg-type]


def test_films_of_movielens_are_read() -> None:
    found = films(
        "movieId,title,genres\r\n"
        "1,Toy Story (1995),Adventure|Children\r\n"
        '11,"American President, The (1995)",Drama\r\n'
        "40697,Babylon 5 ,(no genres listed)\r\n"
        "147250,The OA (2007-),\r\n"
    )
    assert found.titles == {
        "1": "Toy Story (1995)",
        "11": "American President, The (1995)",
        "40697": "Babylon 5",
        "147250": "The OA (2007-)",
    }
    assert found.dates == {"1": "1995-01-01", "11": "1995-01-01", "147250": "2007-01-01"}
    assert found.genres == {"1": ("Adventure", "Children"), "11": ("Drama",), "40697": ()}


def test_a_year_in_a_column_is_added_to_a_title_without_one() -> None:
    found = films("id;name;year\n7;Heat;1995\n8;Heat (1986);1987\n9;Heat;\n")
    assert found.titles == {"7": "Heat (1995)", "8": "Heat (1986)", "9": "Heat"}
    assert found.dates == {"7": "1995-01-01", "8": "1987-01-01"}


@pytest.mark.parametrize(
    ("year", "date"), [("1995.0", "1995"), ("1995-03-22", "1995"), ("0045", "0045")]
)
def test_a_year_may_be_part_of_a_number_or_date(year: str, date: str) -> None:
    assert films(f"film,year\n7,{year}\n").dates == {"7": f"{date}-01-01"}


def test_a_film_without_a_title_is_called_by_its_id() -> None:
    assert films("film,title\nx7,\n").titles == {"x7": "x7"}
    assert films("film\nx7\n").titles == {"x7": "x7"}
    assert films("title\nHeat (1995)\n").titles == {"Heat (1995)": "Heat (1995)"}


def test_ids_are_those_of_the_ratings() -> None:
    assert list(films("film,title\n007,a\n7,b\n9.0,c\n").titles) == ["007", "7", "9"]


@pytest.mark.parametrize("separator", ["|", ";", ","])
def test_genres_are_separated_by_what_is_found_first(separator: str) -> None:
    cell = f"Drama{separator} Sci-Fi"
    assert films(f'film\tgenres\n6\tWar\n7\t{cell}\n8\tA{separator}B\n').genres == {
        "6": ("War",), "7": ("Drama", "Sci-Fi"), "8": ("A", "B"),
    }  # fmt: skip


def test_the_films_of_recbole_are_read() -> None:
    found = films(
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "1\tToy Story\t1995\tAnimation Children's Comedy\n"
    )
    assert found.titles == {"1": "Toy Story (1995)"}
    assert found.genres == {"1": ("Animation", "Children's", "Comedy")}


def test_the_films_of_imdb_are_read_with_marks_for_missing_values() -> None:
    found = films(
        "tconst\tprimaryTitle\tstartYear\tgenres\n"
        "tt0114709\tToy Story\t1995\tAnimation,Comedy\n"
        "tt9\tnull\t\\N\t\\N\n"
    )
    assert found.titles == {"tt0114709": "Toy Story (1995)", "tt9": "null"}
    assert found.dates == {"tt0114709": "1995-01-01"}
    assert found.genres == {"tt0114709": ("Animation", "Comedy")}
    assert found.imdb == {"tt0114709": "tt0114709", "tt9": "tt0000009"}


def test_ids_at_other_sites_are_kept_with_all_their_zeros() -> None:
    found = FilmTable()
    file = opened("movieId,imdbId,tmdbId\n1,0114709,862\n2,12345678,\n3,tt0000417,775.0\n4,,5\n")
    read_links(file, "links.csv", sniff(file), found, Strict())
    assert found.imdb == {"1": "tt0114709", "2": "tt12345678", "3": "tt0000417"}
    assert found.tmdb == {"1": 862, "3": 775, "4": 5}


def test_wrong_values_of_films_are_named() -> None:
    problems = Problems()
    found = films(
        b"film,title,year,imdb_id,tmdb_id\n"
        b"1,a,soon,nm1,x\n ,b,1995,,\n3,\xff,,,\n4,d,2001,,\n\xff,e,,,\n", problems,
    )  # fmt: skip
    assert problems.messages == [
        "films.csv, line 2, column year: 'soon' is not a year",
        "films.csv, line 2, column imdb_id: 'nm1' is not an IMDb id",
        "films.csv, line 2, column tmdb_id: 'x' is not a TMDb id",
        "films.csv, line 3, column film: '' is not the id of a film",
        "films.csv, line 4, column title: '\ufffd' is not readable as text in UTF-8",
        "films.csv, line 6, column film: '\ufffd' is not readable as text in UTF-8",
    ]
    assert found.titles["4"] == "d (2001)"


def test_tables_without_a_column_of_ids_are_refused() -> None:
    with pytest.raises(DataError, match=r"films\.csv has no column of film ids; it has: x"):
        films("x\n1\n")
    with pytest.raises(DataError, match=r"users\.csv has no column of user ids; it has: x") as e:
        users("x\n1\n")
    assert e.value.hint == "Name it user_id."
    file = opened("x\n1\n")
    with pytest.raises(DataError, match=r"links\.csv has no column of film ids"):
        read_links(file, "links.csv", sniff(file), FilmTable(), Strict())


def test_users_are_read_and_unknown_values_are_left_out() -> None:
    found = users(
        "user_id,age,sex,job,zip_code\n"
        "1,24,M,writer,05401\nx,,female,,\n3,35.0,other,none,T8H1N\n4,NaN,w,\\N,N/A\n"
    )
    assert found.ids == ["1", "x", "3", "4"]
    assert found.age == {"1": 24, "3": 35}
    assert found.gender == {"1": 0, "x": 1, "4": 1}
    assert found.occupation == {"1": "writer", "3": "none"}
    assert found.zip_code == {"1": "05401", "3": "T8H1N"}


def test_wrong_values_of_users_are_named() -> None:
    problems = Problems()
    users(f"user,age,gender\n1,0,M\n2,121,Q\n3,x,F\n,5,F\n5,{'9' * 5000},F\n", problems)
    assert [message.partition("'")[0] for message in problems.messages] == [
        "users.csv, line 2, column age: ",
        "users.csv, line 3, column age: ",
        "users.csv, line 3, column gender: ",
        "users.csv, line 4, column age: ",
        "users.csv, line 5, column user: ",
        "users.csv, line 6, column age: ",
    ]
    assert problems.messages[2].endswith("'Q' is not one of M, F, other")


def test_codes_are_translated_and_a_problem_names_the_code() -> None:
    file = opened("user,age\n1,18\n2,x\n")
    problems = Problems()
    found = read_users(
        file, "u", sniff(file), problems, {"age": {"18": "21", "x": "no"}.__getitem__}
    )
    assert found.age == {"1": 21}
    assert problems.messages == ["u, line 3, column age: 'x' is not an age of 1 to 120"]
