"""Popularity: the linear part of the scores that the number of ratings explains, less or more."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.popularity import weigh_popularity
from movierec_cli.core.recommend.query import make_query
from movierec_cli.core.recommend.rank import recommend, recommend_all
from tests.helpers import FixedModel, make_dataset, make_histories, make_users

FILMS = make_dataset(
    [(0, 0, 4.0), (0, 1, 4.0), (1, 0, 4.0), (1, 1, 2.0), (2, 0, 4.0)], 3, [*"ABCD"]
)
"""Films with 3, 2, 0 and 0 ratings: 1.75, 0.75, -1.25 and -1.25 about their mean, sum of squares
6.75."""

SCORES = np.float32([[6, 3, 1, 0], [0, 1, 2, 3]])


def test_the_scores_gain_or_lose_a_share_of_their_regression_on_the_number_of_ratings() -> None:
    # products with the centered counts: 10.5 + 2.25 - 1.25 = 11.5; 0.75 - 2.5 - 3.75 = -5.5
    slopes = [11.5 / 6.75, 5.5 / 6.75]
    centered = np.array([1.75, 0.75, -1.25, -1.25])
    for popularity in (-1.0, -0.5, 0.5, 1.0):
        found = weigh_popularity(SCORES, FILMS, popularity)
        expected = SCORES + popularity * np.outer(slopes, centered)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert weigh_popularity(SCORES, FILMS, 0.0) is SCORES


def test_at_the_lowest_value_the_number_of_ratings_explains_nothing(small: Dataset) -> None:
    scores = np.random.default_rng(0).random((3, 200), np.float32)
    counts = np.bincount(small.ratings.film_rows, minlength=200)
    scores += np.float32(0.01) * counts
    rest = weigh_popularity(scores, small, -1.0)
    assert [abs(np.corrcoef(row, counts)[0, 1]) < 1e-5 for row in rest] == [True] * 3


def test_users_and_scales_of_scores_get_the_same_order(small: Dataset, dnn: Dnn) -> None:
    scores = dnn.score(small.histories, small.users).score[:4]
    order = np.argsort(-weigh_popularity(scores, small, -0.5), axis=1)
    scaled = weigh_popularity(1000 * scores + 7, small, -0.5)
    taken = np.take_along_axis(scaled, order, axis=1)
    assert np.all(np.diff(taken, axis=1) <= 1e-3)
    alone = weigh_popularity(scores[2:3], small, -0.5)
    np.testing.assert_allclose(alone[0], weigh_popularity(scores, small, -0.5)[2], rtol=1e-6)


def test_a_catalog_without_differences_keeps_its_scores() -> None:
    even = make_dataset([(0, 0, 4.0), (0, 1, 4.0)], 1, [*"AB"])
    assert weigh_popularity(np.float32([[2, 1]]), even, -1.0).tolist() == [[2, 1]]


def test_recommended_films_are_ranked_by_the_changed_scores() -> None:
    model = FixedModel(SCORES[:1])
    query = make_query(FILMS, {})

    def films(popularity: float, **filters: int) -> list[tuple[int, float]]:
        found = recommend(model, FILMS, query, Filters(popularity=popularity, **filters))
        return [(film.film_id, film.score) for film in found]

    assert films(0.0) == [(10, 6.0), (20, 3.0), (30, 1.0), (40, 0.0)]
    # 11.5 / 6.75 = 1.704 a rating: 6 - 2.981, 3 - 1.278, 1 + 2.130, 0 + 2.130
    less_known = films(-1.0)
    assert [film for film, _ in less_known] == [30, 10, 40, 20]
    assert [score for _, score in less_known] == pytest.approx([3.130, 3.019, 2.130, 1.722], 1e-3)
    assert [film for film, _ in films(-1.0, max_ratings=2)] == [30, 40, 20]


def test_it_works_with_diversity_and_for_many_users(small: Dataset, dnn: Dnn) -> None:
    counts = np.bincount(small.ratings.film_rows, minlength=200)

    def mean_ratings(popularity: float) -> float:
        filters = Filters(n=5, diversity=0.3, popularity=popularity)
        lists = recommend_all(dnn, small, small.histories, small.users, filters)
        return float(np.mean([counts[film.film_id - 1] for films in lists for film in films]))

    assert mean_ratings(-1.0) < 0.8 * mean_ratings(0.0)
    assert mean_ratings(0.0) < mean_ratings(1.0)


def test_known_films_stay_left_out() -> None:
    model = FixedModel(SCORES[:1])
    lists = recommend_all(
        model, FILMS, make_histories({2: 5.0}), make_users(1), Filters(popularity=-1.0)
    )
    assert [film.film_id for film in lists[0]] == [10, 40, 20]
