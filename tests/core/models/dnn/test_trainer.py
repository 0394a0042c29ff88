"""Training of the dnn on synthetic data, step by step."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.dnn import trainer as trainer_module
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.dnn.trainer import Network
from movierec_cli.core.models.presets import Preset
from tests.core.models.conftest import new_trainer, tiny
from tests.helpers import training_split

TINY = tiny("dnn", "default")
CONFIG = TINY.config


def with_network(**values: float) -> Preset:
    """Return the tiny preset with other values of the network."""
    return replace(TINY, config=replace(CONFIG, network=replace(CONFIG.network, **values)))


def test_a_batch_holds_normalized_histories_and_weighted_ratings(small: Dataset) -> None:
    trainer = new_trainer(small, with_network(sitting_share=0.0))
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    rated = batch.targets > 0
    assert batch.targets.shape == (32, 200)
    assert set(np.unique(batch.targets[rated])) == set(np.float32(CONFIG.rating_weights))
    root = rated.sum(dim=1, keepdim=True) ** 0.5
    torch.testing.assert_close(batch.histories * root, batch.targets)


def test_training_scores_each_film_without_its_own_part_in_the_history() -> None:
    torch.manual_seed(0)
    network = Network(n_films=3, width=4, n_features=2)
    torch.nn.init.normal_(network.history_offset)
    torch.nn.init.normal_(network.constant)
    histories = torch.tensor([[0.5, 0.0, 0.7]])
    demographics = torch.zeros(1, 2)
    with torch.no_grad():
        scores = network(histories, demographics)[0]
        for film in range(3):
            others = histories.clone()
            others[0, film] = 0
            user = others @ (network.films + network.history_offset) + network.constant
            torch.testing.assert_close(scores[film], (user @ network.films[film])[0])


def test_a_sitting_weighs_ratings_by_their_time_from_one_of_them(small: Dataset) -> None:
    whole, sitting = (
        next(new_trainer(small, with_network(sitting_share=share)).batches(generator))
        for share, generator in ((0.0, torch.Generator().manual_seed(0)),
                                 (0.999, torch.Generator().manual_seed(0)))
    )  # fmt: skip
    nearness = sitting.targets[whole.targets > 0] / whole.targets[whole.targets > 0]
    users = (whole.targets > 0).nonzero()[:, 0]
    nearest = torch.zeros(32).scatter_reduce(0, users, nearness, "amax")
    torch.testing.assert_close(nearest, torch.ones(32))  # the rating that was chosen
    assert float(nearness.min()) < 0.5
    torch.testing.assert_close(
        sitting.histories[whole.targets > 0], whole.histories[whole.targets > 0] * nearness
    )


def test_the_loss_is_one_minus_the_cosine_to_the_targets(small: Dataset) -> None:
    trainer = new_trainer(small, with_network(hidden_share=0.0, sitting_share=0.0))
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    scores = trainer.module(batch.histories, batch.demographics).detach()
    aligned, opposite = (
        float(trainer.losses(replace(batch, targets=targets))["loss"].detach())
        for targets in (3 * scores, -scores)
    )
    assert (aligned, opposite) == pytest.approx((0, 2), abs=1e-5)


def test_a_share_of_the_users_is_trained_without_a_history(small: Dataset) -> None:
    trainer = new_trainer(small, with_network(hidden_share=0.5))
    torch.nn.init.ones_(trainer.module.constant)
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    without = trainer.module(torch.zeros_like(batch.histories), batch.demographics).detach()
    # hidden users add nothing to the loss, the others do
    loss = float(trainer.losses(replace(batch, targets=without))["loss"].detach())
    network_with = trainer.module(batch.histories, batch.demographics).detach()
    cosine = torch.nn.functional.cosine_similarity(network_with, without, dim=1)
    assert loss / float((1 - cosine).mean()) == pytest.approx(0.5, abs=0.25)


def test_the_export_has_closed_forms_of_all_ratings(small: Dataset) -> None:
    exported = new_trainer(small, TINY).export()
    films, history = (
        exported[name][:, 16 : 16 + 24] for name in ("film_vectors", "history_vectors")
    )
    fit = fit_closed_form(small, CONFIG, TINY.training.seed).item_item
    np.testing.assert_allclose(
        history @ films.T, fit.history_vectors @ fit.film_vectors.T, rtol=1e-3, atol=1e-4
    )


def test_a_failure_of_the_fit_in_the_background_is_raised_by_the_export(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = training_split(small, TINY.training)

    def fit(train: Dataset, *others: Any) -> Any:
        if train is split.full_train:
            raise ArithmeticError("no solution")
        return fit_closed_form(train, *others)

    monkeypatch.setattr(trainer_module, "fit_closed_form", fit)
    trainer, _ = build_trainer(split, TINY)
    with pytest.raises(ArithmeticError, match="no solution"):
        trainer.export()
