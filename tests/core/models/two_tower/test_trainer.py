"""Training of the two-tower on synthetic ratings."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.splits import COLD_START, FOLD_IN, Scenario, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.baselines import Bias, FilmMean
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.two_tower.config import SamplingConfig, TwoTowerConfig
from movierec_cli.core.models.two_tower.model import TwoTower
from movierec_cli.core.models.two_tower.trainer import Towers, TwoTowerTrainer
from movierec_cli.core.training.loop import run_training
from movierec_cli.core.training.options import TrainingOptions
from tests.helpers import training_split

TINY = Preset(
    TwoTowerConfig(factors=4, sampling=SamplingConfig(chains=2, sweeps=20, burn_in=4, thinning=4)),
    TrainingOptions(
        epochs=3,
        learning_rate=0.01,
        batch_size=24_000,
        keep="last",
        beta2=0.98,
        schedule="cosine",
    ),
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(dataset: Dataset) -> dict[str, np.ndarray]:
    torch.manual_seed(TINY.training.seed)
    trainer, _ = build_trainer(training_split(dataset, TINY.training), TINY)
    assert isinstance(trainer, TwoTowerTrainer)
    run_training(trainer, TINY.training, lambda _: None)
    return trainer.export()


@pytest.fixture(scope="module")
def split(medium: Dataset) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in make_split(medium).scenarios}


@pytest.fixture(scope="module")
def model(medium: Dataset) -> TwoTower:
    return TwoTower(trained(make_split(medium).full_train))


@pytest.mark.parametrize(("name", "baseline"), [(COLD_START, FilmMean), (FOLD_IN, Bias)])
def test_predictions_are_ratings_and_better_than_the_baseline(
    name: str,
    baseline: type[FilmMean | Bias],
    medium: Dataset,
    model: TwoTower,
    split: dict[str, Scenario],
) -> None:
    ours = evaluate(model, split[name]).metrics["mse"]
    theirs = evaluate(baseline.fit(make_split(medium).full_train), split[name]).metrics["mse"]
    assert ours is not None
    assert theirs is not None
    assert ours < theirs
    ratings = model.score(split[name].histories, split[name].users).rating
    assert ratings is not None
    assert ratings.min() >= 1
    assert ratings.max() <= 5


@pytest.mark.parametrize("name", [COLD_START, FOLD_IN])
def test_probabilities_are_near_the_shares_of_likes(
    name: str, model: TwoTower, split: dict[str, Scenario]
) -> None:
    scenario = split[name]
    targets = scenario.targets
    probabilities = model.score(scenario.histories, scenario.users).like_probability
    assert probabilities is not None
    predicted = probabilities[targets.user_rows, targets.film_rows]
    liked = targets.ratings >= 4
    assert float(predicted.mean()) == pytest.approx(float(liked.mean()), abs=0.1)
    assert float(predicted[liked].mean()) > float(predicted[~liked].mean()) + 0.1


def test_cold_start_ratings_are_the_scores_of_empty_histories(
    model: TwoTower, split: dict[str, Scenario]
) -> None:
    users = split[COLD_START].users
    scores = model.score(Histories.empty(len(users)), users).score
    np.testing.assert_allclose(model.cold_start_ratings(users), scores, rtol=1e-4, atol=1e-4)


def test_higher_ratings_in_the_history_give_higher_predictions(
    medium: Dataset, model: TwoTower
) -> None:
    first = np.array([0])
    history, users = medium.histories.take(first), medium.users.take(first)
    means = [
        model.score(
            replace(history, ratings=np.full_like(history.ratings, rating)), users
        ).score.mean()
        for rating in (1.0, 5.0)
    ]
    assert means[1] > means[0] + 1


def test_unknown_demographics_are_enough_to_train_and_to_score(small: Dataset) -> None:
    unknown = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    model = TwoTower(trained(replace(small, users=unknown)))
    assert np.isfinite(model.score(small.histories, unknown).score).all()
    ratings = model.cold_start_ratings(small.users)
    np.testing.assert_allclose(ratings, np.broadcast_to(ratings[0], ratings.shape), rtol=1e-5)


def test_the_same_seed_gives_the_same_weights_bit_for_bit(small: Dataset) -> None:
    first, again = trained(small), trained(small)
    assert first.keys() == TwoTower.SHAPES.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)


def test_the_kept_weights_are_all_draws_after_the_burn_in(small: Dataset) -> None:
    assert trained(small)["film_vectors"].shape == (2 * 4, 200, 1 + 4)  # sweeps 8, 12, 16 and 20


def test_the_average_is_a_plain_mean_and_later_a_moving_average() -> None:
    torch.manual_seed(0)
    towers = Towers(TINY.config, {"film_offset": 7})  # type: ignore[arg-type]
    weight, average = towers.weights["film_offset"].data, towers.averaged["film_offset"].data
    assert weight.shape == (2, 7, 1 + 4)

    def step(value: float) -> float:
        weight.fill_(value)
        towers.average.update_parameters(towers.weights)
        return float(average.mean())

    assert [step(3.0), step(5.0), step(10.0)] == pytest.approx([3.0, 4.0, 6.0])
    for _ in range(1000):
        step(1.0)
    assert step(2.0) == pytest.approx(0.97 * 1.0 + 0.03 * 2.0, rel=1e-4)
