"""The two original networks: trained with torch, scored with numpy, the same numbers from both."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
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

TRAINING = TrainingOptions(epochs=3, learning_rate=3e-3, batch_size=100, validation="users")
TINY = {
    "two-tower": Preset(OriginalTwoTowerConfig(hidden_dim=16), TRAINING),
    "dnn": Preset(OriginalDnnConfig(hidden_dim=16, embedding_dim=12, joint_dim=8), TRAINING),
}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small networks gain nothing by more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def two_tower(small: Dataset) -> OriginalTwoTowerTrainer:
    torch.manual_seed(0)
    trainer, _ = build_trainer(training_split(small, TRAINING), TINY["two-tower"])
    run_epochs(trainer, TRAINING, lambda _: None)
    assert isinstance(trainer, OriginalTwoTowerTrainer)
    return trainer


@pytest.fixture(scope="module")
def dnn(small: Dataset) -> OriginalDnnTrainer:
    torch.manual_seed(0)
    trainer, _ = build_trainer(training_split(small, TRAINING), TINY["dnn"])
    run_epochs(trainer, TRAINING, lambda _: None)
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
        likes = torch.sigmoid(network.classify(*vectors)).reshape(120, 200).numpy()
    np.testing.assert_allclose(scores.score, cosine, atol=1e-5)
    np.testing.assert_allclose(scores.like_probability, likes, atol=1e-5)
    assert scores.rating is None
    assert likes.std() > 0.001


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
    dnn = DnnNetwork(OriginalDnnConfig(), 25, 403)
    for network in (two_tower, dnn):
        tower = ["Linear", "ReLU", "BatchNorm1d", "Dropout"]
        assert layers(network.user_tower) == layers(network.film_tower) == tower
        assert network.user_tower[3].p == 0.2
    head = [layer for layer in two_tower.head if isinstance(layer, torch.nn.Linear)]
    widths = [(layer.in_features, layer.out_features) for layer in head]
    assert widths == [(1024, 512), (512, 256), (256, 128), (128, 1)]
    assert (dnn.user_embedding.out_features, dnn.user_projection.out_features) == (512, 512)
    assert (dnn.classifier.in_features, dnn.classifier.out_features) == (512, 1)


def test_the_presets_are_those_of_the_report() -> None:
    two_tower, dnn = PRESETS["two-tower"]["original"], PRESETS["dnn"]["original"]
    assert (two_tower.training.epochs, two_tower.training.learning_rate) == (25, 1e-4)
    assert (dnn.training.epochs, dnn.training.learning_rate) == (7, 1e-3)
    for training in (two_tower.training, dnn.training):
        assert training.batch_size == 200
        assert training.keep == "best"
    assert isinstance(dnn.config, OriginalDnnConfig)
    assert dnn.config.gamma == 1e-4


@pytest.mark.parametrize("model", TINY)
def test_training_lowers_the_loss(model: str, small: Dataset) -> None:
    torch.manual_seed(0)
    trainer, _ = build_trainer(training_split(small, TRAINING), TINY[model])
    epochs = run_epochs(trainer, TRAINING, lambda _: None)
    losses = [epoch.train["loss"] for epoch in epochs]
    assert losses[-1] < 0.97 * losses[0]


def test_scores_depend_on_demographics_alone_and_need_none(
    two_tower: OriginalTwoTowerTrainer, dnn: OriginalDnnTrainer, small: Dataset
) -> None:
    without = Histories.empty(len(small.users))
    for model in (OriginalTwoTower(two_tower.export()), OriginalDnn(dnn.export())):
        scores = model.score(small.histories, small.users).score
        np.testing.assert_allclose(scores, model.score(without, small.users).score, rtol=1e-5)
        unknown = model.score(Histories.empty(2), Users.unknown(2)).score
        assert np.isfinite(unknown).all()
        assert unknown.shape == (2, 200)


@pytest.mark.parametrize("gamma", [0.0, 0.5])
def test_the_cosine_task_has_the_weight_gamma(gamma: float, small: Dataset) -> None:
    config = OriginalDnnConfig(hidden_dim=8, embedding_dim=4, joint_dim=4, gamma=gamma)
    trainer, _ = build_trainer(training_split(small, TRAINING), Preset(config, TRAINING))
    trainer.module.eval()
    batch = next(iter(trainer.batches(torch.Generator().manual_seed(0))))
    with torch.no_grad():
        losses = {name: float(value) for name, value in trainer.losses(batch).items()}
    assert losses["vector_loss"] > 0
    assert losses["loss"] == pytest.approx(
        losses["classifier_loss"] + gamma * losses["vector_loss"]
    )


def test_a_last_batch_of_one_is_left_out(small: Dataset) -> None:
    split = training_split(small, TRAINING)
    size = len(split.train.ratings) - 1
    trainer, _ = build_trainer(
        split, replace(TINY["two-tower"], training=replace(TRAINING, batch_size=size))
    )
    batches = list(trainer.batches(torch.Generator().manual_seed(0)))
    assert [len(ratings) for _, _, ratings in batches] == [size]


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
def test_a_value_out_of_range_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()
