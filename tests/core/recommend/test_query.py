"""A query is checked and resolved once: rows, ratings, dislikes, demographics."""

from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.query import (
    UNKNOWN,
    Demographics,
    make_query,
    merged,
    resolve_films,
    resolve_query,
    user_query,
)
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

TITLES = ["Fargo (1996)", "Evita (1996)", "Toy Story (1995)"]
FILMS = make_dataset([(0, 0, 4.0), (0, 1, 2.0)], 1, TITLES)
INDEX = TitleIndex(FILMS)


def test_typed_films_become_rows_ordered_by_film_and_given_one_after_the_other() -> None:
    ratings = resolve_films(INDEX, [("toy story", 5.0), (10, 4.5), ("evita", 1.0)])
    query = make_query(FILMS, ratings)
    assert query.history.film_rows.tolist() == [0, 1, 2]
    assert query.history.ratings.tolist() == [4.5, 1.0, 5.0]
    assert query.history.disliked is not None
    assert query.history.disliked.tolist() == [False, True, False]  # a rating of 1 is a dislike
    latest = FILMS.latest_timestamp  # "evita" is the last one typed, "toy story" the first
    assert query.history.timestamps.tolist() == [latest + 2, latest + 3, latest + 1]
    assert len(query.history) == len(query.users) == 1
    assert np.isnan(query.users.age).all()


def test_later_ratings_replace_earlier_ones_and_stand_at_the_end() -> None:
    assert [*merged({7: 4.0, 2: 5.0}, {3: 1.0, 7: 2.0}).items()] == [(2, 5.0), (3, 1.0), (7, 2.0)]


def test_a_film_may_be_named_twice_with_one_rating_but_not_with_two() -> None:
    assert resolve_films(INDEX, [("fargo", 5.0), (30, 1.0), ("10", 5.0)]) == {0: 5.0, 2: 1.0}
    with pytest.raises(UsageError, match=r"Fargo \(1996\) is given two ratings: 5 .* 1 for"):
        resolve_films(INDEX, [("fargo", 5.0), ("10", 1.0)])


def test_demographics_become_codes_of_the_data_set(small: Dataset) -> None:
    occupation = small.occupations[2].upper()
    users = make_query(
        small, {}, Demographics(age=30, gender="f", occupation=occupation, zip_code="01234")
    ).users
    assert (users.age[0], users.gender[0], users.occupation[0]) == (30, 1, 2)
    assert users.zip_code.tolist() == ["01234"]


def test_typed_demographics_complete_stored_ones() -> None:
    typed, stored = Demographics(age=31), Demographics(age=30, gender="F")
    assert typed.over(stored) == Demographics(age=31, gender="F")


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"demographics": Demographics(age=0)}, "age of 0", "1 to 120"),
        ({"demographics": Demographics(age=121)}, "age of 121", "1 to 120"),
        ({"demographics": Demographics(gender="x")}, "no gender 'x'", "M, F"),
        ({"demographics": Demographics(occupation="king")}, "no occupation 'king'", "Choose"),
        ({"user": 3, "ratings": {1: 5.0}}, "user of the data set", "alone"),
        ({"user": 3, "demographics": Demographics(age=30)}, "user of the data set", "alone"),
        *(
            ({"user": user}, f"There is no user {user} in synthetic", "1 to 120")
            for user in (0, -1, 121, 10**20)
        ),
    ],
)
def test_wrong_values_are_refused(values: Any, message: str, hint: str, small: Dataset) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        resolve_query(small, **{"user": None, "ratings": {}, "demographics": UNKNOWN} | values)
    assert hint in caught.value.hint


@pytest.mark.parametrize("rating", [0.5, 9.0, float("nan")])
def test_a_rating_out_of_range_is_refused(rating: float) -> None:
    with pytest.raises(UsageError, match="1 to 5 stars, not") as caught:
        resolve_films(INDEX, [(10, rating)])
    assert "Fargo=4" in caught.value.hint


def test_a_user_of_the_data_comes_with_all_ratings_and_demographics(small: Dataset) -> None:
    query = resolve_query(small, 7, {}, UNKNOWN)
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
