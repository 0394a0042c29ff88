"""Who asks: checked, remembered, read from files."""

from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core import people
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.people import Answers
from movierec_cli.core.search import TitleIndex
from tests.helpers import make_dataset

TITLES = ["Fargo (1996)", "Evita (1996)", "Toy Story (1995)", "Sabrina (1954)", "Sabrina (1995)"]
FILMS = make_dataset([(0, 0, 4.0)], 1, TITLES)
INDEX = TitleIndex.build(FILMS.films, FILMS.ratings.film_rows)


def test_someone_has_a_history_ordered_by_film_and_given_today() -> None:
    person = people.someone(FILMS, Answers("by-hand", {30: 5.0, 10: 1.0}))
    assert person.history.film_rows.tolist() == [0, 2]
    assert person.history.ratings.tolist() == [0.0, 5.0]  # a rating of 1 is a dislike
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


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "title,rating\nfargo,4\nToy Story (1995),2.5\n",
        "rating,film\n4,10\n2.5,30\n",
        "\ufeffFilm, Rating\r\n10, 4\r\n30, 2.5\r\n",
        'title,rating,note\n"Fargo (1996)",4,"great, really"\n30,2.5,\n\n',
    ],
)
def test_ratings_are_read_from_a_file(text: str, tmp_path: Path) -> None:
    assert people.read_ratings(write(tmp_path, text), INDEX) == {10: 4.0, 30: 2.5}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("movie,rating\nfargo,4\n", "has the columns movie, rating", "film,rating"),
        ("film,stars\nfargo,4\n", "has the columns film, stars", "film,rating"),
        ("", r"has the columns \(none\)", "film,rating"),
        ("film,rating\nxyzzy,4\n", "line 2, column film: There is no film 'xyzzy'", "films WORD"),
        ("film,rating\nsabrina,4\n", "line 2, column film: .* any of 2", "50 Sabrina"),
        ("film,rating\nfargo,9\n", "line 2, column rating: '9' is not a rating", "1 to 5"),
        ("film,rating\nfargo,good\n", "line 2, column rating: 'good' is not", "1 to 5"),
        ("film,rating\nfargo,nan\n", "line 2, column rating: 'nan' is not", "1 to 5"),
        ("film,rating\nfargo\n", "line 2, column rating: '' is not a rating", "1 to 5"),
        ("film,rating\nfargo,4\n10,4\n", "line 3: the film is rated twice", "Keep one"),
        (b"film,rating\n\xe9v\xe9nement,4\n", "is not a CSV file in UTF-8", "Save it"),
        (b"film,rating\n\x00\n", "line 2|is not a CSV", ""),
    ],
)
def test_a_wrong_file_is_refused(
    text: str | bytes, message: str, hint: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        people.read_ratings(write(tmp_path, text), INDEX)
    assert hint in caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        people.read_ratings(tmp_path / "none.csv", INDEX)


def test_a_profile_is_remembered_and_forgotten(tmp_path: Path) -> None:
    told = Answers("by-hand", {10: 4.5}, 30, "F", None, "01234")
    people.save_profile("ann", told, tmp_path)
    assert people.load_profile("ann", tmp_path) == told
    assert people.list_profiles(tmp_path) == ["ann"]
    people.remove_profile("ann", tmp_path)
    assert people.list_profiles(tmp_path) == []


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        people.load_profile("bob", tmp_path)
    assert "--save-profile bob" in caught.value.hint
    people.save_profile("ann", Answers("by-hand"), tmp_path)
    for call in (people.load_profile, people.remove_profile):
        with pytest.raises(DataError, match="no profile 'bob'") as caught:
            call("bob", tmp_path)
        assert caught.value.hint == "There are: ann"


@pytest.mark.parametrize("name", ["", "../ann", "a b", ".ann", "x" * 81])
def test_a_profile_cannot_have_any_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        people.save_profile(name, Answers("by-hand"), tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"ratings": [1]}'])
def test_a_damaged_profile_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text(content)
    with pytest.raises(IntegrityError, match="'ann' is damaged") as caught:
        people.load_profile("ann", tmp_path)
    assert caught.value.hint == "Remove it with: movierec profiles remove ann"
    people.remove_profile("ann", tmp_path)


def test_a_typed_rating_of_one_is_a_dislike_not_a_low_rating(small: Dataset) -> None:
    person = people.someone(small, Answers(small.name, {1: 5.0, 2: 1.0}))
    assert person.history.ratings.tolist() == [5.0, 0.0]
