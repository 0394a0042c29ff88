"""Exports of film sites are recognised by their header, and their films found."""

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.conftest import Read, films, outcomes, seen
from tests.helpers import make_dataset

LETTERBOXD = """Date,Name,Year,Letterboxd URI,Rating
2024-01-02,Fargo,1996,https://boxd.it/2b8s,5
2024-01-03,The Godfather,1972,https://boxd.it/2aNK,4.5
2024-01-04,"The Good, the Bad and the Ugly",1966,https://boxd.it/29Pg,4
2024-01-05,Se7en,1995,https://boxd.it/2a6g,3.5
2024-01-06,Batman & Robin,1997,https://boxd.it/28xy,0.5
2024-01-07,Parasite,2019,https://boxd.it/hTha,5
"""

IMDB = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),"
    "Year,Genres,Num Votes,Release Date,Directors\r\n"
    "tt0116282,9,2024-01-02,Fargo,Fargo,https://www.imdb.com/title/tt0116282/,Movie,8.1,98,1996,"
    '"Crime, Thriller",700000,1996-04-05,"Joel Coen, Ethan Coen"\r\n'
    "tt0068646,10,2024-01-03,The Godfather,The Godfather,https://www.imdb.com/title/tt0068646/,"
    'Movie,9.2,175,1972,"Crime, Drama",2000000,1972-03-24,Francis Ford Coppola\r\n'
    "tt0903747,8,2024-01-04,Breaking Bad,Breaking Bad,https://www.imdb.com/title/tt0903747/,"
    'TV Series,9.5,,2008,"Crime, Drama",2000000,2008-01-20,\r\n'
)

TRAKT_CSV = (
    "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,rating\n"
    "2024-01-01T00:00:00Z,movie,Fargo,1996,8.0,207,tt0116282,275,9\n"
)

SITE = """movie_id,imdb_id,tmdb_id,rating,average_rating,title
1,0114709,862,3.5,3.8906,Toy Story (1995)
47,0114369,807,5,4.0,Seven (a.k.a. Se7en) (1995)
1198,0082971,85,4.5,4.1,\
Raiders of the Lost Ark (Indiana Jones and the Raiders of the Lost Ark) (1981)
2571,0133093,603,5,4.2,"Matrix, The (1999)"
"""

EDITION = """userId,movieId,rating,timestamp
1,1,4.0,964982703
1,47,5.0,964983815
1,260,5.0,964981680
"""


@pytest.mark.parametrize("column", ["Name", "Title"])
def test_letterboxd_is_read_by_title_and_year(column: str, read: Read, latest: TitleIndex) -> None:
    own = read(LETTERBOXD.replace("Name", column), latest)
    assert films(own) == {
        "Fargo (1996)": 5.0,
        "Godfather, The (1972)": 4.5,
        "Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)": 4.0,
        "Seven (a.k.a. Se7en) (1995)": 3.5,
        "Batman & Robin (1997)": 0.5,
    }
    assert outcomes(own)[7] == "not in the catalog"
    assert own.report.lines()[0].startswith("Letterboxd: ")
    assert "Not used" not in own.report.lines()[0]


def test_a_rating_below_the_scale_of_the_data_set_is_raised_and_said(
    read: Read, old: TitleIndex
) -> None:
    own = read(LETTERBOXD, old)
    assert films(own)["Batman & Robin (1997)"] == 1.0
    assert films(own)["Seven (Se7en) (1995)"] == 3.5
    assert "Raised to 1, the lowest rating of by-hand: 1 rating." in own.report.lines()


def test_watched_films_without_a_rating_are_seen(read: Read, latest: TitleIndex) -> None:
    own = read(
        "Date,Name,Year,Letterboxd URI\n2024-01-02,Fargo,1996,https://boxd.it/2b8s\n", latest
    )
    assert (films(own), seen(own)) == ({}, {"Fargo (1996)"})
    assert own.report.lines()[0].endswith("1 row, without ratings.")


def test_a_diary_counts_the_last_rating(read: Read, latest: TitleIndex) -> None:
    own = read(
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        "2020-01-02,Fargo,1996,https://boxd.it/a,3,,,2020-01-01\n"
        "2024-01-02,Fargo,1996,https://boxd.it/b,4.5,Yes,,2024-01-01\n"
        "2024-01-02,Heat,1995,https://boxd.it/c,,,,2024-01-01\n",
        latest,
    )
    assert (films(own), seen(own)) == ({"Fargo (1996)": 4.5}, {"Heat (1995)"})


def test_imdb_is_read_by_id_with_half_the_rating(read: Read, latest: TitleIndex) -> None:
    own = read(IMDB, latest)
    assert films(own) == {"Fargo (1996)": 4.5, "Godfather, The (1972)": 5.0}
    assert outcomes(own)[4] == "series or episode"
    assert own.report.lines()[0].startswith("IMDb: ")
    assert "ratings of 1 to 10" in own.report.lines()[0]


def test_imdb_is_read_by_title_where_the_catalog_has_no_ids(read: Read, old: TitleIndex) -> None:
    assert films(read(IMDB, old)) == {"Fargo (1996)": 4.5, "Godfather, The (1972)": 5.0}


@pytest.mark.parametrize(
    "kind", ["tvSeries", "TV Mini Series", "tvEpisode", "TV Episode", "Video Game", "tvMiniSeries"]
)
def test_series_are_passed_over(kind: str, read: Read, latest: TitleIndex) -> None:
    content = f"Const,Your Rating,Title,Title Type,Year\ntt0116282,9,Fargo,{kind},1996\n"
    assert films(read(content, latest)) == {}


