"""Training of the dnn on synthetic data, step by step."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.trainers import SolvingTrainer, build_trainer
from movierec_cli.core.models.dnn import trainer as trainer_module
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.dnn.trainer import Batch, Network, users_in_a_batch
from movierec_cli.core.models.presets import Preset
from tests.core.models.conftest import new_trainer, tiny
from tests.helpers import training_split

TINY = tiny("dnn", "default")
CONFIG = TINY.config


def with_network(**values: float) -> Preset:
    """Return the tiny preset with other values of the network."""
    return replace(TINY, config=replace(CONFIG, network=replace(CONFIG.network, **values)))


def batches_of(small: Dataset, **values: float) -> Iterator[Batch]:
    return new_trainer(small, with_network(**values)).batches(torch.Generator().manual_seed(0))


def dense(batch: Batch) -> Tensor:
    """Return the targets as a dense matrix, [B, N] of 200 films."""
    counts, (n_users, _) = batch.rated.row_sums, batch.rated.shape
    users = torch.arange(n_users).repeat_interleave(counts)
    films = batch.films[batch.rated.columns.long()]
    return torch.zeros(n_users, 200).index_put((users, films), batch.targets)


def dense_cosine(network: Network, batch: Batch) -> Tensor:
    """Return the cosine between targets and scores, film by film without its own part."""
    targets = dense(batch)
    histories = batch.input_scales * targets
    scores = torch.zeros_like(targets)
    for film in range(targets.shape[1]):
        others = histories.clone()
        others[:, film] = 0
        users = (
            others @ network.films + batch.demographics @ network.demographics + network.constant
        )
        scores[:, film] = users @ network.films[film]
    return functional.cosine_similarity(scores, targets, dim=1)


def test_a_batch_holds_weighted_ratings_and_the_scales_of_histories(small: Dataset) -> None:
    batch = next(batches_of(small, sitting_share=0.0, hidden_share=0.0))
    targets = dense(batch)
    assert targets.shape == (32, 200)
    assert set(np.unique(targets[targets > 0])) == set(np.float32(CONFIG.rating_weights))
    counts = (targets > 0).sum(dim=1, keepdim=True)
    torch.testing.assert_close(batch.input_scales, counts**-0.5)


@pytest.mark.parametrize("width", [4, 64], ids=["fewer columns than users", "more"])
def test_the_cosine_is_that_of_all_scores_each_without_its_own_part(
    small: Dataset, width: int
) -> None:
    batch = next(batches_of(small))
    assert 0 < int((batch.input_scales == 0).sum()) < 32
    torch.manual_seed(0)
    network = Network(200, width, batch.demographics.shape[1])
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter)
    cosine, expected = network(batch), dense_cosine(network, batch)
    torch.testing.assert_close(cosine, expected, rtol=1e-4, atol=1e-5)
    gradients, wanted = (
        torch.autograd.grad(value.sum(), list(network.parameters())) for value in (cosine, expected)
    )
    torch.testing.assert_close(gradients, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("users", "size"),
    [(1, 32), (755, 32), (2_400, 96), (12_800, 512), (51_200, 512), (160_000, 1_600)],
)
def test_batches_grow_with_the_users_and_so_does_their_number(users: int, size: int) -> None:
    assert users_in_a_batch(users) == size


def test_a_batch_size_that_is_given_is_kept(small: Dataset) -> None:
    trainer = new_trainer(small, replace(TINY, training=replace(TINY.training, batch_size=7)))
    batches = [*trainer.batches(torch.Generator())]
    sizes = [len(batch.demographics) for batch in batches]
    assert len(sizes) == trainer.n_batches()
    assert set(sizes[:-1]) == {7}


def test_a_sitting_weighs_ratings_by_their_time_from_one_of_them(small: Dataset) -> None:
    whole, sitting = (dense(next(batches_of(small, sitting_share=share))) for share in (0.0, 0.999))
    nearness = sitting[whole > 0] / whole[whole > 0]
    users = (whole > 0).nonzero()[:, 0]
    nearest = torch.zeros(32).scatter_reduce(0, users, nearness, "amax")
    torch.testing.assert_close(nearest, torch.ones(32))  # the rating that was chosen
    assert float(nearness.min()) < 0.5


def test_a_share_of_the_users_is_trained_without_a_history(small: Dataset) -> None:
    batches = [*batches_of(small, hidden_share=0.5)]
    hidden = torch.cat([batch.input_scales == 0 for batch in batches])
    assert float(hidden.float().mean()) == pytest.approx(0.5, abs=0.1)


def test_the_export_has_closed_forms_of_all_ratings(small: Dataset) -> None:
    exported = new_trainer(small, TINY).export()
    films, history = (
        exported[name][:, 16 : 16 + 24] for name in ("film_vectors", "history_vectors")
    )
    fit = fit_closed_form(small, CONFIG, TINY.training.seed).item_item
    np.testing.assert_allclose(
        history @ films.T, fit.history_vectors @ fit.film_vectors.T, rtol=1e-3, atol=1e-4
    )


def test_a_small_validation_part_costs_no_second_fit(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = []

    def fit(train: Dataset, *others: Any) -> Any:
        fits.append(len(train.ratings))
        return fit_closed_form(train, *others)

    monkeypatch.setattr(trainer_module, "fit_closed_form", fit)
    few = replace(TINY, training=replace(TINY.training, validation_share=0.02))
    new_trainer(small, few).export()
    assert fits == [len(training_split(small, few.training).train.ratings)]


def test_a_solution_is_taken_up_again_and_not_solved_anew(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(TINY, training=replace(TINY.training, validation_share=0.02))
    trainer = new_trainer(small, few)
    assert isinstance(trainer, SolvingTrainer)
    monkeypatch.delattr(trainer_module, "fit_closed_form")
    torch.manual_seed(few.training.seed)
    split = training_split(small, few.training)
    again, _ = build_trainer(split, few, solved=trainer.solved)
    np.testing.assert_equal(again.export(), trainer.export())


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
