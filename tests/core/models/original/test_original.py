"""The two original networks: trained with torch, scored with numpy, the same numbers from both."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Histories
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.models.original.model import OriginalDnn, OriginalTwoTower
from movierec_cli.core.models.original.trainer import (
    DnnNetwork,
    OriginalTrainer,
    TwoTowerNetwork,
)
from movierec_cli.core.models.presets import PRESETS
from tests.core.models.conftest import new_trainer, tiny, train
from tests.helpers import training_split


@pytest.fixture(scope="module")
def two_tower(small: Dataset) -> OriginalTrainer:
    return train(small, tiny("two-tower", "original"))[0]


@pytest.fixture(scope="module")
def dnn(small: Dataset) -> OriginalTrainer:
    return train(small, tiny("dnn", "original"))[0]


def all_pairs(
    trainer: OriginalTrainer,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the features of every user with every film, users first."""
    n_users, n_films = len(trainer.users), len(trainer.films)
    return trainer.users.repeat_interleave(n_films, 0), trainer.films.repeat(n_users, 1)


def test_the_two_tower_scores_as_its_network_does(
    two_tower: OriginalTrainer, small: Dataset
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


def test_the_dnn_scores_as_its_network_does(dnn: OriginalTrainer, small: Dataset) -> None:
    model = OriginalDnn(dnn.export())
    scores = model.score(small.histories, small.users)
    with torch.no_grad():
        users, films, log_odds = dnn.module.eval()(*all_pairs(dnn))
    cosine = torch.cosine_similarity(users, films).reshape(120, 200).numpy()
    likes = torch.sigmoid(log_odds).reshape(120, 200).numpy()
    np.testing.assert_allclose(scores.score, cosine, atol=1e-5)
    np.testing.assert_allclose(scores.like_probability, likes, atol=1e-5)
    assert scores.rating is None
    np.testing.assert_allclose(np.linalg.norm(model.film_vectors, axis=1), 1, atol=1e-5)
    assert likes.std() > 0.001


def test_inputs_and_layers_are_those_of_the_report(
    two_tower: OriginalTrainer, dnn: OriginalTrainer
) -> None:
    assert (two_tower.users.shape[1], two_tower.films.shape[1]) == (25, 20)
    assert (dnn.users.shape[1], dnn.films.shape[1]) == (25, 403)

    def layers(module: torch.nn.Module) -> list[str]:
        return [type(layer).__name__ for layer in module.children()]

    rating = TwoTowerNetwork(OriginalTwoTowerConfig(), 25, 20, lowest_rating=1.0)
    search = DnnNetwork(OriginalDnnConfig(), 25, 403)
    for network in (rating, search):
        tower = ["Linear", "ReLU", "BatchNorm1d", "Dropout"]
        assert layers(network.user_tower) == layers(network.film_tower) == tower
        assert network.user_tower[3].p == 0.2
    head = [layer for layer in rating.head if isinstance(layer, torch.nn.Linear)]
    widths = [(layer.in_features, layer.out_features) for layer in head]
    assert widths == [(1024, 512), (512, 256), (256, 128), (128, 1)]
    assert (search.user_embedding.out_features, search.user_projection.out_features) == (512, 512)
    assert (search.classifier.in_features, search.classifier.out_features) == (512, 1)


def test_the_presets_are_those_of_the_report() -> None:
    two_tower, dnn = PRESETS["two-tower"]["original"], PRESETS["dnn"]["original"]
    assert (two_tower.training.epochs, two_tower.training.learning_rate) == (25, 1e-4)
    assert (dnn.training.epochs, dnn.training.learning_rate) == (7, 1e-3)
    for training in (two_tower.training, dnn.training):
        assert training.batch_size == 200
        assert training.keep == "best"
    assert isinstance(dnn.config, OriginalDnnConfig)
    assert dnn.config.gamma == 1e-4


@pytest.mark.parametrize("model", ["two-tower", "dnn"])
def test_training_lowers_the_loss(model: str, small: Dataset) -> None:
    losses = [epoch.train["loss"] for epoch in train(small, tiny(model, "original"))[1]]
    assert losses[-1] < 0.97 * losses[0]


def test_scores_depend_on_demographics_alone(
    two_tower: OriginalTrainer, dnn: OriginalTrainer, small: Dataset
) -> None:
    without = Histories.empty(len(small.users))
    for model in (OriginalTwoTower(two_tower.export()), OriginalDnn(dnn.export())):
        scores = model.score(small.histories, small.users).score
        np.testing.assert_allclose(scores, model.score(without, small.users).score, rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5])
def test_the_cosine_task_has_the_weight_gamma(gamma: float, small: Dataset) -> None:
    config = OriginalDnnConfig(hidden_dim=8, embedding_dim=4, joint_dim=4, gamma=gamma)
    trainer = new_trainer(small, replace(tiny("dnn", "original"), config=config))
    trainer.module.eval()
    batch = next(iter(trainer.batches(torch.Generator().manual_seed(0))))
    with torch.no_grad():
        losses = {name: float(value) for name, value in trainer.losses(batch).items()}
    assert losses["vector_loss"] > 0
    assert losses["loss"] == pytest.approx(
        losses["classifier_loss"] + gamma * losses["vector_loss"]
    )


def test_a_last_batch_of_one_is_left_out(small: Dataset) -> None:
    preset = tiny("two-tower", "original")
    size = len(training_split(small, preset.training).train.ratings) - 1
    trainer = new_trainer(
        small, replace(preset, training=replace(preset.training, batch_size=size))
    )
    batches = list(trainer.batches(torch.Generator().manual_seed(0)))
    assert [len(ratings) for _, _, ratings in batches] == [size]
