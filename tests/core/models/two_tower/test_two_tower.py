"""The default two-tower: ratings for anyone, averaged over the posterior."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.splits import COLD_START, FOLD_IN, Scenario, make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.baselines import Bias, FilmMean
from movierec_cli.core.models.features import n_demographic_features
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.models.two_tower.gibbs import TowerInputs, TowerPosterior, solve_vectors
from movierec_cli.core.models.two_tower.model import TwoTower
from movierec_cli.core.models.two_tower.sparse import Incidence
from movierec_cli.core.models.two_tower.trainer import TwoTowerTrainer
from movierec_cli.core.training.loop import run_epochs
from movierec_cli.core.training.options import TrainingOptions
from tests.helpers import make_histories, training_split

TINY = Preset(
    TwoTowerConfig(members=2, factors=4, sweeps=20, burn_in=4, thinning=4),
    TrainingOptions(epochs=3, learning_rate=0.01, batch_size=24_000, beta2=0.98, schedule="cosine"),
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(dataset: Dataset, preset: Preset = TINY) -> dict[str, np.ndarray]:
    torch.manual_seed(preset.training.seed)
    trainer, _ = build_trainer(training_split(dataset, preset.training), preset)
    assert isinstance(trainer, TwoTowerTrainer)
    run_epochs(trainer, preset.training, lambda _: None)
    list(trainer.sample(4, {}))
    return trainer.export()


def weights_by_hand(n_films: int) -> dict[str, np.ndarray]:
    """A model of one draw, a bias and a factor, without occupations, that tells everyone 3.5."""
    size = n_demographic_features(0)
    return {
        "films": np.zeros((1, n_films, 2), np.float32),
        "rated": np.zeros((1, n_films, 2), np.float32),
        "side": np.zeros((1, size + 3, 2), np.float32),
        "strangers": np.zeros((1, 1 + size, 2), np.float32),
        "stranger_films": np.zeros(n_films, np.float32),
        "ridge": np.ones(2, np.float32),
        "demographic_mean": np.zeros(size, np.float32),
        "rating_mean": np.float32([3.5]),
        "half_known": np.float32([1.0]),
        "like_head": np.float32([1.0, 0.0]),
    }


@pytest.fixture(scope="module")
def split(medium: Dataset) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in make_split(medium).scenarios}


@pytest.fixture(scope="module")
def model(medium: Dataset) -> TwoTower:
    return TwoTower(trained(make_split(medium).full_train))


def test_predictions_are_ratings_and_better_than_the_baselines(
    medium: Dataset, model: TwoTower, split: dict[str, Scenario]
) -> None:
    train = make_split(medium).full_train
    for name, baseline in ((COLD_START, FilmMean.fit(train)), (FOLD_IN, Bias.fit(train))):
        ours = evaluate(model, split[name]).metrics["mse"]
        theirs = evaluate(baseline, split[name]).metrics["mse"]
        assert ours is not None
        assert theirs is not None
        assert ours < theirs
    scores = model.score(split[FOLD_IN].histories, split[FOLD_IN].users)
    assert scores.rating is not None
    assert scores.rating.min() >= 1
    assert scores.rating.max() <= 5


def test_probabilities_are_near_the_truth(model: TwoTower, split: dict[str, Scenario]) -> None:
    for scenario in split.values():
        liking = model.score(scenario.histories, scenario.users).like_probability
        assert liking is not None
        assert ((liking > 0) & (liking < 1)).all()
        at = (scenario.targets.user_rows, scenario.targets.film_rows)
        truth = scenario.targets.ratings >= 4
        assert abs(float(liking[at].mean()) - float(truth.mean())) < 0.1
        assert float(liking[at][truth].mean()) > float(liking[at][~truth].mean()) + 0.1


def test_what_holds_for_strangers_fades_as_the_history_grows() -> None:
    weights = weights_by_hand(n_films=3)
    weights["stranger_films"] = np.float32([0.0, 0.9, 0.0])
    weights["half_known"] = np.float32([2.0])
    weights["ridge"][:] = 1e9  # the ratings themselves change nothing
    histories = make_histories({}, {0: 5.0}, {0: 5.0, 2: 5.0})
    ratings = TwoTower(weights).score(histories, Users.unknown(3)).rating
    assert ratings is not None
    np.testing.assert_allclose(ratings[:, 1], [3.5 + 0.9, 3.5 + 0.6, 3.5 + 0.45], rtol=1e-5)
    np.testing.assert_allclose(ratings[:, 0], 3.5, rtol=1e-5)


def test_the_probability_is_read_from_the_rating_before_clipping() -> None:
    weights = weights_by_hand(n_films=2)
    weights["films"][0, :, 0] = [0.5, 2.0]
    weights["like_head"] = np.float32([2.0, 0.1])
    scores = TwoTower(weights).score(Histories.empty(1), Users.unknown(1))
    odds = np.array([2.0 * 0.5 + 0.1, 2.0 * 2.0 + 0.1])
    assert scores.rating is not None
    assert scores.like_probability is not None
    np.testing.assert_allclose(scores.rating, [[4.0, 5.0]])
    np.testing.assert_allclose(scores.like_probability[0], 1 / (1 + np.exp(-odds)), rtol=1e-5)


def test_strangers_are_told_the_same_with_less_work(
    model: TwoTower, split: dict[str, Scenario]
) -> None:
    users = split[COLD_START].users
    np.testing.assert_allclose(
        model.stranger_ratings(users),
        model.score(Histories.empty(len(users)), users).score,
        rtol=1e-4,
        atol=1e-4,
    )


def test_people_of_whom_nothing_is_known_are_enough_to_train_on(small: Dataset) -> None:
    nobody = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    model = TwoTower(trained(replace(small, users=nobody)))
    scores = model.score(small.histories, nobody).score
    assert np.isfinite(scores).all()
    strangers = model.stranger_ratings(small.users)
    np.testing.assert_allclose(strangers, np.broadcast_to(strangers[0], strangers.shape), rtol=1e-5)


def test_nothing_known_of_a_person_is_no_failure(model: TwoTower) -> None:
    scores = model.score(Histories.empty(2), Users.unknown(2)).score
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5)


def test_a_user_who_rates_everything_high_is_predicted_higher(
    medium: Dataset, model: TwoTower
) -> None:
    history = medium.histories.take(np.array([0]))
    users = medium.users.take(np.array([0]))
    high = replace(history, ratings=np.full_like(history.ratings, 5.0))
    low = replace(history, ratings=np.full_like(history.ratings, 1.0))
    assert model.score(high, users).score.mean() > model.score(low, users).score.mean() + 1


def test_the_same_seed_gives_the_same_weights_bit_for_bit(small: Dataset) -> None:
    first, again = trained(small), trained(small)
    assert first.keys() == TwoTower.shapes(first, 200).keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)


def test_numpy_corrects_a_vector_as_training_does(small: Dataset, split: object) -> None:
    weights = trained(small)
    model = TwoTower(weights)
    histories = small.histories
    seen = np.zeros((len(histories), len(small.films)), np.float32)
    known = seen.copy()
    at = (histories.user_rows, histories.film_rows)
    seen[at], known[at] = 1.0, histories.ratings - weights["rating_mean"]
    first = np.random.default_rng(0).normal(size=(len(histories), 5)).astype(np.float32)
    films = weights["films"][0]
    by_numpy = model._corrected(first, films, seen, known)
    incidence = Incidence.build(
        torch.as_tensor(at[0]), torch.as_tensor(at[1].astype(np.int64)), seen.shape
    )
    by_torch = solve_vectors(
        torch.as_tensor(first)[None],
        torch.as_tensor(films)[None],
        incidence,
        torch.as_tensor(known[at]),
        torch.as_tensor(weights["ridge"]),
    )
    np.testing.assert_allclose(by_numpy, by_torch[0].numpy(), rtol=1e-3, atol=1e-3)


@pytest.fixture
def incidence() -> Incidence:
    """Users 0, 1, 2 and films 0, 1: user 0 rated both, user 1 film 1, user 2 nothing."""
    return Incidence.build(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1]), (3, 2))


def test_pooling_sums_over_what_a_user_rated_both_ways(incidence: Incidence) -> None:
    films = torch.tensor([[[1.0], [10.0]]])
    assert incidence.pool(films).flatten().tolist() == [11.0, 10.0, 0.0]
    users = torch.tensor([[[1.0], [2.0], [4.0]]])
    assert incidence.flip().pool(users).flatten().tolist() == [1.0, 3.0]
    entries = torch.tensor([2.0, 3.0, 5.0])
    assert incidence.pool(films, entries).flatten().tolist() == [32.0, 50.0, 0.0]
    assert incidence.flip().pool(users, entries).flatten().tolist() == [2.0, 13.0]
    assert incidence.counts.tolist() == [2, 1, 0]
    assert torch.cat(list(incidence.dense_columns()), 1).tolist() == [[1, 1], [0, 1], [0, 0]]


def test_pooling_passes_gradients_back_the_other_way(incidence: Incidence) -> None:
    values = torch.randn(2, 2, 3, dtype=torch.float32, requires_grad=True)
    weight = torch.randn(2, 3, 3)
    (incidence.pool(values) * weight).sum().backward()
    dense = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    assert values.grad is not None
    torch.testing.assert_close(values.grad, dense.T @ weight)


def test_a_vector_is_the_solution_of_its_ridge_regression(incidence: Incidence) -> None:
    films = torch.tensor([[[0.5, 1.0], [-0.5, 2.0]]])  # bias and one factor each
    prior = torch.tensor([[[0.1, 0.2], [0.0, 0.0], [0.3, -0.3]]])
    ratings = torch.tensor([1.0, -1.0, 0.5])
    solved = solve_vectors(prior, films, incidence, ratings, torch.tensor([2.0, 3.0]))
    # user 1 rated film 1, [1, 2] beyond its bias -0.5, with 0.5: (diag(2, 3) + x x.T) z = x * 1.0
    gram = np.array([[2 + 1, 2], [2, 3 + 4]])
    np.testing.assert_allclose(solved[0, 1], np.linalg.solve(gram, [1.0, 2.0]), rtol=1e-5)
    np.testing.assert_allclose(solved[0, 2], [0.3, -0.3], rtol=1e-6)  # nothing known: the prior


@pytest.mark.parametrize("n_side", [1, 6], ids=["fewer features than rows", "more"])
def test_drawn_tower_weights_have_the_mean_and_spread_of_ridge_regression(n_side: int) -> None:
    torch.manual_seed(0)
    incidence = Incidence.build(torch.tensor([0, 0, 1, 3]), torch.tensor([0, 1, 1, 0]), (4, 2))
    inputs = TowerInputs(incidence, torch.randn(4, n_side))
    ridge = torch.full((2 + n_side,), 2.0)
    precision, noise = torch.tensor([3.0]), 0.5
    target = torch.randn(1, 4, 1)
    posterior = TowerPosterior(inputs, ridge, precision, noise)
    draws = torch.stack([posterior.draw(target)[0, :, 0] for _ in range(4000)])
    design = inputs.apply(torch.eye(2 + n_side)[None])[0]  # [4, features]
    certainty = (3.0 * design.T @ design + torch.diag(ridge)) / noise
    mean = torch.linalg.solve(certainty, 3.0 * design.T @ target[0, :, 0] / noise)
    torch.testing.assert_close(draws.mean(0), mean, atol=0.03, rtol=0)
    torch.testing.assert_close(torch.cov(draws.T), torch.linalg.inv(certainty), atol=0.03, rtol=0)


def test_too_few_sweeps_to_keep_a_draw_are_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        TwoTowerConfig(sweeps=10, burn_in=8, thinning=4)
