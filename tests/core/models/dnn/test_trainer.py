"""Training of the dnn on synthetic data, step by step and as a whole."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.data.splits import COLD_START, FOLD_IN, Scenario, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.baselines import Popularity
from movierec_cli.core.models.dnn import trainer as trainer_module
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.dnn.config import (
    DnnConfig,
    ItemItemConfig,
    NetworkConfig,
)
from movierec_cli.core.models.dnn.like_head import fit_like_head
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.dnn.trainer import DnnTrainer, Network
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.training.loop import run_epochs
from tests.helpers import training_split

CONFIG = DnnConfig(network=NetworkConfig(dimension=16), item_item=ItemItemConfig(rank=24))
TINY = Preset(CONFIG, replace(PRESETS["dnn"]["default"].training, epochs=4))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def new_trainer(dataset: Dataset, preset: Preset = TINY) -> DnnTrainer:
    trainer, _ = build_trainer(training_split(dataset, preset.training), preset)
    assert isinstance(trainer, DnnTrainer)
    return trainer


def trained(dataset: Dataset, preset: Preset = TINY) -> dict[str, np.ndarray]:
    trainer = new_trainer(dataset, preset)
    run_epochs(trainer, preset.training, lambda _: None)
    return trainer.export()


@pytest.fixture(scope="module")
def scenarios(medium: Dataset) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in make_split(medium).scenarios}


@pytest.fixture(scope="module")
def model(medium: Dataset) -> Dnn:
    return Dnn(trained(make_split(medium).full_train))


@pytest.mark.parametrize("name", [FOLD_IN, COLD_START])
def test_it_beats_popularity(
    name: str, medium: Dataset, model: Dnn, scenarios: dict[str, Scenario]
) -> None:
    popularity = Popularity.fit(make_split(medium).full_train)
    ndcg, of_popularity = (
        evaluate(either, scenarios[name]).metrics["ndcg"] or 0.0 for either in (model, popularity)
    )
    assert ndcg > 1.1 * of_popularity > 0


@pytest.mark.parametrize("name", [FOLD_IN, COLD_START])
def test_like_probabilities_are_near_the_truth(
    name: str, model: Dnn, scenarios: dict[str, Scenario]
) -> None:
    scenario = scenarios[name]
    probability = model.score(scenario.histories, scenario.users).like_probability
    assert probability is not None
    assert ((probability > 0) & (probability < 1)).all()
    of_targets = probability[scenario.targets.user_rows, scenario.targets.film_rows]
    liked = scenario.targets.ratings >= 4
    assert of_targets.mean() == pytest.approx(liked.mean(), abs=0.1)
    assert of_targets[liked].mean() > of_targets[~liked].mean() + 0.05


def test_demographics_change_the_cold_start_and_may_be_unknown(
    model: Dnn, scenarios: dict[str, Scenario]
) -> None:
    scenario = scenarios[COLD_START]
    known = model.score(scenario.histories, scenario.users).score
    assert np.unique(known.argmax(axis=1)).size > 1
    unknown = model.score(scenario.histories, Users.unknown(len(scenario.users))).score
    assert np.isfinite(unknown).all()
    np.testing.assert_allclose(unknown[0], unknown[1], rtol=1e-5)


def test_the_same_seed_gives_the_same_weights_bit_for_bit(small: Dataset) -> None:
    first, again = trained(small), trained(small)
    assert first.keys() == again.keys() == Dnn.SHAPES.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)
    other = trained(small, replace(TINY, training=replace(TINY.training, seed=1)))
    assert not np.array_equal(first["film_vectors"], other["film_vectors"])


def test_a_batch_holds_normalized_histories_and_weighted_ratings(small: Dataset) -> None:
    batch = next(new_trainer(small).batches(torch.Generator().manual_seed(0)))
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


def with_hidden_share(share: float) -> Preset:
    network = replace(CONFIG.network, hidden_share=share)
    return replace(TINY, config=replace(CONFIG, network=network))


def test_the_loss_is_one_minus_the_cosine_to_the_targets(small: Dataset) -> None:
    trainer = new_trainer(small, with_hidden_share(0.0))
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    scores = trainer.module(batch.histories, batch.demographics).detach()
    aligned, opposite = (
        float(trainer.losses(replace(batch, targets=targets))["loss"].detach())
        for targets in (3 * scores, -scores)
    )
    assert (aligned, opposite) == pytest.approx((0, 2), abs=1e-5)


def test_a_share_of_the_users_is_trained_without_a_history(small: Dataset) -> None:
    trainer = new_trainer(small, with_hidden_share(0.5))
    torch.nn.init.ones_(trainer.module.constant)
    batch = next(trainer.batches(torch.Generator().manual_seed(0)))
    without = trainer.module(torch.zeros_like(batch.histories), batch.demographics).detach()
    # hidden users add nothing to the loss, the others do
    loss = float(trainer.losses(replace(batch, targets=without))["loss"].detach())
    network_with = trainer.module(batch.histories, batch.demographics).detach()
    cosine = torch.nn.functional.cosine_similarity(network_with, without, dim=1)
    assert loss / float((1 - cosine).mean()) == pytest.approx(0.5, abs=0.25)


def test_the_export_has_closed_forms_of_all_ratings_and_a_head_of_the_training_part(
    small: Dataset,
) -> None:
    trainer = new_trainer(small)
    exported = trainer.export()
    films, history = (
        exported[name][:, 16 : 16 + 24] for name in ("film_vectors", "history_vectors")
    )
    fit = fit_closed_form(small, CONFIG, TINY.training.seed).item_item
    np.testing.assert_allclose(
        history @ films.T, fit.history_vectors @ fit.film_vectors.T, rtol=1e-3, atol=1e-4
    )
    split = training_split(small, TINY.training)
    fitted = Dnn(exported | trainer._model(trainer._closed_form).weights)
    head = fit_like_head(
        lambda histories, users: fitted.score(histories, users).score,
        split.train,
        split.validation,
        TINY.training.seed,
    )
    for name, array in head.items():
        np.testing.assert_allclose(exported[name], array, rtol=1e-3, atol=1e-4, err_msg=name)


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
