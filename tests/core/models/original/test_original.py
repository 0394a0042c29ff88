"""The report's two networks: trained with torch, scored with numpy, the same numbers from both."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.splits import make_split, split_users
from movierec_cli.core.errors import UsageError
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.models.original.model import OriginalDnn, OriginalTwoTower
from movierec_cli.core.models.original.trainer import (
    DnnNetwork,
    OriginalDnnTrainer,
    OriginalTwoTowerTrainer,
    TwoTowerNetwork,
)
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.training.loop import run_epochs
from movierec_cli.core.training.options import TrainingOptions
from tests.helpers import training_split

TINY_TWO_TOWER = Preset(
    OriginalTwoTowerConfig(hidden_dim=16),
    TrainingOptions(epochs=3, learning_rate=3e-3, batch_size=100),
)
TINY_DNN = Preset(
    OriginalDnnConfig(hidden_dim=16, embedding_dim=12, joint_dim=8),
    TrainingOptions(epochs=3, learning_rate=3e-3, batch_size=100),
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Train as the pipeline does; small networks gain nothing by more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(dataset: Dataset, preset: Preset) -> OriginalTwoTowerTrainer | OriginalDnnTrainer:
    torch.manual_seed(0)
    trainer, _ = build_trainer(training_split(dataset, preset.training), preset)
    run_epochs(trainer, preset.training, lambda _: None)
    assert isinstance(trainer, OriginalTwoTowerTrainer | OriginalDnnTrainer)
    return trainer


@pytest.fixture(scope="module")
def two_tower(small: Dataset) -> OriginalTwoTowerTrainer:
    trainer = trained(small, TINY_TWO_TOWER)
    assert isinstance(trainer, OriginalTwoTowerTrainer)
    return trainer


@pytest.fixture(scope="module")
def dnn(small: Dataset) -> OriginalDnnTrainer:
    trainer = trained(small, TINY_DNN)
    assert isinstance(trainer, OriginalDnnTrainer)
    return trainer


def all_pairs(
    trainer: OriginalTwoTowerTrainer | OriginalDnnTrainer,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the features of every user with every film, users first."""
    n_users, n_films = len(trainer.users), len(trainer.films)
    return trainer.users.repeat_interleave(n_films, 0), trainer.films.repeat(n_users, 1)


def test_the_two_tower_scores_as_its_network_does(
    two_tower: OriginalTwoTowerTrainer, small: Dataset
) -> None:
    scores = OriginalTwoTower(two_tower.export()).score(small.histories, small.users)
    two_tower.module.eval()
    with torch.no_grad():
        expected = two_tower.module(*all_pairs(two_tower)).reshape(120, 200).numpy()
    np.testing.assert_allclose(scores.score, expected, atol=1e-5)
    assert scores.rating is not None
    np.testing.assert_allclose(scores.rating, expected.clip(1, 5), atol=1e-5)
    assert scores.like_probability is None
    assert expected.std() > 0.01


def test_the_dnn_scores_as_its_network_does(dnn: OriginalDnnTrainer, small: Dataset) -> None:
    scores = OriginalDnn(dnn.export()).score(small.histories, small.users)
    network = dnn.module.eval()
    users, films = all_pairs(dnn)
    with torch.no_grad():
        vectors = network.embed_users(users), network.embed_films(films)
        cosine = torch.cosine_similarity(*vectors).reshape(120, 200).numpy()
        liking = torch.sigmoid(network.classify(*vectors)).reshape(120, 200).numpy()
    np.testing.assert_allclose(scores.score, cosine, atol=1e-5)
    np.testing.assert_allclose(scores.like_probability, liking, atol=1e-5)
    assert scores.rating is None
    assert liking.std() > 0.001


def test_the_searched_vectors_have_length_one(dnn: OriginalDnnTrainer, small: Dataset) -> None:
    model = OriginalDnn(dnn.export())
    users = model.user_vectors(small.histories, small.users)
    assert (users.shape, model.film_vectors.shape) == ((120, 12), (200, 12))
    for vectors in (users, model.film_vectors):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_inputs_have_the_dimensions_of_the_report(
    two_tower: OriginalTwoTowerTrainer, dnn: OriginalDnnTrainer
) -> None:
    assert (two_tower.users.shape[1], two_tower.films.shape[1]) == (25, 20)
    assert (dnn.users.shape[1], dnn.films.shape[1]) == (25, 403)
    assert two_tower.module.user_tower[0].in_features == 25
    assert dnn.module.film_tower[0].in_features == 403


def test_the_layers_are_those_of_the_report() -> None:
    def layers(module: torch.nn.Module) -> list[str]:
        return [type(layer).__name__ for layer in module.children()]

    two_tower = TwoTowerNetwork(OriginalTwoTowerConfig(), 25, 20)
    tower = ["Linear", "ReLU", "BatchNorm1d", "Dropout"]
    assert layers(two_tower.user_tower) == layers(two_tower.film_tower) == tower
    assert two_tower.user_tower[3].p == 0.2
    widths = [
        (layer.in_features, layer.out_features)
        for layer in two_tower.head
        if isinstance(layer, torch.nn.Linear)
    ]
    assert widths == [(1024, 512), (512, 256), (256, 128), (128, 1)]
    dnn = DnnNetwork(OriginalDnnConfig(), 25, 403)
    assert layers(dnn.user_tower) == layers(dnn.film_tower) == tower
    assert dnn.classifier.out_features == 1