@pytest.mark.parametrize("kind", ["movie", "TV Movie", "short", "Video", "tvSpecial"])
def test_other_types_are_films(kind: str, read: Read, latest: TitleIndex) -> None:
    content = f"Title Type,Const,Year,Title,Your Rating\n{kind},tt0116282,1996,Fargo,1\n"
    assert films(read(content, latest)) == {"Fargo (1996)": 0.5}


def test_a_list_of_imdb_has_films_that_are_not_seen(read: Read, latest: TitleIndex) -> None:
    own = read(
        "Position,Const,Created,Title,Title Type,Year,Your Rating\n"
        "1,tt0116282,2024-01-01,Fargo,Movie,1996,\n"
        "2,tt0068646,2024-01-01,The Godfather,Movie,1972,8\n",
        latest,
    )
    assert (films(own), seen(own)) == ({"Godfather, The (1972)": 4.0}, set())


def test_an_id_beats_the_title(read: Read, latest: TitleIndex) -> None:
    own = read("Const,Your Rating,Title,Year\ntt0116282,8,Blood Simple,1984\n", latest)
    assert films(own) == {"Fargo (1996)": 4.0}


def test_a_film_of_the_same_title_with_another_id_is_another(
    read: Read, latest: TitleIndex
) -> None:
    own = read("Const,Your Rating,Title,Year\ntt9999998,8,Fargo,1996\n", latest)
    assert films(own) == {}
    assert "has another id" in own.report.rows[0].note


def test_trakt_is_read_from_csv(read: Read, latest: TitleIndex) -> None:
    own = read(TRAKT_CSV, latest)
    assert films(own) == {"Fargo (1996)": 4.5}
    assert own.report.lines()[0].startswith("Trakt: ")


def test_shows_of_trakt_are_passed_over(read: Read, latest: TitleIndex) -> None:
    own = read(TRAKT_CSV + "2024-01-01T00:00:00Z,episode,Fargo,2014,8.0,1,,,10\n", latest)
    assert outcomes(own) == {2: "matched", 3: "series or episode"}


def test_tmdb_ids_find_films(read: Read, latest: TitleIndex) -> None:
    own = read("tmdbID,Title,Rating10\n275,Something else,7\n238.0,,10\n", latest)
    assert films(own) == {"Fargo (1996)": 3.5, "Godfather, The (1972)": 5.0}


def test_the_site_of_movielens_is_read_by_ids(read: Read, latest: TitleIndex) -> None:
    own = read(SITE, latest)
    assert films(own) == {
        "Toy Story (1995)": 3.5,
        "Seven (a.k.a. Se7en) (1995)": 5.0,
        "Raiders of the Lost Ark (Indiana Jones and the Raiders of the Lost Ark) (1981)": 4.5,
        "Matrix, The (1999)": 5.0,
    }
    assert own.report.lines()[0].startswith("MovieLens: ")


def test_the_site_of_movielens_is_read_by_titles_in_another_catalog(
    read: Read, old: TitleIndex
) -> None:
    assert films(read(SITE, old)) == {
        "Toy Story (1995)": 3.5,
        "Seven (Se7en) (1995)": 5.0,
        "Raiders of the Lost Ark (1981)": 4.5,
    }


def test_an_edition_of_movielens_is_read_by_ids(read: Read, latest: TitleIndex) -> None:
    assert films(read(EDITION, latest)) == {
        "Toy Story (1995)": 4.0,
        "Seven (a.k.a. Se7en) (1995)": 5.0,
        "Star Wars: Episode IV - A New Hope (1977)": 5.0,
    }


@pytest.mark.parametrize("columns", ["userId,movieId,rating,timestamp", "u,Movie_ID,rating,t"])
def test_ids_of_movielens_are_refused_in_another_catalog(
    columns: str, read: Read, old: TitleIndex
) -> None:
    with pytest.raises(DataError, match="by-hand numbers its films in another way") as caught:
        read(EDITION.replace("userId,movieId,rating,timestamp", columns), old)
    assert "ml-latest-small" in caught.value.hint


def test_in_another_catalog_only_the_other_ids_count(read: Read, old: TitleIndex) -> None:
    own = read("movie_id,imdb_id,rating\n10,0114709,4\n", old)
    assert outcomes(own) == {2: "not in the catalog"}


def test_ratings_of_several_users_are_refused(read: Read, latest: TitleIndex) -> None:
    with pytest.raises(DataError, match="line 5: has ratings of more than one user") as caught:
        read(EDITION + "2,1,4.0,964982703\n", latest)
    assert "movierec import" in caught.value.hint


def test_an_id_beside_another_title_is_no_id_of_the_data_set(
    read: Read, latest: TitleIndex
) -> None:
    own = read("film_id,title,rating\n100,Fargo (1996),4\n1,Toy Story (1995),5\n", latest)
    assert films(own) == {"Fargo (1996)": 4.0, "Toy Story (1995)": 5.0}


def test_movielens_ids_are_told_by_their_films(read: Read) -> None:
    """A data set of people's own may have the numbering, whatever its name."""
    few = make_dataset([(0, 0, 4.0)], 1, [f"Film {number} (1990)" for number in range(1, 60)])
    with pytest.raises(DataError, match="in another way"):
        read(EDITION, TitleIndex(few))
