"""The closed-form components, against dense solutions and by their properties."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Users
from movierec_cli.core.models import inverses, operators
from movierec_cli.core.models.dnn import closed_form, memory, steps
from movierec_cli.core.models.dnn.closed_form import (
    ClosedFormFit,
    film_scales,
    fit_closed_form,
)
from movierec_cli.core.models.dnn.components import Component
from movierec_cli.core.models.dnn.config import (
    ColdStartConfig,
    DnnConfig,
    EaseConfig,
    ItemItemConfig,
    TemporalConfig,
)
from movierec_cli.core.models.dnn.model import history_weights
from movierec_cli.core.models.dnn.temporal import binned_histories, random_shifts
from movierec_cli.core.models.features import (
    centered_demographics,
    dense_history,
)
from movierec_cli.core.models.inverses import HEAD
from movierec_cli.core.models.linear import Floats, ridge


def item_item_weights(train: Dataset, config: ItemItemConfig, head: int = HEAD) -> FloatArray:
    """Return the weights between films that the component stands for, [n_films, n_films]."""
    component = fit_closed_form(train, DnnConfig(item_item=config), 0, head).item_item
    return np.asarray(component.history_vectors @ component.film_vectors.T)


def ease(gram: Floats, penalty: float) -> Floats:
    """Solve EASE with dense matrices, as in its paper: from X'X [p, p] to W [p, p]."""
    inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def assert_same_scores(component: Component, features: FloatArray, expected: Floats) -> None:
    """Compare the scores [U, N] for histories and demographics [U, N + K], less a user's mean."""
    vectors = np.vstack([component.history_vectors, component.demographic_vectors])
    found = (features @ vectors + component.constant) @ component.film_vectors.T
    centered = expected - expected.mean(axis=1, keepdims=True)
    assert np.linalg.norm(found - centered) < 1e-5 * np.linalg.norm(centered)


@pytest.mark.parametrize(("most_rows", "head"), [(4000, HEAD), (0, HEAD), (0, 200)])
def test_where_nothing_is_cut_the_scores_are_those_of_the_dense_solutions(
    small: Dataset, monkeypatch: pytest.MonkeyPatch, most_rows: int, head: int
) -> None:
    monkeypatch.setattr(inverses, "MOST_ROWS", most_rows)
    config = DnnConfig(item_item=ItemItemConfig(rank=200, spread_power=0.0))
    part, cold, histories, n_films = config.item_item, config.cold_start, small.histories, 200
    fit = fit_closed_form(small, config, 0, head)

    # the sums over users, in float64
    values = history_weights(histories, config.rating_weights)
    weighted = dense_history(histories, n_films, values).astype(np.float64)
    targets = dense_history(histories, n_films, history_weights(histories, cold.target_weights))
    shares = weighted / np.sqrt(histories.counts)[:, None]
    demographics = centered_demographics(small.users, fit.demographic_mean).astype(np.float64)
    scale = part.ridge.demographic_share**0.5 / np.linalg.norm(demographics, axis=1).mean()
    inputs = np.hstack([shares, scale * demographics])
    shifts = random_shifts(len(histories), len(values), 0)
    binned = binned_histories(histories, values, n_films, part.temporal.half_seconds, shifts)
    co_occurrence = sum((b.T @ b).toarray().astype(np.float64) for b in binned)

    # item-item: three solutions, each over the deviation of its scores between films
    sums = inputs.T @ inputs, inputs.T @ np.hstack([weighted, targets])
    of_weighted, of_targets = np.hsplit(ridge(*sums, part.ridge.regularization), [n_films])
    solutions = [
        (part.ease.weight, ease(weighted.T @ weighted, part.ease.regularization)),
        (part.temporal.weight, ease(co_occurrence, part.temporal.regularization)),
        (1.0, of_weighted[:n_films]),
    ]
    deviations = [(shares @ solution).std(axis=1).mean() for _, solution in solutions]
    of_history = sum(w * s / d for (w, s), d in zip(solutions, deviations, strict=True))
    of_demographics = of_weighted[n_films:] * scale * part.ridge.demographic_weight / deviations[2]
    expected = shares @ of_history + demographics @ of_demographics
    features = np.hstack([shares, demographics])
    assert_same_scores(fit.item_item, features, expected)

    # cold start: from demographics to the predictions of the ridge regression
    liked = histories.where(histories.ratings >= 4).counts[:, None]
    activity = (liked + 1.0) ** cold.activity_power
    slopes = ridge(
        demographics.T @ demographics,
        demographics.T @ (activity * (inputs @ of_targets)),
        cold.regularization,
    )
    assert_same_scores(
        fit.cold_start, features, demographics @ slopes + (activity * targets).mean(axis=0)
    )


def test_a_small_head_gives_nearly_the_scores_of_all_films(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = item_item_weights(small, ItemItemConfig())
    monkeypatch.setattr(inverses, "MOST_ROWS", 0)
    cut = item_item_weights(small, ItemItemConfig(), head=120)
    correlation = np.corrcoef(cut.ravel(), exact.ravel())[0, 1]
    assert 0.9 < correlation < 0.99999


def test_films_beyond_the_temporal_head_co_occur_with_none(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_TEMPORAL_HEAD", 80)
    counts = np.bincount(small.ratings.film_rows, minlength=200)
    by_count = np.argsort(-counts, kind="stable")

    def weights_with_later(films: NDArray[np.int64]) -> FloatArray:
        times = small.ratings.timestamps + np.isin(small.ratings.film_rows, films) * 10**6
        later = small.with_ratings(replace(small.ratings, timestamps=times))
        return item_item_weights(later, ItemItemConfig())

    weights = item_item_weights(small, ItemItemConfig())
    np.testing.assert_array_equal(weights_with_later(by_count[80:]), weights)
    assert np.abs(weights_with_later(by_count[60:80]) - weights).max() > 1e-3


def test_without_its_weight_the_temporal_part_falls_away(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_form, "binned_histories", None)  # a call would fail
    config = ItemItemConfig(temporal=TemporalConfig(weight=0.0))
    assert np.isfinite(item_item_weights(small, config)).all()


@pytest.mark.parametrize("few_rows", [1, 1000])
def test_the_steps_of_a_fit_add_up_to_its_work(
    small: Dataset, monkeypatch: pytest.MonkeyPatch, few_rows: int
) -> None:
    monkeypatch.setattr(operators, "_FEW_ROWS", few_rows)
    done, totals = [], []

    def countdown(_: object, title: str, total: float) -> SimpleNamespace:
        assert title == "Solving the item-item components"
        totals.append(total)
        return SimpleNamespace(advance=done.append)

    monkeypatch.setattr(steps, "Countdown", countdown)
    fit_closed_form(small, DnnConfig(), 0)
    assert [sum(done)] == pytest.approx(totals)


def test_the_scores_of_many_users_are_searched_for_the_directions_of_few(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ItemItemConfig(rank=20)
    exact = item_item_weights(small, config)
    monkeypatch.setattr(operators, "_FEW_ROWS", 1)
    searched = item_item_weights(small, config)
    assert np.linalg.norm(searched - exact) < 0.05 * np.linalg.norm(exact)


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
