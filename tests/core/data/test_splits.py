"""Splits: the same seed samples the same users and ratings, and no rating is in two parts."""

import numpy as np
import pandas as pd
import pytest

from movierec_cli.core.data import splits
from movierec_cli.core.data.dataset import Dataset, Histories
from movierec_cli.core.data.scenarios import Scenario, Validation
from movierec_cli.core.data.splits import (
    fold_in,
    hold_out,
    make_split,
    sample_users,
    split_ratings,
    split_users,
)
from movierec_cli.core.errors import DataError, UsageError
from tests.helpers import make_dataset

Pairs = set[tuple[int, int]]
"""User ids with film rows."""


def pairs(scenario: Scenario, part: Histories) -> Pairs:
    ids = scenario.users.ids[part.user_rows]
    return set(zip(ids.tolist(), part.film_rows.tolist(), strict=True))


def rated(dataset: Dataset) -> Pairs:
    ids = dataset.users.ids[dataset.ratings.user_rows]
    return set(zip(ids.tolist(), dataset.ratings.film_rows.tolist(), strict=True))


def test_the_sampled_users_are_those_that_pandas_samples_and_at_least_one() -> None:
    users = pd.DataFrame({"row": np.arange(943)})
    expected = users.sample(frac=0.2, random_state=705)["row"]
    assert sample_users(943, 0.2, 705).tolist() == expected.tolist()
    assert len(sample_users(9, 0.05, 0)) == 1  # round(0.45) would give none


# user 1 rated films 0 to 4, user 2 films 0 and 1, user 3 film 2
TRIPLES = [(0, film, 5.0) for film in range(5)] + [(1, 0, 3.0), (1, 1, 4.0), (2, 2, 1.0)]


def test_held_out_users_have_all_ratings_in_the_test() -> None:
    dataset = make_dataset(TRIPLES, 3, ["A", "B", "C", "D", "E"])
    train, (cold, folded) = hold_out(dataset, np.array([2, 0]), seed=0)
    assert rated(train) == {(2, 0), (2, 1)}
    assert cold.users.ids.tolist() == folded.users.ids.tolist() == [1, 3]
    assert cold.histories.counts.tolist() == [0, 0]
    assert pairs(cold, cold.targets) == {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (3, 2)}
    assert folded.histories.counts.tolist() == [4, 1]  # floor(0.8 * 5); at least 1
    assert folded.targets.counts.tolist() == [1, 0]
    known, targets = pairs(folded, folded.histories), pairs(folded, folded.targets)
    assert known.isdisjoint(targets)
    assert known | targets == pairs(cold, cold.targets)


def test_validation_takes_users_or_a_fifth_of_their_ratings() -> None:
    dataset = make_dataset([(0, film, 5.0) for film in range(5)], 2, ["A", "B", "C", "D", "E"])
    train, scenario = split_ratings(dataset, 0.9, seed=0)  # of the one user with ratings
    assert scenario.users.ids.tolist() == [1]
    assert len(rated(train)) == 4
    assert pairs(scenario, scenario.histories) == rated(train)
    assert pairs(scenario, scenario.targets) == rated(dataset) - rated(train)
    train, scenario = split_users(dataset, 0.9, seed=0)
    assert rated(train) == set()
    assert scenario.histories.counts.tolist() == [0]
    assert pairs(scenario, scenario.targets) == rated(dataset)


