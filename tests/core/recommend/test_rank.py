"""Nobody is shown a film twice, or one she has rated, under whatever id."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.topk import PAD
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Answers, Person, known_user, someone
from movierec_cli.core.recommend.rank import explain, recommend, recommend_everyone
from movierec_cli.core.recommend.similar import neighbors, similar
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.helpers import FixedModel, make_dataset, make_histories, make_users

TITLES = ["Boat (1990)", "Comet (1991)", "Boat (1990)", "unknown", "Duel (1993)", "Comet (1991)"]
GENRES = [[1, 0], [1, 1], [1, 0], [0, 0], [0, 1], [1, 1]]
FILMS = make_dataset([(0, 3, 2.0), (1, 0, 5.0), (1, 4, 1.0)], 2, TITLES, GENRES, ("War", "Drama"))
RANKING = np.float32([[3, 1, 6, 2, 4, 5], [3, 1, 6, 2, 4, 5]])


def person(history: dict[int, float]) -> Person:
    return Person(make_users(1), make_histories(history))


def ids(history: dict[int, float], n: int, ranking: np.ndarray = RANKING) -> list[int]:
    films = recommend(FixedModel(ranking), FILMS, person(history), Filters(n=n))
    assert [film.rank for film in films] == list(range(1, n + 1))
    return [film.film_id for film in films]


def test_the_best_come_first_and_each_title_once() -> None:
    assert ids({}, 4) == [30, 60, 50, 40]


def test_rated_films_are_left_out_under_both_ids() -> None:
    assert ids({3: 5.0}, 3) == [30, 60, 50]
    assert ids({0: 1.0}, 3) == [60, 50, 40]  # film 30 is the same film
    assert ids({5: 1.0, 2: 4.0}, 2) == [50, 40]


def test_equal_scores_are_in_the_order_of_the_catalog() -> None:
    assert ids({}, 4, np.zeros((1, 6), np.float32)) == [10, 20, 40, 50]


def test_a_film_is_described() -> None:
    (film,) = recommend(FixedModel(RANKING), FILMS, person({0: 3.0}), Filters(n=1))
    assert (film.film_id, film.title, film.year) == (60, "Comet (1991)", 1991)
    assert film.genres == ("War", "Drama")
    assert film.score == 5.0
    assert film.rating is film.like_probability is None


def test_a_film_without_a_year_or_a_genre_has_none() -> None:
    film = recommend(FixedModel(RANKING), FILMS, person({}), Filters(n=4))[3]
    assert (film.title, film.year, film.genres) == ("unknown", None, ())


def test_ratings_and_likings_are_told_where_the_model_tells_them() -> None:
    model = FixedModel(RANKING, rating=RANKING / 2, like_probability=RANKING / 10)
    (film,) = recommend(model, FILMS, person({}), Filters(n=1))
    assert (film.score, film.rating) == (6.0, 3.0)
    assert film.like_probability == pytest.approx(0.6)


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
        recommend(FixedModel(RANKING), FILMS, person({}), Filters(n=n))


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
        films = recommend(model, ml100k, asking, Filters(n=1664 - len(seen)))
        titles = [film.title for film in films]
        assert len(set(titles)) == len(titles)
        assert not seen & set(titles)


def wished(**filters: Any) -> list[int]:
    films = recommend(FixedModel(RANKING), FILMS, person({}), Filters(**{"n": 1, **filters}))
    return [film.film_id for film in films]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"genres": ("drama",)}, [60]),
        ({"genres": ("War", "Drama"), "n": 3}, [30, 60, 50]),
        ({"not_genres": ("War",), "n": 2}, [50, 40]),
        ({"years": (1990, 1990)}, [30]),
        ({"years": (1991, 1993), "n": 2}, [60, 50]),
        ({"min_ratings": 1, "n": 3}, [50, 10, 40]),  # of the boats, the one that is rated
    ],
)
def test_films_that_are_not_wished_for_are_left_out(filters: Any, expected: list[int]) -> None:
    assert wished(**filters) == expected


def test_rated_films_are_shown_if_wished_for() -> None:
    films = recommend(
        FixedModel(RANKING), FILMS, person({2: 5.0, 4: 1.0}), Filters(n=4, include_rated=True)
    )
    assert [film.film_id for film in films] == [30, 60, 50, 40]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"genres": ("Noir",)}, "There is no genre 'Noir'"),
        ({"not_genres": ("Noir",)}, "There is no genre 'Noir'"),
        ({"years": (1995, 1990)}, "The years 1995 to 1990 are in the wrong order"),
        ({"diversity": 1.5}, "Diversity is 0 to 1, not 1.5"),
        ({"diversity": 0.5}, "has no vectors"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(filters: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        wished(**filters)


def test_a_great_number_of_films_is_refused_without_making_room_for_it() -> None:
    with pytest.raises(DataError, match="Only 4 films are left to recommend, not 1000000000000"):
        wished(n=10**12)


def test_another_model_ranks_what_the_first_retrieves() -> None:
    other = FixedModel(-RANKING, rating=5 - RANKING / 2)
    films = recommend(FixedModel(RANKING), FILMS, person({3: 1.0}), Filters(n=2), ranker=other)
    assert [film.film_id for film in films] == [50, 60]  # of 30, 60, 50 the worst first
    assert [film.rating for film in films] == [3.0, 2.5]


def test_everyone_gets_what_each_gets_alone(small: Dataset) -> None:
    model = FixedModel(np.random.default_rng(0).random((120, 200), np.float32))
    filters = Filters(n=7, min_ratings=2)
    for lists in recommend_everyone(model, small, filters):
        for user, rows in zip(lists.user_rows + 1, lists.film_rows, strict=True):
            alone = recommend(model, small, known_user(small, int(user)), filters)
            assert small.films.ids[rows].tolist() == [film.film_id for film in alone]


def test_lists_of_everyone_end_where_no_film_is_left() -> None:
    (lists,) = recommend_everyone(FixedModel(RANKING), FILMS, Filters(n=99))
    assert lists.film_rows.tolist() == [
        [2, 5, 4, PAD, PAD, PAD],
        [5, 3, PAD, PAD, PAD, PAD],
    ]


@pytest.fixture(scope="module")
def dnn(small: Dataset) -> Iterator[Model]:
    """A default dnn that has learned for a moment."""
    request = TrainSpec("dnn", overrides=Overrides(epochs=1))
    yield train_run(small, request, lambda _: None).model


def test_reasons_are_the_strongest_contributions(small: Dataset, dnn: Any) -> None:
    asking = known_user(small, 7)
    films = recommend(dnn, small, asking, Filters(n=5))
    for film in explain(dnn, small, asking, films, n_reasons=2):
        parts = dnn.contributions(asking.history, asking.users, np.array([film.film_id - 1]))[:, 0]
        expected = [value for value in np.sort(parts)[::-1][:2] if value > 0]
        assert [reason.contribution for reason in film.reasons] == pytest.approx(expected)
        for reason in film.reasons:
            entry = asking.history.film_rows.tolist().index(reason.film_id - 1)
            assert reason.rating == asking.history.ratings[entry]


def test_a_model_that_cannot_explain_says_so() -> None:
    with pytest.raises(UsageError, match="cannot say which films"):
        explain(FixedModel(RANKING), FILMS, person({}), [])


def test_similar_films_are_ordered_by_cosine_without_the_film_itself(
    small: Dataset, dnn: Any
) -> None:
    films = similar(dnn, small, 3, n=5)
    assert 4 not in [film.film_id for film in films]
    vectors = dnn.similarity_vectors / np.linalg.norm(dnn.similarity_vectors, axis=1, keepdims=True)
    nearness = np.delete(vectors @ vectors[3], 3)
    expected = np.sort(nearness)[::-1][:5]
    assert [film.score for film in films] == pytest.approx(expected.tolist(), abs=1e-5)


def test_neighbors_are_ordered_by_cosine_without_the_user(small: Dataset, dnn: Any) -> None:
    found = neighbors(dnn, small, known_user(small, 7), n=500)
    assert len(found) == 119
    assert 7 not in [neighbor.user_id for neighbor in found]
    similarities = [neighbor.similarity for neighbor in found]
    assert similarities == sorted(similarities, reverse=True)
    own, other = (set(small.histories.take(np.array([row])).film_rows.tolist())
                  for row in (6, found[0].user_id - 1))  # fmt: skip
    assert (found[0].n_shared, found[0].n_ratings) == (len(own & other), len(other))


@pytest.mark.parametrize("search", [similar, neighbors])
def test_a_model_without_vectors_is_not_searched(search: Any) -> None:
    with pytest.raises(UsageError, match="has no vectors") as caught:
        search(FixedModel(RANKING), FILMS, 0 if search is similar else person({}))
    assert caught.value.hint == "Use a dnn run: --run dnn"


def test_a_varied_list_is_less_alike(small: Dataset, dnn: Any) -> None:
    def likeness(diversity: float) -> float:
        films = recommend(dnn, small, known_user(small, 7), Filters(n=8, diversity=diversity))
        vectors = dnn.similarity_vectors[[film.film_id - 1 for film in films]]
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return float(np.mean((vectors @ vectors.T)[np.triu_indices(8, 1)]))

    assert likeness(0.9) < likeness(0.0)


@pytest.fixture(scope="module")
def real_dnn(ml100k: Dataset) -> Model:
    """The default dnn, trained on the real data."""
    return train_run(ml100k, TrainSpec("dnn"), lambda _: None).model


@pytest.mark.ml100k
def test_different_favorites_give_different_lists(ml100k: Dataset, real_dnn: Model) -> None:
    def titles(*favorites: int) -> set[str]:
        asking = someone(ml100k, Answers("ml-100k", dict.fromkeys(favorites, 5.0)))
        return {film.title for film in recommend(real_dnn, ml100k, asking)}

    noir = titles(483, 603, 513)  # Casablanca, Rear Window, The Third Man
    horror = titles(200, 218, 447)  # The Shining, Cape Fear, Carrie
    children = titles(1, 99, 588)  # Toy Story, Snow White, Beauty and the Beast
    assert len(noir & horror) <= 3
    assert len(noir & children) <= 3
    assert len(horror & children) <= 3
    assert "Vertigo (1958)" in noir
