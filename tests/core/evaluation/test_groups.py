"""Metrics by group: who belongs to which, and the means of each."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.scenarios import FOLD_IN, NEXT
from movierec_cli.core.evaluation.groups import FEW_USERS, by_group
from movierec_cli.core.evaluation.per_user import PerUser
from tests.helpers import make_dataset, make_users

# User u (0 to 5) rated u + 1 films; the last three are measured, and one of them does not count.
DATASET = replace(
    make_dataset(
        [(user, film, 4.0) for user in range(6) for film in range(user + 1)], 6, list("ABCDEF")
    ),
    users=replace(
        make_users(6),
        age=np.array([10, 10, 10, 24, 25, 50], np.float32),
        gender=np.array([0, 0, 0, 1, 0, 0], np.int8),
    ),
)
PER_USER = PerUser(
    np.array([4, 5, 6]),
    {"ndcg": np.array([0.2, 0.6, 0.0]), "mse": np.array([1.0, 2.0, 3.0])},
    {"ranking": np.array([1.0, 1.0, 0.0]), "rating": np.ones(3)},
)


def test_groups_are_of_the_users_that_count() -> None:
    found = [
        (of.attribute, of.group, of.users, of.metrics["ndcg"])
        for of in by_group(DATASET, PER_USER, FOLD_IN)
    ]
    assert found == [
        ("gender", "M", 1, pytest.approx(0.6)),
        ("gender", "F", 1, pytest.approx(0.2)),
        ("age", "<25", 1, pytest.approx(0.2)),
        ("age", "25-34", 1, pytest.approx(0.6)),  # the one of 50 does not count
        ("activity", "<=4", 1, pytest.approx(0.2)),
        ("activity", ">4", 1, pytest.approx(0.6)),
    ]
    assert all(of.is_small for of in by_group(DATASET, PER_USER, FOLD_IN))


def test_unknown_demographics_are_no_group() -> None:
    users = replace(
        DATASET.users, age=np.full(6, np.nan, np.float32), gender=np.full(6, -1, np.int8)
    )
    assert {of.attribute for of in by_group(replace(DATASET, users=users), PER_USER, FOLD_IN)} == {
        "activity"
    }


def test_thirds_of_activity_and_small_groups() -> None:
    n = 3 * FEW_USERS
    data = make_dataset(
        [(user, film, 4.0) for user in range(n) for film in range(user + 1)], n, ["A"] * n
    )
    users = PerUser(
        data.users.ids, {"ndcg": np.arange(n) / n}, {"ranking": np.ones(n), "rating": np.ones(n)}
    )
    thirds = [of for of in by_group(data, users, FOLD_IN) if of.attribute == "activity"]
    assert [of.group for of in thirds] == ["<=20", "21-40", ">40"]
    assert [of.users for of in thirds] == [20, 20, 20]
    assert not any(of.is_small for of in thirds)


def test_the_next_film_has_groups_by_the_time_before_it() -> None:
    pairs = [(user, film, 4.0) for user in range(4) for film in range(2)]
    data = make_dataset(pairs, 4, list("AB"))
    times = np.array([5, 5, 70, 11, 0, 3599, 0, 3600])  # gaps of 0, 59, 3599 and 3600 seconds
    dated = data.with_ratings(replace(data.ratings, timestamps=times))
    users = PerUser(
        dated.users.ids,
        {"hit_rate": np.array([1.0, 0.0, 1.0, 0.0])},
        {"ranking": np.ones(4), "rating": np.ones(4)},
    )
    found = [of for of in by_group(dated, users, NEXT) if of.attribute == "gap"]
    assert [(of.group, of.users, of.metrics["hit_rate"]) for of in found] == [
        ("0 s", 1, 1.0), ("<1 min", 1, 0.0), ("<1 h", 1, 1.0), (">1 h", 1, 0.0),
    ]  # fmt: skip
    assert "gap" not in {of.attribute for of in by_group(dated, users, FOLD_IN)}
