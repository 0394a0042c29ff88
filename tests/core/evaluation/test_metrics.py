"""The formulas of the metrics against fractions computed by hand."""

from math import log2

import numpy as np
import pytest

from movierec_cli.core.evaluation import metrics
from tests.helpers import make_histories

NO, HIT = False, True


def of_one(hit: list[bool], n_relevant: int) -> dict[str, float]:
    """Return the ranking metrics of one user."""
    values = metrics.ranking_metrics(np.array([hit]), np.array([n_relevant]))
    assert {*values, "mrr"} == set(metrics.RANKING)
    return {name: float(value[0]) for name, value in values.items()}


def test_fewer_relevant_films_than_places() -> None:
    got = of_one([HIT, NO, HIT, NO, NO], n_relevant=3)
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert got == pytest.approx(
        {
            "precision": 2 / 5,
            "recall": 2 / 3,
            "map": (1 / 1 + 2 / 3) / 3,
            "ndcg": (1 + 1 / log2(4)) / ideal,
            "hit_rate": 1.0,
        }
    )


def test_more_relevant_films_than_places() -> None:
    got = of_one([NO, HIT, HIT], n_relevant=10)
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert got == pytest.approx(
        {
            "precision": 2 / 3,
            "recall": 2 / 10,
            "map": (1 / 2 + 2 / 3) / 3,
            "ndcg": (1 / log2(3) + 1 / log2(4)) / ideal,
            "hit_rate": 1.0,
        }
    )


TARGETS = make_histories({0: 4.0, 2: 3.9, 3: 5.0}, {1: 1.0}, {})


def test_a_film_is_relevant_from_a_rating_of_four() -> None:
    assert metrics.relevant_counts(TARGETS).tolist() == [2, 0, 0]
    top = np.array([[0, 1, 2, 3], [0, 1, 2, 3], [-1, 3, 0, -1]])
    assert metrics.hits(top, TARGETS, n_films=4).tolist() == [
        [True, False, False, True],
        [False] * 4,
        [False] * 4,
    ]


def test_films_of_equal_score_share_the_middle_of_their_ranks() -> None:
    scores = np.float32([[3, 5, 3, 3, -np.inf], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]])
    targets = make_histories({0: 1.0}, {0: 4.0, 3: 4.0}, {})
    ranks = metrics.first_ranks(scores, targets, least=0)
    assert ranks.tolist() == [1 + 1 + 2 / 2, 2, np.inf]  # of several, that of the best
    assert metrics.first_ranks(scores, targets, least=4)[0] == np.inf
    got = metrics.rank_metrics(np.array([2.5, 3.0, 3.5]), k=3)
    assert got["hit_rate"].tolist() == [1, 1, 0]
    assert got["ndcg"] == pytest.approx([1 / log2(3.5), 1 / log2(4), 0])
    assert got["mrr"] == pytest.approx([1 / 2.5, 1 / 3, 1 / 3.5])


def test_the_table_has_labels_and_directions() -> None:
    assert (*metrics.RANKING, "mse", "rmse", "mae", "accuracy") == metrics.ALL
    ndcg, rmse = metrics.METRICS["ndcg"], metrics.METRICS["rmse"]
    assert (ndcg.label(5), ndcg.short(5), rmse.label(5)) == ("NDCG@5", "NDCG@5", "RMSE")
    assert "min(relevant, 5)" in ndcg.definition(5)
    assert (ndcg.best([0.1, 0.3]), rmse.best([0.1, 0.3])) == (0.3, 0.1)
    assert rmse.best_at([None, 0.3, 0.1, 0.1]) == 2
    assert rmse.best_at([None]) is None