def test_no_more_users_than_needed_validate(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(split_ratings(small, 0.5, seed=0)[1].users) > 7
    monkeypatch.setattr(splits, "MOST_VALIDATION_USERS", 7)
    train, scenario = split_ratings(small, 0.5, seed=0)
    assert len(scenario.users) == 7
    assert len(train.ratings) == len(small.ratings) - len(scenario.targets.ratings)


@pytest.mark.parametrize("holdout", ["users", "u1", "none"])
@pytest.mark.parametrize("of", ["ratings", "users"])
def test_training_validation_and_test_are_disjoint_and_complete(
    holdout: str, of: str, small: Dataset
) -> None:
    split = make_split(small, holdout, validation=Validation(of, 0.25, 3))  # type: ignore[arg-type]
    train = rated(split.train)
    validation = pairs(split.validation, split.validation.targets)
    test = pairs(split.scenarios[0], split.scenarios[0].targets) if split.scenarios else set()
    assert len(train) + len(validation) + len(test) == len(small.ratings)
    assert train | validation | test == rated(small)
    assert rated(split.full_train) == train | validation
    assert pairs(split.validation, split.validation.histories) <= train
    n_training_users = len({user for user, _ in rated(split.full_train)})
    assert len(split.validation.users) == round(0.25 * n_training_users)
    if of == "users":
        assert {user for user, _ in train}.isdisjoint(split.validation.users.ids.tolist())
    if holdout == "users":
        assert {user for user, _ in train | validation}.isdisjoint({user for user, _ in test})


def test_a_split_is_made_once_and_again_by_the_same_seeds(small: Dataset) -> None:
    split, again = make_split(small), make_split(small)
    assert split.train is split.train
    assert split.validation is split.validation
    assert rated(again.train) == rated(split.train)
    other = make_split(small, validation=Validation(seed=1))
    assert rated(other.full_train) == rated(split.full_train)
    assert rated(other.train) != rated(split.train)
    assert rated(make_split(small, "users", 1).full_train) != rated(split.full_train)


def test_fold_in_takes_the_first_four_fifths_of_a_permutation() -> None:
    histories = Histories(
        indptr=np.array([0, 1, 6, 11]),
        film_rows=np.arange(11, dtype=np.int32),
        ratings=np.ones(11, np.float32),
        timestamps=np.zeros(11, np.int64),
    )
    known, targets = fold_in(histories, np.random.default_rng(705))
    generator = np.random.default_rng(705)
    orders = [generator.permutation(n) for n in (1, 5, 5)]
    expected = [[0], sorted(1 + orders[1][:4]), sorted(6 + orders[2][:4])]
    got = np.split(known.film_rows, known.indptr[1:-1])
    assert [part.tolist() for part in got] == expected
    assert targets.counts.tolist() == [0, 1, 1]


def test_an_unknown_holdout_is_refused_with_the_known_ones(small: Dataset) -> None:
    with pytest.raises(UsageError, match="no holdout 'u9'") as caught:
        make_split(small, "u9")
    assert "users, last, time, u1, u2, u3, u4, u5, ua, ub, none" in caught.value.hint


@pytest.mark.ml100k
def test_the_default_split_of_ml100k_has_the_published_counts(ml100k: Dataset) -> None:
    split = make_split(ml100k)
    cold, folded = split.scenarios
    assert len(cold.users) == 189
    assert len(split.full_train.ratings) == 81_096
    assert cold.targets.counts.sum() == 18_904
    assert folded.targets.counts.sum() + folded.histories.counts.sum() == 18_904


@pytest.mark.ml100k
@pytest.mark.parametrize(("fold", "users", "ratings"), [("u1", 459, 20_000), ("ua", 943, 9_430)])
def test_official_folds_of_ml100k(ml100k: Dataset, fold: str, users: int, ratings: int) -> None:
    (scenario,) = make_split(ml100k, fold).scenarios
    assert len(scenario.users) == users
    assert scenario.targets.counts.sum() == ratings
    assert scenario.histories.counts.sum() <= 100_000 - ratings


@pytest.mark.parametrize("holdout", ["users", "none"])
@pytest.mark.parametrize(("n_users", "n_films"), [(9, 10), (10, 9)])
def test_a_data_set_of_too_few_users_or_films_is_refused(
    holdout: str, n_users: int, n_films: int
) -> None:
    triples = [(user, film, 4.0) for user in range(n_users) for film in range(n_films)]
    dataset = make_dataset(triples, n_users, [f"Film {film}" for film in range(n_films)])
    with pytest.raises(DataError, match=f"has {n_users} users and {n_films} films: too few"):
        make_split(dataset, holdout)
    enough = [(user, film, 4.0) for user in range(10) for film in range(10)]
    make_split(make_dataset(enough, 10, [f"Film {film}" for film in range(10)]), holdout)
