"""Sums of each user: means over all users, over some, and over several splits."""

import numpy as np
import pytest

from movierec_cli.core.evaluation.per_user import PerUser, pooled

# Two of three users have a relevant film; the targets are 1, 3 and 4 ratings.
THREE = PerUser(
    np.array([1, 2, 3]),
    {
        "ndcg": np.array([0.5, 0.0, 1.0]),
        "mse": np.array([4.0, 3.0, 1.0]),
        "rmse": np.array([4.0, 3.0, 1.0]),
    },
    {"ranking": np.array([1.0, 0.0, 1.0]), "rating": np.array([1.0, 3.0, 4.0])},
)


def test_ranking_is_a_mean_over_users_and_rating_over_targets() -> None:
    means = THREE.means()
    assert means["ndcg"] == pytest.approx(1.5 / 2)
    assert means["mse"] == pytest.approx(8 / 8)
    assert means["rmse"] == pytest.approx(1.0)
    assert means["precision"] is means["mae"] is None


def test_some_users_have_means_of_their_own() -> None:
    means = THREE.means(np.array([True, True, False]))
    assert means["ndcg"] == pytest.approx(0.5)
    assert means["mse"] == pytest.approx(7 / 4)
    assert means["rmse"] == pytest.approx((7 / 4) ** 0.5)
    nobody = THREE.means(np.array([False, True, False]))
    assert (nobody["ndcg"], nobody["mse"]) == (None, pytest.approx(1.0))


def test_a_user_of_two_splits_is_one_user() -> None:
    other = PerUser(
        np.array([3, 4]),
        {name: np.array([0.2, 0.4]) for name in THREE.sums},
        {"ranking": np.array([1.0, 1.0]), "rating": np.array([2.0, 5.0])},
    )
    both = pooled([THREE, other])
    assert both.ids.tolist() == [1, 2, 3, 4]
    assert both.sums["ndcg"] == pytest.approx([0.5, 0.0, 1.2, 0.4])
    assert both.counts["ranking"].tolist() == [1, 0, 2, 1]
    assert both.counts["rating"].tolist() == [1, 3, 6, 5]
