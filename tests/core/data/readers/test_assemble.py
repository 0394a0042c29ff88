"""Tables become a data set: rows by id, the last rating of a film, unknown values as such."""

import numpy as np

from movierec_cli.core.data.readers.assemble import Assembled, assemble
from movierec_cli.core.data.readers.catalog import FilmTable, UserTable
from movierec_cli.core.data.readers.rating_table import (
    IdColumn,
    RatingTable,
    Titles,
    as_ids,
)

Row = tuple[str, str, float]


def column(names: list[str]) -> IdColumn:
    distinct = list(dict.fromkeys(names))
    codes = np.array([distinct.index(name) for name in names], np.int32)
    return IdColumn(codes, as_ids(distinct))


def build(
    *rows: Row,
    films: FilmTable | None = None,
    users: UserTable | None = None,
    times: list[int] | None = None,
    titles: dict[int, str] | None = None,
) -> Assembled:
    values = np.array([value for _, _, value in rows])
    table = RatingTable(
        column([user for user, _, _ in rows]),
        column([film for _, film, _ in rows]),
        values,
        None if times is None else np.array(times, np.int64),
        Titles(titles or {}),
    )
    stars = values.astype(np.float32)
    return assemble("mine", table, stars, 1.0, films or FilmTable(), users or UserTable())


def test_ratings_are_ordered_by_user_and_film_and_ids_are_numbers() -> None:
    dataset = build(("10", "7", 4), ("9", "30", 3), ("10", "4", 2), times=[5, 6, 7]).dataset
    assert dataset.users.ids.tolist() == [9, 10]
    assert dataset.films.ids.tolist() == [4, 7, 30]
    ratings = dataset.ratings
    assert ratings.user_rows.tolist() == [0, 1, 1]
    assert ratings.film_rows.tolist() == [2, 0, 1]
    assert ratings.values.tolist() == [3, 2, 4]
    assert ratings.timestamps.tolist() == [6, 7, 5]
    assert (dataset.name, dataset.lowest_rating, dataset.has_times) == ("mine", 1.0, True)
    kinds = [column.dtype for column in (ratings.user_rows, ratings.film_rows, ratings.values)]
    assert kinds == [np.int32, np.int32, np.float32]


def test_ids_of_text_are_ordered_as_text() -> None:
    dataset = build(("b", "10", 4), ("a", "9", 3)).dataset
    assert dataset.users.ids.tolist() == ["a", "b"]
    assert dataset.films.ids.tolist() == [9, 10]


def test_the_last_rating_of_a_film_counts_and_the_others_are_counted() -> None:
    rows = [("1", "1", 1.0), ("1", "2", 3.0), ("1", "1", 5.0), ("2", "1", 2.0), ("1", "1", 4.0)]
    assembled = build(*rows, times=[9, 1, 8, 1, 7])
    assert assembled.duplicates == 2
    assert assembled.dataset.ratings.values.tolist() == [4, 3, 2]
    assert assembled.dataset.ratings.timestamps.tolist() == [7, 1, 1]
    assert build(*rows[:2]).duplicates == 0


def test_films_that_nobody_rated_are_kept() -> None:
    films = FilmTable(titles={"5": "Five", "7": "Seven (1995)"}, dates={"7": "1995-01-01"})
    dataset = build(("1", "7", 4), films=films).dataset
    assert dataset.films.ids.tolist() == [5, 7]
    assert dataset.films.titles.tolist() == ["Five", "Seven (1995)"]
    assert dataset.films.released.astype(str).tolist() == ["NaT", "1995-01-01"]
    assert dataset.ratings.film_rows.tolist() == [1]


def test_one_listed_film_with_an_id_of_text_makes_all_ids_text() -> None:
    for name in ("007", "x", "9" * 5_000):
        dataset = build(("1", "7", 4), films=FilmTable(titles={name: "other"})).dataset
        assert dataset.films.ids.tolist() == sorted([name, "7"])
        assert dataset.films.titles[dataset.ratings.film_rows[0]] == "7"


def test_a_title_is_that_of_the_films_else_of_the_ratings_else_the_id() -> None:
    films = FilmTable(titles={"1": "Listed", "4": "Unrated"})
    rows = [("1", "1", 4.0), ("1", "2", 4.0), ("1", "3", 4.0)]
    dataset = build(*rows, films=films, titles={0: "Rated", 1: "Second"}).dataset
    assert dataset.films.titles.tolist() == ["Listed", "Second", "3", "Unrated"]


def test_a_year_in_a_title_of_the_ratings_or_in_an_id_is_that_of_the_film() -> None:
    films = FilmTable(titles={"b": "B (1990)"})  # a table tells the date itself
    rows = [("1", "a", 4.0), ("1", "b", 4.0), ("1", "Heat (1995)", 4.0)]
    found = build(*rows, films=films, titles={0: "A (1972)"}).dataset.films
    assert found.titles.tolist() == ["Heat (1995)", "A (1972)", "B (1990)"]
    np.testing.assert_array_equal(found.years, [1995, 1972, np.nan])


def test_genres_have_the_given_order_or_that_of_the_alphabet() -> None:
    genres = {"1": ("War", "Drama"), "2": ("War",)}
    rows = [("1", "1", 4.0), ("1", "2", 4.0), ("1", "3", 4.0)]
    dataset = build(*rows, films=FilmTable(genres=genres)).dataset
    assert dataset.genres == ("Drama", "War")
    assert dataset.films.genres.tolist() == [[True, True], [False, True], [False, False]]
    given = FilmTable(genres=genres, genre_names=("War", "Western", "Drama"))
    assert build(*rows, films=given).dataset.films.genres[0].tolist() == [True, False, True]
    without = build(*rows).dataset
    assert (without.genres, without.films.genres.shape) == ((), (3, 0))


def test_ids_at_other_sites_are_empty_or_zero_where_unknown() -> None:
    films = FilmTable(imdb={"1": "tt0114709"}, tmdb={"2": 862})
    dataset = build(("1", "1", 4), ("1", "2", 4), films=films).dataset
    assert dataset.films.imdb_ids.tolist() == ["tt0114709", ""]
    assert dataset.films.tmdb_ids.tolist() == [0, 862]


def test_users_have_their_values_and_those_without_ratings_are_counted() -> None:
    users = UserTable(
        ids=["1", "2", "8", "9"],
        age={"2": 30.0, "8": 40.0},
        gender={"2": 1},
        occupation={"2": "writer", "8": "artist"},
        zip_code={"2": "01234"},
    )
    assembled = build(("3", "1", 4), ("2", "1", 4), users=users)
    found = assembled.dataset.users
    assert assembled.users_without_ratings == 3
    assert found.ids.tolist() == [2, 3]
    np.testing.assert_array_equal(found.age, np.float32([30, np.nan]))
    assert found.gender.tolist() == [1, -1]
    assert assembled.dataset.occupations == ("artist", "writer")
    assert found.occupation.tolist() == [1, -1]
    assert found.zip_code.tolist() == ["01234", ""]
    assert found.have_demographics
    assert not build(("3", "1", 4)).dataset.users.have_demographics


def test_times_that_are_all_equal_are_none() -> None:
    rows = [("1", "1", 4.0), ("1", "2", 4.0)]
    assert build(*rows, times=[5, 6]).dataset.has_times
    assert not build(*rows, times=[5, 5]).dataset.has_times
    without = build(*rows).dataset
    assert not without.has_times
    assert without.ratings.timestamps.tolist() == [0, 0]
