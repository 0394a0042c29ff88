"""Who asks: checked, and what is known of them."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend import query as people
from movierec_cli.core.recommend.query import Answers
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.helpers import make_dataset

TITLES = ["Fargo (1996)", "Evita (1996)", "Toy Story (1995)", "Sabrina (1954)", "Sabrina (1995)"]
FILMS = make_dataset([(0, 0, 4.0)], 1, TITLES)
INDEX = TitleIndex.build(FILMS.films, FILMS.ratings.film_rows)


def test_someone_has_a_history_ordered_by_film_and_given_today() -> None:
    person = people.someone(FILMS, Answers("by-hand", {30: 5.0, 10: 1.0}))
    assert person.history.film_rows.tolist() == [0, 2]
    assert person.history.ratings.tolist() == [1.0, 5.0]
    assert person.history.disliked is not None
    assert person.history.disliked.tolist() == [True, False]  # a rating of 1 is a dislike
    assert person.history.timestamps.tolist() == [FILMS.latest_timestamp] * 2
    assert np.isnan(person.users.age).all()


def test_demographics_are_positions_in_the_data(small: Dataset) -> None:
    told = Answers(small.name, {}, 30, "f", small.occupations[2].upper(), "55455")
    users = people.someone(small, told).users
    assert (users.age[0], users.gender[0], users.occupation[0]) == (30, 1, 2)
    assert users.zip_code.tolist() == ["55455"]


@pytest.mark.parametrize(
    ("told", "message", "hint"),
    [
        ({"age": -3}, "Nobody is -3 years old", "1 to 120"),
        ({"age": 0}, "Nobody is 0 years old", "1 to 120"),
        ({"age": 200}, "Nobody is 200", "1 to 120"),
        ({"gender": "x"}, "no gender 'x'", "M or F"),
        ({"occupation": "king"}, "no occupation 'king'", "Choose one of: "),
        ({"ratings": {999: 5.0}}, "no film 999", "movierec films"),
        ({"ratings": {1: 9.0}}, "A rating is 1 to 5, not 9", "Fargo=4"),
        ({"ratings": {1: float("nan")}}, "A rating is 1 to 5, not nan", "Fargo=4"),
    ],
)
def test_what_makes_no_sense_is_refused(
    told: dict, message: str, hint: str, small: Dataset
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        people.someone(small, Answers(small.name, **told))
    assert hint in caught.value.hint


@pytest.mark.ml100k
def test_the_21_real_occupations_are_named(ml100k: Dataset) -> None:
    with pytest.raises(UsageError) as caught:
        people.someone(ml100k, Answers("ml-100k", occupation="king"))
    assert len(caught.value.hint.split(",")) == 21


def test_films_are_named_once() -> None:
    assert people.name_films(INDEX, [("fargo", 5.0), (30, 1.0), ("Fargo (1996)", 5.0)]) == {
        10: 5.0, 30: 1.0,
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"Fargo \(1996\) is given two ratings: 5 .* 1 for"):
        people.name_films(INDEX, [("fargo", 5.0), ("10", 1.0)])
