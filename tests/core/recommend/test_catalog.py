"""Searching the catalog."""

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.catalog import search_films
from movierec_cli.core.recommend.filters import Filters
from tests.helpers import make_dataset

TITLES = ["Boat, The (1990)", "Comet (1991)", "Boat Race (1995)", "unknown"]
GENRES = [[1, 0], [1, 1], [0, 1], [0, 0]]
RATINGS = [(0, 1, 5.0), (1, 1, 2.0), (2, 1, 4.0), (0, 2, 3.0), (1, 0, 1.0), (0, 0, 2.0)]
FILMS = make_dataset(RATINGS, 3, TITLES, GENRES, ("War", "Drama"))


def ids(query: str = "", **filters: object) -> list[int]:
    return [film.film_id for film in search_films(FILMS, query, Filters(**filters))]  # type: ignore[arg-type]


def test_without_a_query_the_most_popular_come_first() -> None:
    assert ids() == [20, 10, 30, 40]


def test_filters_and_query_hold_together() -> None:
    assert ids("boat") == [10, 30]
    assert ids("boat", genres=("drama",)) == [30]
    assert ids(not_genres=("War",)) == [30, 40]
    assert ids(years=(1990, 1991)) == [20, 10]
    assert ids(min_ratings=2) == [20, 10]


def test_a_film_has_the_number_and_mean_of_its_ratings() -> None:
    (comet,) = search_films(FILMS, "comet", Filters())
    assert (comet.ratings, comet.year, comet.genres) == (3, 1991, ("War", "Drama"))
    assert comet.mean == pytest.approx(11 / 3)
    nothing = search_films(FILMS, "unknown", Filters())[0]
    assert (nothing.ratings, nothing.mean, nothing.year, nothing.genres) == (0, None, None, ())


def test_a_film_tells_how_it_matches() -> None:
    found = search_films(FILMS, "boat", Filters())
    assert [(film.film_id, film.match) for film in found] == [(10, "exact"), (30, "contains")]
    assert search_films(FILMS, "", Filters())[0].match is None
    assert [film.match for film in search_films(FILMS, "comt", Filters())] == ["near"]


def test_a_search_without_a_result_is_refused() -> None:
    with pytest.raises(UsageError, match="No film matches 'qqqq'"):
        ids("qqqq")
