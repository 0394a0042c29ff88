"""Splits by time: the last rating of each user, and all ratings from a day on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Ratings
from movierec_cli.core.data.scenarios import Scenario, Validation
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.data.time_splits import hold_out_last, hold_out_late
from movierec_cli.core.errors import DataError, UsageError
from tests.helpers import make_dataset

DAY = 86_400


def dataset_at(*users: Sequence[int]) -> Dataset:
    """Return a user for each list of times, who rated the films 0, 1, .. at these times."""
    triples = [(row, film, 2.0) for row, times in enumerate(users) for film in range(len(times))]
    n_films = max(map(len, users))
    dataset = make_dataset(triples, len(users), [f"Film {film}" for film in range(n_films)])
    times = np.concatenate(users).astype(np.int64)
    return dataset.with_ratings(replace(dataset.ratings, timestamps=times))


def over_a_year(dataset: Dataset) -> Dataset:
    """Return the same ratings at random times of a year."""
    times = np.random.default_rng(0).integers(0, 365 * DAY, len(dataset.ratings))
    return dataset.with_ratings(replace(dataset.ratings, timestamps=times))


def films_of(scenario: Scenario) -> list[list[int]]:
    targets = scenario.targets
    return [part.tolist() for part in np.split(targets.film_rows, targets.indptr[1:-1])]


def test_the_last_rating_is_held_out_of_users_with_enough() -> None:
    dataset = dataset_at([5, 9, 7], [3, 2], [1, 2, 3, 4])
    train, scenario = hold_out_last(dataset, 3, seed=0)
    assert scenario.name == "next"
    assert scenario.users.ids.tolist() == [1, 3]
    assert films_of(scenario) == [[1], [3]]
    assert scenario.histories.film_rows.tolist() == [0, 2, 0, 1, 2]
    assert train.histories.counts.tolist() == [2, 2, 3]
    assert scenario.least_relevant == 0  # the next film is a hit at any rating


def test_the_seed_draws_among_ratings_of_the_same_time() -> None:
    dataset = dataset_at([1, 5, 5, 5], [0, 1, 2, 3])
    drawn = Counter(films_of(hold_out_last(dataset, 3, seed)[1])[0][0] for seed in range(60))
    assert set(drawn) == {1, 2, 3}  # each of the page, and never the earlier film
    assert max(drawn.values()) < 40
    assert films_of(hold_out_last(dataset, 3, 7)[1]) == films_of(hold_out_last(dataset, 3, 7)[1])


def test_the_order_of_the_lines_in_a_file_changes_nothing() -> None:
    generator = np.random.default_rng(0)
    columns = (
        np.repeat(np.arange(20, dtype=np.int32), 6),
        np.tile(np.arange(6, dtype=np.int32), 20),
        np.ones(120, np.float32),
        generator.integers(0, 3, 120),
    )
    base = make_dataset([(0, 0, 1.0)], 20, list("ABCDEF"))
    splits = []
    for order in (np.arange(120), generator.permutation(120)):
        ratings = Ratings.ordered(*(column[order] for column in columns))
        splits.append(hold_out_last(base.with_ratings(ratings), 3, seed=1)[1])
    assert films_of(splits[0]) == films_of(splits[1])


def test_untied_users_are_those_whose_last_time_occurs_once() -> None:
    dataset = dataset_at(*([0, 1, 2] if user % 2 else [0, 2, 2] for user in range(10)))
    dataset = replace(dataset, films=dataset_at(range(10)).films)
    following, untied = make_split(dataset, "last").scenarios
    assert (following.name, untied.name) == ("next", "next-untied")
    assert len(following.users) == 10
    assert untied.users.ids.tolist() == [2, 4, 6, 8, 10]
    assert films_of(untied) == [[2]] * 5


def test_all_ratings_from_a_day_on_are_held_out() -> None:
    early, day = [0, 1, 2, 3, 4], 3 * DAY
    dataset = dataset_at([*early, day, day + 5], [*early, day - 1], [*early[1:], day], [day])
    train, scenario = hold_out_late(dataset, "1970-01-04")
    assert train.ratings.timestamps.max() < day
    assert scenario.name == "later"
    assert scenario.users.ids.tolist() == [1]  # five ratings before, and one after
    assert films_of(scenario) == [[5, 6]]
    assert len(train.ratings) == 5 + 6 + 4  # those of the other users after it are in no part


def test_the_last_tenth_is_held_out_by_default() -> None:
    dataset = dataset_at(range(100), [0, 1])
    train, scenario = hold_out_late(dataset, None)
    assert len(train.ratings) == 91  # 0.9 of 102 ratings: those of times below 89
    assert films_of(scenario) == [list(range(89, 100))]


@pytest.mark.parametrize("holdout", ["last", "time"])
def test_no_later_rating_of_a_user_reaches_training(holdout: str, small: Dataset) -> None:
    split = make_split(over_a_year(small), holdout, validation=Validation("ratings", 0.5, 3))
    parts = [(split.scenarios[0], split.full_train), (split.validation, split.train)]
    for scenario, train in parts:
        targets, history = scenario.targets, scenario.histories
        first_target = np.minimum.reduceat(targets.timestamps, targets.indptr[:-1])
        assert np.all(history.timestamps <= first_target[history.user_rows])
        if holdout == "time":
            assert train.ratings.timestamps.max() < targets.timestamps.min()
        known = set(zip(history.film_rows, history.timestamps, strict=True))
        assert known <= set(zip(train.ratings.film_rows, train.ratings.timestamps, strict=True))


def test_the_validation_part_is_made_by_the_rule_of_the_holdout(small: Dataset) -> None:
    split = make_split(small, "last", validation=Validation("users", 0.1, 3))
    assert split.rule == Validation("last", 0.1, 3)
    assert len(split.validation.users) == len(split.scenarios[0].users) == len(small.users)
    assert len(split.train.ratings) == len(small.ratings) - 2 * len(small.users)
    assert make_split(over_a_year(small), "time").rule.of == "time"
    of_users = make_split(small, "users", validation=Validation("last"))
    assert of_users.validation.name == "next"


def test_data_without_an_order_is_refused(small: Dataset) -> None:
    timeless = replace(small, has_times=False)
    same = small.with_ratings(replace(small.ratings, timestamps=small.ratings.timestamps * 0))
    for holdout in ("last", "time"):
        for dataset in (timeless, same):
            with pytest.raises(DataError, match="have no times, or all the same") as caught:
                make_split(dataset, holdout)
            assert "--holdout users" in caught.value.hint


def test_a_time_in_the_future_does_not_move_the_cut() -> None:
    in_the_future = 5 * 10**9
    train, scenario = hold_out_late(dataset_at([*range(99), in_the_future]), None)
    assert train.ratings.timestamps.max() == 89
    assert films_of(scenario) == [list(range(90, 100))]


def test_one_rating_a_user_leaves_nothing_to_ask() -> None:
    with pytest.raises(DataError, match="No user of by-hand has 3 ratings"):
        hold_out_last(dataset_at([1], [2], [3]), 3, seed=0)
    with pytest.raises(DataError, match="has 5 ratings before 1970-01-01 and one after"):
        hold_out_late(dataset_at([1], [2], [3]), None)


@pytest.mark.parametrize(
    ("cut", "message", "hint"),
    [
        ("soon", "'soon' is no date", "--cut 1998-03-01"),
        ("1970-01-01", "The cut 1970-01-01 leaves no rating", "from 1970-01-01 to 1970-01-10"),
        ("2001-09-09", "The cut 2001-09-09 leaves no rating", "from 1970-01-01 to 1970-01-10"),
    ],
)
def test_a_cut_outside_the_data_is_refused(cut: str, message: str, hint: str) -> None:
    dataset = dataset_at([day * DAY for day in range(10)])
    with pytest.raises(UsageError, match=message) as caught:
        hold_out_late(dataset, cut)
    assert hint in caught.value.hint


def test_a_cut_needs_the_holdout_time(small: Dataset) -> None:
    with pytest.raises(UsageError, match="--cut is for the holdout time"):
        make_split(small, "last", cut="1998-03-01")


@pytest.mark.ml100k
def test_the_protocols_have_the_published_counts(ml100k: Dataset) -> None:
    following, untied = make_split(ml100k, "last").scenarios
    assert (len(following.users), len(untied.users)) == (943, 528)
    (later,) = make_split(ml100k, "time").scenarios
    assert (len(later.users), later.targets.counts.sum()) == (89, 2850)
