"""Windows to train on: the film after each place, and the films that cannot be next."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from movierec_cli.core.data.dataset import Histories
from movierec_cli.core.models.sequence.windows import Windows, sample_windows
from tests.helpers import make_histories

LONG = dict.fromkeys(range(10, 20), 5.0)


def windows(histories: Histories, length: int, seed: int = 0, size: int = 8) -> list[Windows]:
    return list(sample_windows(histories, length, 100, size, np.random.default_rng(seed)))


def test_a_window_has_the_film_that_follows_each_place() -> None:
    (found,) = windows(make_histories({3: 5.0, 1: 4.0, 2: 1.0}, {}, {7: 5.0}), length=5)
    assert found.films.tolist() == [[3, 1]]  # a user with one rating has no next film
    assert found.next_films.tolist() == [[1, 2]]
    assert found.is_film.all()


def test_longer_histories_give_a_window_at_a_random_place() -> None:
    seen = set()
    for seed in range(40):
        (found,) = windows(make_histories(LONG), length=3, seed=seed)
        films = found.films[0]
        assert np.diff(films).tolist() == [1, 1]
        np.testing.assert_array_equal(found.next_films[0], films + 1)
        seen.add(int(films[0]))
    assert seen == set(range(10, 17))


def test_shorter_windows_are_padded_at_the_end() -> None:
    (found,) = windows(make_histories({0: 5.0, 1: 5.0}, LONG), length=4)
    assert found.is_film.tolist() == [[True, False, False, False], [True] * 4]


def test_films_at_a_place_and_before_it_in_the_window_cannot_be_next() -> None:
    found = Windows(
        films=np.array([[5, 6], [7, 0]]),
        next_films=np.array([[6, 8], [9, 0]]),
        is_film=np.array([[True, True], [True, False]]),
    )
    places, films = found.seen()
    assert set(zip(places.tolist(), films.tolist(), strict=True)) == {
        (0, 5),
        (1, 5),
        (1, 6),
        (2, 7),
    }


def test_ratings_of_the_same_time_are_in_another_order_each_time() -> None:
    tied = replace(make_histories(LONG), timestamps=np.zeros(10, np.int64))
    orders = {tuple(windows(tied, length=9, seed=seed)[0].films[0]) for seed in range(5)}
    assert len(orders) == 5


def test_users_are_sampled_and_windows_of_like_length_come_together() -> None:
    users = make_histories(*(dict.fromkeys(range(2 + user % 8), 5.0) for user in range(40)))
    found = list(sample_windows(users, 9, 24, 6, np.random.default_rng(0)))
    assert [len(one.films) for one in found] == [6] * 4
    spans = sorted((one.is_film.sum(axis=1).min(), one.films.shape[1]) for one in found)
    assert all(longest <= shortest for (_, longest), (shortest, _) in pairwise(spans))
