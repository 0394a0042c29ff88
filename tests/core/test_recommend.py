"""Nobody is shown a film twice, or one she has rated, under whatever id."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.people import Person, known_user
from movierec_cli.core.recommend import Wishes, recommend
from tests.helpers import FixedModel, make_dataset, make_histories, make_users

TITLES = ["Boat (1990)", "Comet (1991)", "Boat (1990)", "unknown", "Duel (1993)", "Comet (1991)"]
GENRES = [[1, 0], [1, 1], [1, 0], [0, 0], [0, 1], [1, 1]]
FILMS = make_dataset([(0, 3, 2.0), (1, 0, 5.0), (1, 4, 1.0)], 2, TITLES, GENRES, ("War", "Drama"))
RANKING = np.float32([[3, 1, 6, 2, 4, 5], [3, 1, 6, 2, 4, 5]])


def person(history: dict[int, float]) -> Person:
    return Person(make_users(1), make_histories(history))


def ids(history: dict[int, float], n: int, ranking: np.ndarray = RANKING) -> list[int]:
    films = recommend(FixedModel(ranking), FILMS, person(history), Wishes(n=n))
    assert [film.rank for film in films] == list(range(1, n + 1))
    return [film.film_id for film in films]


def test_the_best_come_first_and_each_title_once() -> None:
    assert ids({}, 4) == [30, 60, 50, 40]


def test_rated_films_are_left_out_under_both_ids() -> None:
    assert ids({3: 5.0}, 3) == [30, 60, 50]
    assert ids({0: 1.0}, 3) == [60, 50, 40]  # film 30 is the same film
    assert ids({5: 1.0, 2: 4.0}, 2) == [50, 40]


def test_equal_scores_are_in_the_order_of_the_catalogue() -> None:
    assert ids({}, 4, np.zeros((1, 6), np.float32)) == [10, 20, 40, 50]


def test_a_film_is_described() -> None:
    (film,) = recommend(FixedModel(RANKING), FILMS, person({0: 3.0}), Wishes(n=1))
    assert (film.film_id, film.title, film.year) == (60, "Comet (1991)", 1991)
    assert film.genres == ("War", "Drama")
    assert film.match == 5.0
    assert film.rating is film.liking is None


def test_a_film_without_a_year_or_a_genre_has_none() -> None:
    film = recommend(FixedModel(RANKING), FILMS, person({}), Wishes(n=4))[3]
    assert (film.title, film.year, film.genres) == ("unknown", None, ())


def test_ratings_and_likings_are_told_where_the_model_tells_them() -> None:
    model = FixedModel(RANKING, rating=RANKING / 2, liking=RANKING / 10)
    (film,) = recommend(model, FILMS, person({}), Wishes(n=1))
    assert (film.match, film.rating) == (6.0, 3.0)
    assert film.liking == pytest.approx(0.6)


def test_more_films_than_there_are_cannot_be_recommended() -> None:
    with pytest.raises(DataError, match="Only 3 films are left to recommend, not 4") as caught:
        ids({3: 5.0}, 4)
    assert "-n 3" in caught.value.hint


def test_where_nothing_is_left_no_smaller_number_is_proposed() -> None:
    with pytest.raises(DataError, match="Only 0 films are left") as caught:
        ids({0: 1.0, 1: 1.0, 3: 1.0, 4: 1.0}, 1)
    assert "-n 0" not in caught.value.hint


@pytest.mark.parametrize("n", [0, -3])
def test_no_films_cannot_be_asked_for(n: int) -> None:
    with pytest.raises(UsageError, match="films cannot be recommended"):
        recommend(FixedModel(RANKING), FILMS, person({}), Wishes(n=n))


def test_a_user_of_the_data_comes_with_all_ratings(small: Dataset) -> None:
    asking = known_user(small, 7)
    assert asking.users.ids.tolist() == [7]
    start, end = small.histories.indptr[6:8]
    assert asking.history.film_rows.tolist() == small.histories.film_rows[start:end].tolist()
    assert len(asking.history) == 1


@pytest.mark.parametrize("user", [0, -1, 121, 10**20])
def test_a_user_that_does_not_exist_is_refused(user: int, small: Dataset) -> None:
    with pytest.raises(UsageError, match=f"There is no user {user} in synthetic") as caught:
        known_user(small, user)
    assert caught.value.hint == "Users are numbered 1 to 120."


@pytest.mark.ml100k
def test_no_real_user_is_shown_a_title_twice_or_again(ml100k: Dataset) -> None:
    ranking = np.random.default_rng(0).random((1, 1682), dtype=np.float32)
    for user in (1, 42, 405, 655):
        asking = known_user(ml100k, user)
        seen = set(ml100k.films.titles[asking.history.film_rows].tolist())
        model = FixedModel(np.repeat(ranking, 943, 0))
        films = recommend(model, ml100k, asking, Wishes(n=1664 - len(seen)))
        titles = [film.title for film in films]
        assert len(set(titles)) == len(titles)
        assert not seen & set(titles)
