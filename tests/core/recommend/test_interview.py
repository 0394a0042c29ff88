"""The interview asks about films that are popular, disputed and of different genres."""

from movierec_cli.core.recommend.interview import informative_films
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
