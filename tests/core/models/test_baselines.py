"""Baselines on hand-computed cases, and on MovieLens 100K against their published figures."""

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models import baselines, gram
from movierec_cli.core.models.baselines import (
    BASELINES,
    Bias,
    DemographicRidge,
    Ease,
    FilmMean,
    ItemKnn,
    Popularity,
)
from movierec_cli.core.models.features import user_features
from tests.helpers import make_dataset, make_histories, make_users

TRAIN = make_dataset(
    [(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (2, 0, 3.0), (2, 2, 1.0)],
    n_users=4,
    titles=["a", "b", "c", "d"],
)
MATRIX = np.array([[5, 3, 0, 0], [4, 0, 0, 0], [3, 0, 1, 0], [0, 0, 0, 0]], np.float64)
UNKNOWN = Histories.empty(2), Users.unknown(2)


def test_popularity_counts_ratings() -> None:
    scores = Popularity.fit(TRAIN).score(*UNKNOWN)
    assert scores.score.tolist() == [[3, 1, 1, 0]] * 2
    assert scores.rating is scores.like_probability is None


def test_the_film_mean_is_shrunk_to_the_global_mean_by_five_ratings() -> None:
    mean = (5 + 3 + 4 + 3 + 1) / 5
    expected = [(12 + 5 * mean) / 8, (3 + 5 * mean) / 6, (1 + 5 * mean) / 6, mean]
    scores = FilmMean.fit(TRAIN).score(*UNKNOWN)
    assert scores.rating is not None
    np.testing.assert_allclose(scores.rating, [expected] * 2, rtol=1e-6)
    np.testing.assert_array_equal(scores.score, scores.rating)


def test_the_bias_model_adds_mean_film_and_user_bias_and_clips_the_rating() -> None:
    model = Bias(3.0, np.float32([2.5, -2.5, 0.5]), lowest_rating=1.0)
    scores = model.score(make_histories({2: 4.0}), make_users(1))
    bias = 0.5 / (1 + 5)  # the residual, shrunk by five ratings
    assert scores.score[0].tolist() == pytest.approx([5.5 + bias, 0.5 + bias, 3.5 + bias])
    assert scores.rating is not None
    assert scores.rating[0].tolist() == pytest.approx([5.0, 1.0, 3.5 + bias])


def test_the_bias_model_fits_both_biases_in_turn() -> None:
    model = Bias.fit(TRAIN)
    film, user = np.zeros(4), np.zeros(4)
    for _ in range(Bias.SWEEPS):
        rest = np.where(MATRIX > 0, MATRIX - 3.2 - film, 0)
        user = rest.sum(axis=1) / ((MATRIX > 0).sum(axis=1) + 5)
        rest = np.where(MATRIX > 0, MATRIX - 3.2 - user[:, None], 0)
        film = rest.sum(axis=0) / ((MATRIX > 0).sum(axis=0) + 5)
    assert model.mean == pytest.approx(3.2)
    np.testing.assert_allclose(model.film_bias, film, atol=1e-6)


def test_item_knn_sums_cosines_weighted_by_the_ratings() -> None:
    model = ItemKnn.fit(TRAIN)
    gram = MATRIX.T @ MATRIX
    cosine_ab = gram[0, 1] / np.sqrt(gram[0, 0] * gram[1, 1])
    cosine_ac = gram[0, 2] / np.sqrt(gram[0, 0] * gram[2, 2])
    assert model.weights.diagonal().tolist() == [0] * 4
    scores = model.score(make_histories({0: 4.0}, {1: 1.0, 2: 2.0}), make_users(2)).score
    np.testing.assert_allclose(scores[0], [0, 4 * cosine_ab, 4 * cosine_ac, 0], rtol=1e-6)
    assert scores[1, 0] == pytest.approx(cosine_ab + 2 * cosine_ac)


def test_item_knn_keeps_the_nearest_neighbors(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = ItemKnn.fit(small).weights.toarray()
    monkeypatch.setattr(ItemKnn, "NEIGHBORS", 3)
    monkeypatch.setattr(gram, "_BLOCK", 64)  # of 200 candidates
    nearest = ItemKnn.fit(small).weights.toarray()
    assert (nearest > 0).sum(axis=0).max() == 3
    for film in range(5):
        best = np.sort(everything[:, film])[-3:]
        np.testing.assert_allclose(np.sort(nearest[:, film])[-3:], best, rtol=1e-6)


def test_ease_of_a_large_catalog_is_that_of_its_most_rated_films(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "HEAD", 80)
    counts = np.bincount(small.ratings.film_rows, minlength=200)
    by_count = np.argsort(-counts, kind="stable")
    is_known = np.isin(small.ratings.film_rows, by_count[:80])
    of_head = small.with_ratings(small.ratings.take(is_known))
    scores = Ease.fit(small).score(small.histories, small.users).score
    np.testing.assert_array_equal(scores[:, by_count[80:]], 0)
    expected = Ease.fit(of_head).score(of_head.histories, of_head.users).score
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert np.abs(scores).max() > 0.1


def test_ease_multiplies_the_history_with_its_weights() -> None:
    # A'A = [[4, 2], [2, 5]]: film 1 from film 0 weighs 2 / (4 + 1), film 0 from film 1 2 / (5 + 1)
    train = make_dataset(
        [(0, 0, 2.0), (0, 1, 1.0), (1, 1, 2.0)], 2, ["Fargo (1996)", "Babe (1995)"]
    )
    model = Ease.fit(train, regularization=1.0)
    scores = model.score(make_histories({0: 5.0}, {1: 3.0}, {}), make_users(3))
    np.testing.assert_allclose(scores.score[:, :2], [[0, 2], [1, 0], [0, 0]], atol=1e-6)


def test_demographic_ridge_solves_its_problem(small: Dataset) -> None:
    train = make_split(small).full_train
    model = DemographicRidge.fit(train)
    rows = np.unique(train.ratings.user_rows)
    features = user_features(train.users.take(rows), 21).astype(np.float64)
    liked = np.zeros((len(train.users), len(train.films)))
    high = train.ratings.values >= 4
    liked[train.ratings.user_rows[high], train.ratings.film_rows[high]] = 1
    liked = liked[rows]
    centered = features - features.mean(axis=0)  # the constant is not penalized
    slopes = np.linalg.solve(centered.T @ centered + 100 * np.eye(25), centered.T @ liked)
    expected = (
        liked.mean(axis=0) + (user_features(small.users, 21) - features.mean(axis=0)) @ slopes
    )
    got = model.score(Histories.empty(len(small.users)), small.users).score
    np.testing.assert_allclose(got, expected, atol=1e-4)


@pytest.mark.parametrize("name", BASELINES)
def test_only_some_baselines_read_the_history(name: str, small: Dataset) -> None:
    split = make_split(small)
    model = BASELINES[name](split.full_train)
    cold, folded = (model.score(part.histories, part.users).score for part in split.scenarios)
    assert folded.shape == (24, 200)
    assert np.isfinite(folded).all()
    assert np.allclose(cold, folded, rtol=1e-5) == (name not in ("bias", "item-knn", "ease"))


@pytest.fixture(scope="module")
def real(ml100k: Dataset) -> Split:
    return make_split(ml100k)


@pytest.mark.ml100k
@pytest.mark.parametrize(
    ("name", "scenario", "expected"),
    [
        ("popularity", 0, {"precision": 0.2927, "recall": 0.1684, "map": 0.1760, "ndcg": 0.3366}),
        ("popularity", 1, {"precision": 0.106, "recall": 0.234, "map": 0.089, "ndcg": 0.203}),
        ("ease", 1, {"precision": 0.2000, "recall": 0.4881, "map": 0.2576, "ndcg": 0.4385}),
        ("film-mean", 0, {"mse": 1.058, "accuracy": 0.648}),
        ("demographic-ridge", 0, {"ndcg": 0.3576}),
    ],
)
def test_baselines_reach_their_published_figures_on_movielens(
    name: str, scenario: int, expected: dict[str, float], real: Split
) -> None:
    metrics = evaluate(BASELINES[name](real.full_train), real.scenarios[scenario]).metrics
    assert {key: metrics[key] for key in expected} == pytest.approx(expected, abs=1e-3)
