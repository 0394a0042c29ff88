"""The interview asks about films that are popular, disputed and of different genres."""

import pytest

from movierec_cli.core.recommend.interview import has_half_stars, informative_films, read_rating
from tests.helpers import make_dataset


def test_of_equally_popular_films_the_disputed_one_comes_first() -> None:
    triples = [(user, 0, 3.0) for user in range(4)]
    triples += [(user, 1, 1.0 + 4 * (user % 2)) for user in range(4)]
    assert informative_films(make_dataset(triples, 4, ["Calm (1990)", "Loud (1991)"])) == [1, 0]


def test_the_next_question_is_about_another_genre() -> None:
    triples = [(user, film, 1.0 + 2 * (user % 3)) for user in range(6) for film in range(3)]
    films = make_dataset(
        triples, 6, ["A (1990)", "B (1990)", "C (1990)"], [[1, 0], [1, 0], [0, 1]], ("War", "Drama")
    )
    assert informative_films(films, 2) == [0, 2]


WHOLE = make_dataset([(0, 0, 5.0), (0, 1, 1.0)], 1, ["A (1990)", "B (1990)"])
HALVES = make_dataset([(0, 0, 3.5), (0, 1, 1.0)], 1, ["A (1990)", "B (1990)"])


@pytest.mark.parametrize(
    ("text", "whole", "halved"),
    [
        ("4", 4.0, 4.0),
        ("3.5", None, 3.5),
        ("3,5", None, 3.5),
        ("3.7", None, None),
        ("6", None, None),
        ("0", None, None),
        ("nan", None, None),
        ("good", None, None),
    ],
)
def test_half_stars_are_taken_where_the_data_has_them(
    text: str, whole: float | None, halved: float | None
) -> None:
    assert (has_half_stars(WHOLE), has_half_stars(HALVES)) == (False, True)
    assert read_rating(text, WHOLE, halves=False) == whole
    assert read_rating(text, HALVES, halves=True) == halved