def test_the_presets_are_those_of_the_report() -> None:
    two_tower, dnn = PRESETS["two-tower"]["original"], PRESETS["dnn"]["original"]
    assert (two_tower.training.epochs, two_tower.training.learning_rate) == (25, 1e-4)
    assert (dnn.training.epochs, dnn.training.learning_rate) == (7, 1e-3)
    assert two_tower.training.batch_size == dnn.training.batch_size == 200
    assert isinstance(dnn.config, OriginalDnnConfig)
    assert dnn.config.gamma == 1e-4


@pytest.mark.parametrize("preset", [TINY_TWO_TOWER, TINY_DNN], ids=["two-tower", "dnn"])
def test_training_lowers_the_loss(preset: Preset, small: Dataset) -> None:
    torch.manual_seed(0)
    trainer, _ = build_trainer(training_split(small, preset.training), preset)
    history = run_epochs(trainer, preset.training, lambda _: None)
    losses = [epoch.train["loss"] for epoch in history.epochs]
    assert losses[-1] < 0.97 * losses[0]


@pytest.mark.parametrize("kind", [OriginalTwoTower, OriginalDnn])
def test_what_a_user_has_rated_is_not_looked_at(
    kind: Callable[..., OriginalTwoTower | OriginalDnn],
    two_tower: OriginalTwoTowerTrainer,
    dnn: OriginalDnnTrainer,
    small: Dataset,
) -> None:
    model = kind((two_tower if kind is OriginalTwoTower else dnn).export())
    known = model.score(small.histories, small.users)
    unknown = model.score(Histories.empty(len(small.users)), small.users)
    np.testing.assert_allclose(known.score, unknown.score, rtol=1e-5)


def test_a_user_of_whom_nothing_is_known_gets_scores(
    two_tower: OriginalTwoTowerTrainer, dnn: OriginalDnnTrainer
) -> None:
    for model in (OriginalTwoTower(two_tower.export()), OriginalDnn(dnn.export())):
        scores = model.score(Histories.empty(2), Users.unknown(2))
        assert np.isfinite(scores.score).all()
        assert scores.score.shape == (2, 200)


def test_the_vector_task_counts_as_much_as_gamma_says(small: Dataset) -> None:
    totals = []
    for gamma in (0.0, 0.5):
        config = OriginalDnnConfig(hidden_dim=8, embedding_dim=4, joint_dim=4, gamma=gamma)
        torch.manual_seed(0)
        trainer, _ = build_trainer(
            training_split(small, TINY_DNN.training), Preset(config, TINY_DNN.training)
        )
        trainer.module.eval()
        batch = next(iter(trainer.batches(torch.Generator().manual_seed(0))))
        with torch.no_grad():
            losses = {name: float(value) for name, value in trainer.losses(batch).items()}
        assert losses["loss"] == pytest.approx(
            losses["classifier_loss"] + gamma * losses["vector_loss"]
        )
        totals.append(losses["loss"])
    assert totals[0] != totals[1]


def test_validation_users_are_never_in_the_fitted_part(small: Dataset) -> None:
    train = make_split(small).full_train
    fit, validation = split_users(train, 0.1, seed=0)
    fitted, cut = set(fit.ratings.user_rows.tolist()), set((validation.users.ids - 1).tolist())
    assert not fitted & cut
    assert fitted | cut == set(train.ratings.user_rows.tolist())
    assert len(cut) == round(0.1 * 96)
    assert len(fit.ratings) + validation.targets.counts.sum() == len(train.ratings)
    assert not validation.histories.counts.any()


def test_held_out_users_are_in_neither_part(small: Dataset) -> None:
    split = make_split(small)
    held_out = set((split.scenarios[0].users.ids - 1).tolist())
    fit, validation = split_users(split.full_train, 0.1, seed=0)
    assert not held_out & set(fit.ratings.user_rows.tolist())
    assert not held_out & set((validation.users.ids - 1).tolist())


def test_another_seed_cuts_other_users(small: Dataset) -> None:
    def cut(seed: int) -> list[int]:
        users: list[int] = split_users(small, 0.1, seed)[1].users.ids.tolist()
        return users

    assert cut(0) == cut(0) != cut(1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: OriginalTwoTowerConfig(hidden_dim=0),
        lambda: OriginalTwoTowerConfig(dropout=1.0),
        lambda: OriginalDnnConfig(embedding_dim=-1),
        lambda: OriginalDnnConfig(joint_dim=0),
        lambda: OriginalDnnConfig(dropout=-0.1),
        lambda: OriginalDnnConfig(gamma=-1.0),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()
