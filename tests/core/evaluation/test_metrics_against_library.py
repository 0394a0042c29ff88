"""The ranking metrics against scikit-learn, on random scores without ties.

scikit-learn has average precision only over a whole ranking. On the list alone it gives the mean
precision at the hits; the test divides by min(|R|, k) instead of the number of hits.
"""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Histories
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.models.topk import top_k
from tests.helpers import make_histories

library = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")

N_USERS, N_FILMS = 24, 40
LENGTHS = (1, 5, 25, N_FILMS)


def sampled() -> tuple[np.ndarray, np.ndarray, Histories]:
    """Return scores, the relevant films, and the same as targets with ratings 3 to 5."""
    generator = np.random.default_rng(0)
    scores = generator.permuted(np.tile(np.arange(N_FILMS, dtype=np.float32), (N_USERS, 1)), axis=1)
    relevant = np.zeros((N_USERS, N_FILMS), np.bool_)
    targets = []
    for user in range(N_USERS):
        n_relevant = int(generator.integers(1, N_FILMS - 5))
        rated = generator.permutation(N_FILMS)[: n_relevant + int(generator.integers(0, 6))]
        relevant[user, rated[:n_relevant]] = True
        targets.append(
            {
                int(film): float(generator.integers(4, 6) if relevant[user, film] else 3.0)
                for film in rated
            }
        )
    return scores, relevant, make_histories(*targets)


def measured(scores: np.ndarray, targets: Histories, k: int) -> dict[str, np.ndarray]:
    hit = metrics.hits(top_k(scores, k), targets, N_FILMS)
    return metrics.ranking_metrics(hit, metrics.relevant_counts(targets))


@pytest.mark.parametrize("k", LENGTHS)
def test_ndcg(k: int) -> None:
    scores, relevant, targets = sampled()
    expected = [
        library.ndcg_score([row], [score], k=k, ignore_ties=True)
        for row, score in zip(relevant, scores, strict=True)
    ]
    np.testing.assert_allclose(measured(scores, targets, k)["ndcg"], expected, rtol=1e-12)


@pytest.mark.parametrize("k", LENGTHS)
def test_average_precision(k: int) -> None:
    scores, relevant, targets = sampled()
    got = measured(scores, targets, k)["map"]
    for user in range(N_USERS):
        listed = scores[user] >= N_FILMS - k
        found = relevant[user] & listed
        expected = 0.0
        if found.any():  # the library averages over the hits of the list
            of_hits = library.average_precision_score(found[listed], scores[user][listed])
            expected = of_hits * found.sum() / min(relevant[user].sum(), k)
        assert got[user] == pytest.approx(expected, rel=1e-12)
