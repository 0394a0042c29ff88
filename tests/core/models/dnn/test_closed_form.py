"""The closed-form components, against dense solutions and by their properties."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, FloatArray, Users
from movierec_cli.core.models.dnn import closed_form, operators
from movierec_cli.core.models.dnn.closed_form import ClosedFormFit, film_scales, fit_closed_form
from movierec_cli.core.models.dnn.config import (
    ColdStartConfig,
    DnnConfig,
    EaseConfig,
    ItemItemConfig,
    TemporalConfig,
)
from movierec_cli.core.models.dnn.model import history_weights
from movierec_cli.core.models.dnn.temporal import binned_histories
from movierec_cli.core.models.features import (
    centered_demographics,
    demographic_mean,
    dense_history,
)
from movierec_cli.core.models.linear import Floats, ease


def item_item_weights(train: Dataset, config: ItemItemConfig) -> FloatArray:
    """Return the weights between films that the component stands for, [n_films, n_films]."""
    component = fit_closed_form(train, DnnConfig(item_item=config), 0).item_item
    return np.asarray(component.history_vectors @ component.film_vectors.T)


def dense_item_item(train: Dataset, config: DnnConfig, seed: int) -> FloatArray:
    """Return the item-item weights between films, solved with dense matrices, [N, N]."""
    histories, n_films, part = train.histories, len(train.films), config.item_item
    values = history_weights(histories, config.rating_weights)
    weighted = dense_history(histories, n_films, values).astype(np.float64)
    shares = weighted / np.sqrt(np.maximum(histories.counts, 1))[:, None]
    mean = demographic_mean(train.users, len(train.occupations))
    demographics = centered_demographics(train.users, mean).astype(np.float64)
    length = np.linalg.norm(demographics, axis=1).mean()
    inputs = np.hstack([shares, demographics * part.ridge.demographic_share**0.5 / length])
    binned = binned_histories(histories, values, n_films, part.temporal.half_seconds, seed)
    co_occurrence = binned.toarray().T.astype(np.float64) @ binned.toarray()

    def inverse(gram: Floats, penalty: float) -> Floats:
        return np.asarray(np.linalg.inv(gram + penalty * np.eye(len(gram))))

    to_ratings = inverse(inputs.T @ inputs, part.ridge.regularization) @ inputs.T @ weighted
    solutions = [
        (part.ease.weight, ease(weighted.T @ weighted, part.ease.regularization)),
        (part.temporal.weight, ease(co_occurrence, part.temporal.regularization)),
        (1.0, to_ratings[:n_films]),
    ]
    return sum(w * solution / (shares @ solution).std(axis=1).mean() for w, solution in solutions)


@pytest.mark.parametrize("most_rows", [4000, 0])
def test_where_nothing_is_cut_the_scores_are_those_of_the_dense_solutions(
    small: Dataset, monkeypatch: pytest.MonkeyPatch, most_rows: int
) -> None:
    monkeypatch.setattr(operators, "MOST_ROWS", most_rows)
    config = DnnConfig(item_item=ItemItemConfig(rank=200, spread_power=0.0))
    weights = item_item_weights(small, config.item_item)
    expected = dense_item_item(small, config, seed=0)
    expected -= expected.mean(axis=1, keepdims=True)  # scores of a user less their mean
    user = np.random.default_rng(0).random(200)
    difference = user @ weights - user @ expected
    assert np.linalg.norm(difference) < 1e-5 * np.linalg.norm(user @ expected)


def test_a_small_head_gives_nearly_the_scores_of_all_films(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = item_item_weights(small, ItemItemConfig())
    monkeypatch.setattr(operators, "MOST_ROWS", 0)
    monkeypatch.setattr(closed_form, "HEAD", 120)
    cut = item_item_weights(small, ItemItemConfig())
    correlation = np.corrcoef(cut.ravel(), exact.ravel())[0, 1]
    assert 0.9 < correlation < 0.99999


def test_without_its_weight_the_temporal_part_reads_no_times(small: Dataset) -> None:
    config = ItemItemConfig(temporal=TemporalConfig(weight=0.0))
    timeless = small.with_ratings(
        replace(small.ratings, timestamps=np.zeros_like(small.ratings.timestamps))
    )
    np.testing.assert_array_equal(
        item_item_weights(small, config), item_item_weights(timeless, config)
    )


def test_the_same_seed_gives_the_same_bits(small: Dataset) -> None:
    one, other = (fit_closed_form(small, DnnConfig(), 3) for _ in range(2))
    for of_one, of_other in ((one.item_item, other.item_item), (one.cold_start, other.cold_start)):
        np.testing.assert_array_equal(of_one.film_vectors, of_other.film_vectors)
        np.testing.assert_array_equal(of_one.history_vectors, of_other.history_vectors)


def test_film_scales_shrink_wide_spreads_and_keep_that_of_all() -> None:
    spread = np.float32([1, 1, 3])  # median 1: (1 + 1)^-1 twice, then (3 + 1)^-1
    change = ((0.5**2 + 0.5**2 + (3 * 0.25) ** 2) / (1 + 1 + 3**2)) ** 0.5
    np.testing.assert_allclose(film_scales(spread, -1.0), np.array([0.5, 0.5, 0.25]) / change)
    assert film_scales(spread, 0.0).tolist() == pytest.approx([1, 1, 1])
    assert np.isfinite(film_scales(np.zeros(3, np.float32), -0.2)).all()


def test_the_cold_start_without_slopes_is_the_weighted_popularity(small: Dataset) -> None:
    config = ColdStartConfig((0.0, 0.0, 0.0, 1.0, 1.0), regularization=1e9, activity_power=0.0)
    fit = fit_closed_form(small, DnnConfig(cold_start=config), 0)
    demographics = centered_demographics(small.users, fit.demographic_mean)
    component = fit.cold_start
    vectors = demographics @ component.demographic_vectors + component.constant
    scores = vectors @ component.film_vectors.T
    likes = np.bincount(small.ratings.film_rows[small.ratings.values >= 4], minlength=200) / 120
    np.testing.assert_allclose(scores, np.tile(likes - likes.mean(), (120, 1)), atol=1e-3)


def test_films_rated_at_one_time_support_each_other(small: Dataset) -> None:
    times = small.ratings.film_rows.astype(np.int64) % 2 * 100_000
    by_parity = small.with_ratings(replace(small.ratings, timestamps=times))
    parity = np.arange(200) % 2
    same, other = parity[:, None] == parity, parity[:, None] != parity
    np.fill_diagonal(same, False)
    ease, temporal = EaseConfig(weight=0.0), TemporalConfig(weight=5.0)
    weights = item_item_weights(by_parity, ItemItemConfig(ease=ease, temporal=temporal))
    assert weights[same].mean() > weights[other].mean() + 0.01


def assert_finite(fit: ClosedFormFit) -> None:
    for component in (fit.item_item, fit.cold_start):
        for array in (component.film_vectors, component.history_vectors):
            assert np.isfinite(array).all()
        assert np.isfinite(component.demographic_vectors).all()
    assert np.isfinite(fit.film_scales).all()


def test_without_demographics_all_is_finite_and_users_differ_by_history_alone(
    small: Dataset,
) -> None:
    unknown = replace(small, users=Users.unknown(len(small.users)), occupations=())
    fit = fit_closed_form(unknown, DnnConfig(), 0)
    assert_finite(fit)
    np.testing.assert_array_equal(fit.item_item.demographic_vectors, 0)


def test_disliked_films_alone_give_finite_vectors(small: Dataset) -> None:
    lowest = np.full(len(small.ratings), 0.5, np.float32)
    assert_finite(
        fit_closed_form(small.with_ratings(replace(small.ratings, values=lowest)), DnnConfig(), 0)
    )


def test_users_of_one_film_each_give_finite_weights(small: Dataset) -> None:
    _, first = np.unique(small.ratings.user_rows, return_index=True)
    train = small.with_ratings(small.ratings.take(first))
    assert np.isfinite(item_item_weights(train, ItemItemConfig())).all()
