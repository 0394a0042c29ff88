"""Ranked lists: best first, unrated, as long as asked for, in either order."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.recommend.explain import explain
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Query, make_query, user_query
from movierec_cli.core.recommend.rank import recommend, recommend_all
from movierec_cli.core.runs.train_spec import TrainSpec
from tests.core.recommend.test_filters import FILMS
from tests.helpers import FixedModel, make_histories, make_users

SCORES = np.float32([[3, 1, 6, 2, 4, 5], [3, 1, 6, 2, 4, 5]])
MODEL = FixedModel(SCORES)


def query(history: dict[int, float]) -> Query:
    return Query(make_histories(history), make_users(1))


def ids(history: dict[int, float], model: Model = MODEL, **filters: Any) -> list[int]:
    films = recommend(model, FILMS, query(history), Filters(**filters))
    assert [film.rank for film in films] == list(range(1, len(films) + 1))
    return [film.film_id for film in films]


def test_the_best_films_come_first_without_rated_ones() -> None:
    assert ids({}, n=4) == [30, 60, 50, 40]
    assert ids({0: 1.0}, n=3) == [60, 50, 40]
    assert ids({}, n=1, genres=("drama",)) == [60]


def test_equal_scores_are_in_the_order_of_the_catalog() -> None:
    assert ids({}, FixedModel(np.zeros((1, 6), np.float32)), n=4) == [10, 20, 40, 50]


def test_a_recommendation_has_the_facts_of_its_film() -> None:
    model = FixedModel(SCORES, rating=SCORES / 2, like_probability=SCORES / 8)
    film, *_, last = recommend(model, FILMS, query({0: 3.0}))
    assert (film.film_id, film.title, film.year) == (60, "Comet (1991)", 1991)
    assert film.genres == ("War", "Drama")
    assert (film.score, film.rating, film.like_probability) == (5.0, 2.5, 0.625)
    assert recommend(MODEL, FILMS, query({}))[0].rating is None
    assert (last.title, last.year, last.genres) == ("unknown", None, ())


@pytest.mark.parametrize(("rated", "n", "left"), [((3,), 4, 3), ((), 10**12, 4), ((), None, 4)])
def test_fewer_films_than_wanted_are_all_that_are_left(
    rated: tuple[int, ...], n: int | None, left: int
) -> None:
    assert len(ids(dict.fromkeys(rated, 1.0), n=n)) == left


def test_no_film_that_is_left_is_an_error() -> None:
    with pytest.raises(DataError, match="No film is left") as caught:
        ids(dict.fromkeys((0, 1, 3, 4), 1.0))
    assert "filters" in caught.value.hint


def test_all_users_get_the_lists_that_each_gets_alone(small: Dataset) -> None:
    model = FixedModel(np.random.default_rng(0).random((120, 200), np.float32))
    filters = Filters(n=7, min_ratings=2)
    lists = recommend_all(model, small, small.histories, small.users, filters)
    for user, films in zip(small.users.ids.tolist(), lists, strict=True):
        alone = recommend(model, small, user_query(small, user), filters)
        assert [film.film_id for film in films] == [film.film_id for film in alone]


def test_lists_of_all_users_are_as_long_as_films_are_left() -> None:
    lists = recommend_all(MODEL, FILMS, FILMS.histories, FILMS.users, Filters(n=99))
    assert [[film.film_id for film in films] for films in lists] == [[30, 60, 50], [60, 40]]


def test_a_list_sorted_by_like_probability_has_the_same_films() -> None:
    model = FixedModel(SCORES, like_probability=1 - SCORES / 8)
    assert ids({}, model, n=3) == [30, 60, 50]
    assert ids({}, model, n=3, sort="like") == [50, 60, 30]
    with pytest.raises(UsageError, match="no like probability"):
        ids({}, n=3, sort="like")
    with pytest.raises(UsageError, match="no order 'year'"):
        Filters(sort="year")


def test_each_film_is_explained_if_asked_for(small: Dataset, dnn: Dnn) -> None:
    asked = user_query(small, 7)
    films = recommend(dnn, small, asked, Filters(n=3), explained=True)
    ids, scores = [film.film_id for film in films], [film.score for film in films]
    assert [film.explanation for film in films] == explain(dnn, small, asked, ids, scores)
    assert recommend(dnn, small, asked, Filters(n=1))[0].explanation is None


def test_a_model_without_vectors_is_refused() -> None:
    with pytest.raises(UsageError, match="no vectors") as caught:
        ids({}, diversity=0.5)
    assert "--run dnn" in caught.value.hint


def test_a_diverse_list_is_less_similar(small: Dataset, dnn: Dnn) -> None:
    def similarity(diversity: float) -> float:
        films = recommend(dnn, small, user_query(small, 7), Filters(n=8, diversity=diversity))
        vectors = dnn.similarity_vectors[[film.film_id - 1 for film in films]]
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return float(np.mean((vectors @ vectors.T)[np.triu_indices(8, 1)]))

    assert similarity(0.9) < similarity(0.0)
    with pytest.raises(DataError, match="No film is left"):
        recommend(dnn, small, user_query(small, 7), Filters(diversity=0.9, years=(1800, 1801)))


@pytest.fixture(scope="module")
def real_dnn(ml100k: Dataset) -> Model:
    """The default dnn, trained on the real data."""
    return train_run(ml100k, TrainSpec("dnn"), lambda _: None).model


@pytest.mark.ml100k
def test_different_favorites_give_different_lists(ml100k: Dataset, real_dnn: Model) -> None:
    def titles(*favorites: int) -> set[str]:
        rows = [film_id - 1 for film_id in favorites]
        asked = make_query(ml100k, dict.fromkeys(rows, 5.0))
        return {film.title for film in recommend(real_dnn, ml100k, asked)}

    noir = titles(483, 603, 513)  # Casablanca, Rear Window, The Third Man
    horror = titles(200, 218, 447)  # The Shining, Cape Fear, Carrie
    children = titles(1, 99, 588)  # Toy Story, Snow White, Beauty and the Beast
    assert len(noir & horror) <= 3
    assert len(noir & children) <= 3
    assert len(horror & children) <= 3
    assert "Vertigo (1958)" in noir
