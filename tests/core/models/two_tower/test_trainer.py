"""Training of the two-tower on synthetic ratings."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories
from movierec_cli.core.data.scenarios import COLD_START, Scenario
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.two_tower import trainer
from movierec_cli.core.models.two_tower.config import SamplingConfig
from movierec_cli.core.models.two_tower.model import TwoTower
from movierec_cli.core.models.two_tower.towers import Towers
from tests.core.models.conftest import tiny, train
from tests.helpers import training_split

TINY = tiny("two-tower", "default")


def test_cold_start_ratings_are_the_scores_of_empty_histories(
    models: dict[str, TwoTower], scenarios: dict[str, Scenario]
) -> None:
    model, users = models["two-tower"], scenarios[COLD_START].users
    scores = model.score(Histories.empty(len(users)), users).score
    np.testing.assert_allclose(model.cold_start_ratings(users), scores, rtol=1e-4, atol=1e-4)


def test_higher_ratings_in_the_history_give_higher_predictions(
    medium: Dataset, models: dict[str, TwoTower]
) -> None:
    first = np.array([0])
    history, users = medium.histories.take(first), medium.users.take(first)
    means = [
        models["two-tower"]
        .score(replace(history, ratings=np.full_like(history.ratings, rating)), users)
        .score.mean()
        for rating in (1.0, 5.0)
    ]
    assert means[1] > means[0] + 1


@pytest.mark.parametrize(
    ("chains", "ratings", "expected"),
    [(0, 100_000, 4), (0, 20_000_000, 4), (0, 20_000_001, 2), (3, 10**8, 3)],
)
def test_many_ratings_are_sampled_by_fewer_chains(chains: int, ratings: int, expected: int) -> None:
    assert SamplingConfig(chains=chains).n_chains(ratings) == expected


def test_the_number_of_chains_is_told(small: Dataset) -> None:
    split = training_split(small, TINY.training)
    assert build_trainer(split, TINY)[1] == {"chains": "2"}


def test_the_kept_weights_are_all_draws_after_the_burn_in(small: Dataset) -> None:
    weights = train(small, TINY)[0].export()
    assert weights["film_vectors"].shape == (2 * 4, 200, 1 + 4)  # sweeps 8, 12, 16 and 20


def test_the_sampling_tells_how_many_sweeps_are_left(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals: list[float] = []
    done: list[float] = []

    def countdown(_: object, title: str, total: float) -> SimpleNamespace:
        assert title == "Sampling"
        totals.append(total)
        return SimpleNamespace(advance=done.append)

    monkeypatch.setattr(trainer, "Countdown", countdown)
    train(small, TINY)
    assert totals == [20]
    assert done == [1] * 20


def test_the_average_is_a_plain_mean_and_later_a_moving_average() -> None:
    torch.manual_seed(0)
    towers = Towers(TINY.config, 2, {"film_offset": 7})  # type: ignore[arg-type]
    weight, average = towers.weights["film_offset"].data, towers.averaged["film_offset"].data
    assert weight.shape == (7, 2, 1 + 4)

    def step(value: float) -> float:
        weight.fill_(value)
        towers.average.update_parameters(towers.weights)
        return float(average.mean())

    assert [step(3.0), step(5.0), step(10.0)] == pytest.approx([3.0, 4.0, 6.0])
    for _ in range(1000):
        step(1.0)
    assert step(2.0) == pytest.approx(0.97 * 1.0 + 0.03 * 2.0, rel=1e-4)


def test_without_a_batch_size_a_step_hides_a_share_of_the_ratings(small: Dataset) -> None:
    preset = replace(TINY, training=replace(TINY.training, batch_size=0))
    two_tower, _ = build_trainer(training_split(small, preset.training), preset)
    step = next(iter(two_tower.batches(torch.Generator().manual_seed(0))))
    assert int(step.hidden.sum()) == int(0.3 * len(step.hidden))
