"""The closed-form components: temporal co-occurrence, principal directions, the fit as a whole."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.models.dnn.closed_form import (
    film_scales,
    fit_closed_form,
    principal_directions,
    temporal_gram,
)
from movierec_cli.core.models.dnn.config import (
    ColdStartConfig,
    DnnConfig,
    EaseConfig,
    ItemItemConfig,
    TemporalConfig,
)
from movierec_cli.core.models.features import centered_demographics


def item_item_weights(train: Dataset, config: ItemItemConfig) -> FloatArray:
    """Return the weights between films that the component stands for, [n_films, n_films]."""
    component = fit_closed_form(train, DnnConfig(item_item=config), 0).item_item
    return np.asarray(component.history_vectors @ component.film_vectors.T)


def timed(*users: tuple[list[int], list[int]]) -> Histories:
    """Build histories from the films of each user and their times in seconds."""
    films = [film for films, _ in users for film in films]
    return Histories(
        np.cumsum([0, *(len(films) for films, _ in users)]).astype(np.int64),
        np.array(films, np.int32),
        np.full(len(films), 4, np.float32),
        np.array([time for _, times in users for time in times], np.int64),
    )


def test_co_occurrence_decays_with_the_time_between_two_ratings() -> None:
    histories = timed(([0, 2], [1000, 1100]), ([], []), ([0, 1, 2], [5000, 5000, 5300]))
    weights = np.array([1, 0.5, 1, 2, 1], np.float32)
    expected = [
        [1 + 1, 2, 0.5 / 2 + 1 / 4],
        [2, 4, 2 / 4],
        [0.5 / 2 + 1 / 4, 2 / 4, 0.25 + 1],
    ]
    np.testing.assert_allclose(temporal_gram(histories, weights, 3, 100.0), expected)


def test_principal_directions_are_those_in_which_scores_of_users_vary_most() -> None:
    weights = np.diag(np.float32([9, 2, 1]))
    gram = np.diag(np.float32([0, 1, 100]))  # no user has the first input
    directions = principal_directions(weights, gram, 2, seed=0)
    np.testing.assert_allclose(np.abs(directions), [[0, 0], [0, 1], [1, 0]], atol=1e-5)


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


def test_users_of_one_film_each_give_finite_weights(small: Dataset) -> None:
    _, first = np.unique(small.ratings.user_rows, return_index=True)
    train = small.with_ratings(small.ratings.take(first))
    assert np.isfinite(item_item_weights(train, ItemItemConfig())).all()
