"""Components are made comparable without a change of any user's order of films."""

from dataclasses import replace

import numpy as np

from movierec_cli.core.models.dnn.components import (
    COLD_START,
    WITH_HISTORY,
    Component,
    concatenate,
    whiten,
)


def component(width: int, n_films: int = 30, gate: int = WITH_HISTORY) -> Component:
    generator = np.random.default_rng(width)
    spreads = np.arange(1, width + 1)

    def array(*shape: int) -> np.ndarray:
        return generator.normal(size=shape).astype(np.float32)

    return Component(
        film_vectors=array(n_films, width) * spreads.astype(np.float32) + 3,
        history_vectors=array(n_films, width),
        demographic_vectors=array(5, width),
        constant=array(width),
        weight=0.5,
        gate=gate,
    )


def test_whitened_film_vectors_have_mean_zero_and_unit_covariance() -> None:
    whitened = whiten(component(4))
    np.testing.assert_allclose(whitened.film_vectors.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.cov(whitened.film_vectors.T), np.eye(4), atol=1e-5)


def test_whitening_keeps_the_differences_between_scores() -> None:
    before, after = component(4), whiten(component(4))
    for side in ("history_vectors", "demographic_vectors"):
        scores, whitened = (getattr(part, side) @ part.film_vectors.T for part in (before, after))
        centered = scores - scores.mean(axis=1, keepdims=True)
        np.testing.assert_allclose(whitened, centered, atol=1e-3)
    scores = before.film_vectors @ before.constant
    np.testing.assert_allclose(
        after.film_vectors @ after.constant, scores - scores.mean(), atol=1e-3
    )


def test_a_direction_without_variance_stays_finite() -> None:
    flat = component(3)
    flat = replace(flat, film_vectors=flat.film_vectors * np.float32([1, 1, 0]))
    assert np.isfinite(whiten(flat).film_vectors).all()


def test_equal_film_vectors_score_all_films_alike() -> None:
    equal = whiten(replace(component(3), film_vectors=np.ones((30, 3), np.float32)))
    for array in (equal.film_vectors, equal.history_vectors @ equal.film_vectors.T):
        np.testing.assert_array_equal(array, 0)


def test_concatenated_components_stand_side_by_side() -> None:
    first, second = component(2), component(3, gate=COLD_START)
    arrays = concatenate([first, second])
    assert arrays["component_sizes"].tolist() == [2, 3]
    assert arrays["component_gates"].tolist() == [WITH_HISTORY, COLD_START]
    np.testing.assert_allclose(arrays["component_weights"], 0.5)
    for name in ("film_vectors", "history_vectors", "demographic_vectors", "constant"):
        np.testing.assert_array_equal(arrays[name][..., :2], getattr(first, name))
        np.testing.assert_array_equal(arrays[name][..., 2:], getattr(second, name))
