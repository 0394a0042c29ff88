"""The measurement of a model, on three users computed by hand."""

from collections.abc import Mapping
from dataclasses import replace
from math import log2, sqrt

import numpy as np
import pytest

from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.evaluation import evaluate as evaluation
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.evaluate import Evaluation, evaluate
from tests.helpers import FixedModel, make_histories, make_users

RANKING = np.float32([[9, 8, 7, 6, 5], [5, 6, 7, 8, 9], [1, 1, 1, 1, 1]])
RATING = np.float32([[5, 4, 3, 2, 1], [1, 2, 3, 3.5, 5], [3, 3, 3, 3, 3]])
LIKES = np.float32([[0.9, 0.9, 0.1, 0.1, 0.5], [0.1, 0.1, 0.1, 0.4, 0.9], [0.2, 0.2, 0.2, 0, 0]])

SCENARIO = Scenario(
    "fold-in",
    make_users(3),
    histories=make_histories({0: 5.0}, {}, {4: 4.0}),
    # user 1: relevant 2 and 4; user 2: relevant 3; user 3: none
    targets=make_histories({1: 2.0, 2: 4.0, 4: 5.0}, {3: 4.0}, {0: 1.0, 1: 3.0}),
)


def measured(model: FixedModel, k: int = 2) -> Evaluation:
    return evaluate(model, SCENARIO, k)


def test_ranking_metrics_are_means_over_the_users_with_a_relevant_film() -> None:
    # user 1 gets films 1, 2 (0 is known): one hit at rank 2 of 2 relevant
    # user 2 gets films 4, 3: one hit at rank 2 of 1 relevant
    got = measured(FixedModel(RANKING))
    assert (got.scenario, got.k, got.users, got.left_out) == ("fold-in", 2, 2, 1)
    ideal_of_two = 1 + 1 / log2(3)
    assert got.metrics == pytest.approx(
        {
            "precision": 1 / 2,
            "recall": (1 / 2 + 1) / 2,
            "map": ((1 / 2) / 2 + 1 / 2) / 2,
            "ndcg": ((1 / log2(3)) / ideal_of_two + 1 / log2(3)) / 2,
            "hit_rate": 1.0,
            "mrr": (1 / 2 + 1 / 2) / 2,
            **dict.fromkeys(("mse", "rmse", "mae", "accuracy")),
        }
    )


def test_rating_metrics_are_means_over_all_targets() -> None:
    # predictions 4, 3, 1 | 3.5 | 3, 3 for the ratings 2, 4, 5 | 4 | 1, 3
    got = measured(FixedModel(RANKING, rating=RATING)).metrics
    mse = (4 + 1 + 16 + 0.25 + 4 + 0) / 6
    assert got["mse"] == pytest.approx(mse)
    assert got["rmse"] == pytest.approx(sqrt(mse))
    assert got["mae"] == pytest.approx((2 + 1 + 4 + 0.5 + 2 + 0) / 6)
    assert got["accuracy"] == pytest.approx(3 / 6)  # 3.5 rounds to 4; the last two; no other


def test_like_probabilities_decide_the_accuracy() -> None:
    # .9 .1 .5 | .4 | .2 .2 for no, yes, yes | yes | no, no
    got = measured(FixedModel(RANKING, like_probability=LIKES)).metrics
    assert got["accuracy"] == pytest.approx(3 / 6)
    assert got["mse"] is got["rmse"] is got["mae"] is None
    both = measured(
        FixedModel(RANKING, rating=RATING, like_probability=np.float32(1) - LIKES)
    ).metrics
    assert both["accuracy"] == pytest.approx(4 / 6)  # .1 .9 .5 | .6 | .8 .8
    assert both["mse"] is not None


def test_batches_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    model = FixedModel(RANKING, RATING, LIKES)
    at_once = measured(model)
    monkeypatch.setattr(evaluation, "_BATCH", 2)
    assert measured(model).metrics == pytest.approx(at_once.metrics)


def test_lists_longer_than_the_catalog_count_empty_places_as_misses() -> None:
    got: Mapping[str, float | None] = measured(FixedModel(RANKING), k=10).metrics
    assert got["precision"] == pytest.approx((2 / 10 + 1 / 10) / 2)
    assert got["recall"] == 1.0


def test_without_relevant_films_there_are_no_ranking_metrics() -> None:
    scenario = Scenario(
        "cold-start", make_users(1), make_histories({}), make_histories({1: 2.0, 2: 3.0})
    )
    got = evaluate(FixedModel(RANKING, RATING), scenario)
    assert (got.users, got.left_out) == (0, 1)
    assert [got.metrics[name] for name in metrics.RANKING] == [None] * 6
    assert got.metrics["mse"] == pytest.approx((4 + 0) / 2)


def test_lists_and_figures_of_each_user_are_kept() -> None:
    got = measured(FixedModel(RANKING, rating=RATING))
    assert got.lists.tolist() == [[1, 2], [4, 3], [0, 1]]  # film 0 is known to user 1
    of_users = got.per_user
    assert of_users.ids.tolist() == [1, 2, 3]
    assert of_users.counts["ranking"].tolist() == [1, 1, 0]
    assert of_users.counts["rating"].tolist() == [3, 1, 2]
    assert of_users.sums["precision"].tolist() == [1 / 2, 1 / 2, 0]
    assert of_users.sums["mse"] == pytest.approx([4 + 1 + 16, 0.25, 4 + 0])
    assert of_users.sums["accuracy"].tolist() == [0, 1, 2]
    assert of_users.means() == got.metrics


def test_a_scenario_sets_the_lowest_rating_that_is_relevant() -> None:
    # user 1 gets films 1, 2, 3, 4: both targets but the one of 1; user 3 gets 0 and 1
    every = replace(SCENARIO, least_relevant=0.0)
    got = evaluate(FixedModel(RANKING), every, k=2)
    assert (got.users, got.left_out) == (3, 0)
    assert got.metrics["precision"] == pytest.approx((2 / 2 + 1 / 2 + 2 / 2) / 3)


def test_one_relevant_film_among_equal_scores_has_the_middle_rank() -> None:
    one = Scenario("next", make_users(1), make_histories({0: 5.0}), make_histories({3: 4.0}))
    equal = FixedModel(np.float32([[9, 1, 1, 1, 0]]))
    got = evaluate(equal, one, k=2).metrics  # films 1, 2, 3 share rank 2
    assert got["hit_rate"] == 1
    assert got["ndcg"] == pytest.approx(1 / log2(3))
    assert got["mrr"] == pytest.approx(1 / 2)
