"""A query is checked and resolved once: rows, ratings, dislikes, demographics."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.query import (
    Demographics,
    make_query,
    resolve_films,
    resolve_query,
    user_query,
)
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

TITLES = ["Fargo (1996)", "Evita (1996)", "Toy Story (1995)"]
FILMS = make_dataset([(0, 0, 4.0), (0, 1, 2.0)], 1, TITLES)
INDEX = TitleIndex(FILMS)


def test_typed_films_become_rows_ordered_by_film_and_given_today() -> None:
    query = resolve_query(INDEX, opinions=[("toy story", 5.0), (10, 4.5), ("evita", 1.0)])
    assert query.history.film_rows.tolist() == [0, 1, 2]
    assert query.history.ratings.tolist() == [4.5, 1.0, 5.0]
    assert query.history.disliked is not None
    assert query.history.disliked.tolist() == [False, True, False]  # a rating of 1 is a dislike
    assert query.history.timestamps.tolist() == [FILMS.latest_timestamp] * 3
    assert len(query.history) == len(query.users) == 1
    assert np.isnan(query.users.age).all()


def test_typed_films_replace_known_ratings() -> None:
    query = resolve_query(INDEX, opinions=[("evita", 5.0)], known={1: 2.0, 2: 3.0})
    assert query.history.film_rows.tolist() == [1, 2]
    assert query.history.ratings.tolist() == [5.0, 3.0]


def test_a_film_may_be_named_twice_with_one_rating_but_not_with_two() -> None:
    assert resolve_films(INDEX, [("fargo", 5.0), (30, 1.0), ("10", 5.0)]) == {0: 5.0, 2: 1.0}
    with pytest.raises(UsageError, match=r"Fargo \(1996\) is given two ratings: 5 .* 1 for"):
        resolve_films(INDEX, [("fargo", 5.0), ("10", 1.0)])


def test_demographics_become_codes_of_the_data_set(small: Dataset) -> None:
    occupation = small.occupations[2].upper()
    users = make_query(small, {}, Demographics(30, "f", occupation, "01234")).users
    assert (users.age[0], users.gender[0], users.occupation[0]) == (30, 1, 2)
    assert users.zip_code.tolist() == ["01234"]


def test_typed_demographics_complete_stored_ones() -> None:
    typed, stored = Demographics(age=31), Demographics(30, "F")
    assert typed.over(stored) == Demographics(31, "F")


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"demographics": Demographics(age=-3)}, "age of -3", "1 to 120"),
        ({"demographics": Demographics(age=0)}, "age of 0", "1 to 120"),
        ({"demographics": Demographics(age=121)}, "age of 121", "1 to 120"),
        ({"demographics": Demographics(gender="x")}, "no gender 'x'", "M, F"),
        ({"demographics": Demographics(gender="")}, "no gender ''", "M, F"),
        ({"demographics": Demographics(occupation="king")}, "no occupation 'king'", "Choose"),
        ({"opinions": [(1, 9.0)]}, "1 to 5, not 9", "Fargo=4"),
        ({"opinions": [(1, float("nan"))]}, "1 to 5, not nan", "Fargo=4"),
        ({"opinions": [("xqzzy", 5.0)]}, "no film 'xqzzy'", "movierec films"),
        ({"user": 3, "opinions": [(1, 5.0)]}, "user of the data set", "alone"),
        ({"user": 3, "known": {1: 5.0}}, "user of the data set", "alone"),
        ({"user": 3, "demographics": Demographics(age=30)}, "user of the data set", "alone"),
        *(
            ({"user": user}, f"There is no user {user} in synthetic", "1 to 120")
            for user in (0, -1, 121, 10**20)
        ),
    ],
)
def test_wrong_values_are_refused(values: Any, message: str, hint: str, small: Dataset) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        resolve_query(TitleIndex(small), **values)
    assert hint in caught.value.hint


def test_a_user_of_the_data_comes_with_all_ratings_and_demographics(small: Dataset) -> None:
    query = resolve_query(TitleIndex(small), user=7)
    expected = small.histories.take(np.array([6]))
    assert query.users.ids.tolist() == [7]
    assert query.users.age[0] == small.users.age[6]
    assert query.history.film_rows.tolist() == expected.film_rows.tolist()
    assert query.history.ratings.tolist() == expected.ratings.tolist()
    assert query.history.disliked is None  # a low rating in the data is no named dislike


@pytest.mark.ml100k
def test_the_21_real_occupations_are_listed(ml100k: Dataset) -> None:
    with pytest.raises(UsageError) as caught:
        make_query(ml100k, {}, Demographics(occupation="king"))
    assert len(caught.value.hint.split(",")) == 21
    assert len(user_query(ml100k, 405).history.film_rows) == 737
