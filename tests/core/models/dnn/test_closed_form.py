"""The solved parts of the dnn's space."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.models.dnn.closed_form import (
    _directions,
    _film_scales,
    _zero_diagonal,
    pooled,
    random_start,
    solved_parts,
)
from movierec_cli.core.models.dnn.config import DnnConfig

CONFIG = DnnConfig(solved_rank=200)


def item_item(train: Dataset, config: DnnConfig) -> FloatArray:
    """Return what each film says of each other one, [n_films, n_films]."""
    part, _ = solved_parts(train, config, start(len(train.films), config.solved_rank)).parts
    return np.asarray(part.history @ part.films.T)


def start(n_films: int, rank: int) -> torch.Tensor:
    torch.manual_seed(0)
    return random_start(n_films, replace(CONFIG, solved_rank=rank))


def with_times(dataset: Dataset, times: np.ndarray) -> Dataset:
    return dataset.with_ratings(replace(dataset.ratings, timestamps=times.astype(np.int64)))


def test_a_zero_diagonal_is_kept_and_the_rest_solves_the_equations() -> None:
    gram = torch.tensor([[4.0, 2.0], [2.0, 3.0]])
    moment = torch.tensor([[4.0, 1.0], [2.0, 3.0]])
    # column by column, the diagonal left out: (3 + 1) w = 2 and (4 + 1) w = 1
    expected = torch.tensor([[0.0, 1 / 5], [2 / 4, 0.0]])
    torch.testing.assert_close(_zero_diagonal(gram, moment, 1.0), expected)


def test_the_kept_directions_are_those_in_which_scores_of_users_differ_most() -> None:
    weights = torch.diag(torch.tensor([9.0, 2.0, 1.0]))
    inputs = torch.diag(torch.tensor([0.0, 1.0, 100.0]))  # nobody knows the first film
    directions = _directions(weights, inputs, start(3, 2))[:, :2]
    expected = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    torch.testing.assert_close(directions.abs(), expected, atol=1e-5, rtol=0)


def test_the_directions_are_those_that_the_library_finds_from_the_same_start() -> None:
    generator = torch.Generator().manual_seed(1)
    weights, spread = torch.randn(2, 50, 50, generator=generator)
    inputs = spread @ spread.T
    directions = _directions(weights, inputs, start(50, 4))
    torch.manual_seed(0)
    of_library, _, _ = torch.svd_lowrank(weights.T @ (inputs @ weights), q=24, niter=2)
    torch.testing.assert_close(directions, of_library, atol=1e-4, rtol=0)


def test_solving_draws_nothing_from_the_generator_that_training_draws_from(small: Dataset) -> None:
    drawn = start(200, CONFIG.solved_rank)
    before = torch.get_rng_state()
    solved_parts(small, CONFIG, drawn)
    assert torch.equal(torch.get_rng_state(), before)


def test_films_of_which_the_scores_spread_far_are_drawn_in_and_the_whole_spreads_as_before() -> (
    None
):
    spread = torch.tensor([1.0, 1.0, 3.0])  # median 1, so (1 + 1)^-1, twice, and (3 + 1)^-1
    whole = ((0.5**2 + 0.5**2 + (3 * 0.25) ** 2) / (1 + 1 + 3**2)) ** 0.5
    expected = np.array([0.5, 0.5, 0.25]) / whole
    np.testing.assert_allclose(_film_scales(spread, -1.0), expected, rtol=1e-6)
    assert _film_scales(spread, 0.0).tolist() == pytest.approx([1, 1, 1])


def test_where_nothing_can_be_said_the_scales_of_films_are_finite() -> None:
    assert np.isfinite(_film_scales(torch.zeros(3), -0.2)).all()


def test_a_third_of_the_directions_keeps_most_of_what_the_solutions_say_of_users(
    small: Dataset,
) -> None:
    rated = pooled(small.histories, CONFIG.history_grades, len(small.films))
    complete = rated @ item_item(small, CONFIG)
    kept = rated @ item_item(small, replace(CONFIG, solved_rank=60))
    error = np.linalg.norm(complete - kept) / np.linalg.norm(complete - complete.mean())
    assert 0 < error < 0.3


def test_films_rated_in_one_moment_speak_for_each_other(small: Dataset) -> None:
    films = small.ratings.film_rows
    by_parity = with_times(small, films % 2 * 100_000)
    same = np.equal.outer(np.arange(200) % 2, np.arange(200) % 2) & ~np.eye(200, dtype=bool)
    only_moments = replace(CONFIG, ease_weight=0.0, moment_weight=5.0)
    said = item_item(by_parity, only_moments)
    assert said[same].mean() > said[~same & ~np.eye(200, dtype=bool)].mean() + 0.01


def test_users_of_one_film_each_of_whom_nothing_can_be_said_do_no_harm(small: Dataset) -> None:
    _, first = np.unique(small.ratings.user_rows, return_index=True)
    lonely = small.with_ratings(small.ratings.take(first))
    assert np.isfinite(item_item(lonely, CONFIG)).all()


def test_a_data_set_whose_ratings_all_have_one_time_is_solved_as_if_there_were_none(
    small: Dataset,
) -> None:
    """Then everything was rated in one moment, and what is rated together is what it always was."""
    early, late = (with_times(small, np.full(len(small.ratings), at)) for at in (0, 880_000_000))
    np.testing.assert_allclose(item_item(early, CONFIG), item_item(late, CONFIG), atol=1e-5)
