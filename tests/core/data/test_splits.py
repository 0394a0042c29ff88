"""The splits are those of the definition: same seed, same users, same ratings, everywhere."""

import numpy as np
import pandas as pd
import pytest

from movierec_cli.core.data.dataset import Dataset, Histories
from movierec_cli.core.data.splits import Validation, fold_in, make_split, sample_users
from movierec_cli.core.errors import UsageError


@pytest.mark.parametrize(("n_users", "seed"), [(943, 705), (120, 0), (7, 3)])
def test_draws_the_users_that_pandas_samples(n_users: int, seed: int) -> None:
    users = pd.DataFrame({"id": np.arange(1, n_users + 1)})
    expected = users.sample(frac=0.2, random_state=seed)["id"].to_numpy() - 1
    assert sample_users(n_users, 0.2, seed).tolist() == expected.tolist()


def test_of_few_users_one_is_drawn() -> None:
    assert len(sample_users(9, 0.05, 0)) == 1  # round(0.45) would be none to validate on


def test_holding_out_users_parts_the_ratings_by_user(small: Dataset) -> None:
    split = make_split(small, "users", 705)
    cold, folded = split.scenarios
    held_out = set(cold.users.ids.tolist())
    assert len(held_out) == 24
    assert held_out.isdisjoint(small.users.ids[split.full_train.ratings.user_rows].tolist())
    assert cold.histories.counts.sum() == 0
    assert len(split.full_train.ratings) + cold.targets.counts.sum() == len(small.ratings)
    assert (
        folded.histories.counts + folded.targets.counts
    ).tolist() == cold.targets.counts.tolist()


def test_validation_users_are_training_users_without_a_training_rating(small: Dataset) -> None:
    def split_with(seed: int) -> tuple[set[int], set[int], set[int]]:
        split = make_split(small, "users", 705, validation=Validation("users", 0.1, seed))
        trained = set(small.users.ids[split.train.ratings.user_rows].tolist())
        validated = set(split.validation.users.ids.tolist())
        assert not split.validation.histories.counts.any()
        n_targets = split.validation.targets.counts.sum()
        assert len(split.train.ratings) + n_targets == len(split.full_train.ratings)
        return trained, validated, set(split.scenarios[0].users.ids.tolist())

    trained, validated, held_out = split_with(0)
    assert len(validated) == round(0.1 * 96)
    assert not trained & validated
    assert not held_out & (trained | validated)
    assert len(trained | validated | held_out) == 120
    assert split_with(0)[1] == validated != split_with(1)[1]


def test_fold_in_knows_the_first_four_fifths_of_one_permutation_for_all_users() -> None:
    histories = Histories(
        indptr=np.array([0, 1, 6, 11]),
        film_rows=np.arange(11, dtype=np.int32),
        ratings=np.ones(11, np.float32),
        timestamps=np.zeros(11, np.int64),
    )
    known, hidden = fold_in(histories, np.random.default_rng(705))
    generator = np.random.default_rng(705)
    orders = [generator.permutation(n) for n in (1, 5, 5)]
    expected = [[0], sorted(1 + orders[1][:4]), sorted(6 + orders[2][:4])]
    got = np.split(known.film_rows, known.indptr[1:-1])
    assert [part.tolist() for part in got] == expected
    assert hidden.counts.tolist() == [0, 1, 1]


def test_an_unknown_holdout_names_those_there_are(small: Dataset) -> None:
    with pytest.raises(UsageError, match="no holdout 'u9'") as caught:
        make_split(small, "u9")
    assert "users, u1, u2, u3, u4, u5, ua, ub, none" in caught.value.hint


@pytest.mark.ml100k
def test_the_default_split_of_ml100k_has_the_published_counts(ml100k: Dataset) -> None:
    split = make_split(ml100k)
    assert len(split.scenarios[0].users) == 189
    assert len(split.full_train.ratings) == 81_096
    assert split.scenarios[0].targets.counts.sum() == 18_904
    assert (
        split.scenarios[1].targets.counts.sum() + split.scenarios[1].histories.counts.sum()
        == 18_904
    )


@pytest.mark.ml100k
@pytest.mark.parametrize(("fold", "users", "ratings"), [("u1", 459, 20_000), ("ua", 943, 9_430)])
def test_official_folds_of_ml100k(ml100k: Dataset, fold: str, users: int, ratings: int) -> None:
    (scenario,) = make_split(ml100k, fold).scenarios
    assert len(scenario.users) == users
    assert scenario.targets.counts.sum() == ratings
    assert scenario.histories.counts.sum() <= 100_000 - ratings
