"""Trainings from a specification to a run: reproducible, complete, refused where impossible."""

from dataclasses import asdict, replace
from typing import Any

import pytest
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments import train
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from movierec_cli.core.training.loop import Epoch, n_threads
from tests.conftest import SMALL

DNN = TrainSpec("dnn", "original", overrides=Overrides(epochs=2, batch_size=500))
TWO_TOWER = TrainSpec("two-tower", "original", overrides=Overrides(epochs=1, batch_size=500))


def ignore(_: Epoch) -> None:
    pass


def trained(dataset: Dataset, spec: TrainSpec) -> Run:
    return train_run(dataset, spec, ignore)


def bits(run: Run) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in run.weights.items()}


@pytest.mark.parametrize("spec", [DNN, TWO_TOWER], ids=lambda spec: spec.model)
def test_the_same_seed_gives_the_same_weights(spec: TrainSpec, small: Dataset) -> None:
    torch.manual_seed(5)
    first = bits(trained(small, spec))
    number = torch.rand(1)
    torch.manual_seed(5)
    assert torch.rand(1) == number  # the generator of the caller stays as it was
    threads = torch.get_num_threads()
    torch.set_num_threads(2 if threads == 1 else 1)
    try:
        assert bits(trained(small, spec)) == first
        assert torch.get_num_threads() != threads
    finally:
        torch.set_num_threads(threads)
    other = bits(trained(small, replace(spec, seed=1)))
    assert other.keys() == first.keys()
    assert other != first


def test_many_ratings_are_trained_on_with_two_threads_whatever_the_caller_has(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [n_threads(n_ratings) for n_ratings in (100_000, 4_000_000)] == [1, 2]
    monkeypatch.setattr(train, "n_threads", lambda n_ratings: 2 if n_ratings == 5_000 else 9)
    seen: list[int] = []
    train_run(small, DNN, lambda _: seen.append(torch.get_num_threads()))
    assert seen == [2, 2]


def test_the_manifest_describes_the_training(small: Dataset) -> None:
    epochs: list[Epoch] = []
    manifest = train_run(small, replace(DNN, seed=3, split_seed=9), epochs.append).manifest
    assert (manifest.model, manifest.preset) == ("dnn", "original")
    assert manifest.name == f"dnn-original-{SMALL}-split9"
    assert manifest.dataset == {
        "name": SMALL, "checksum": small.checksum(), "users": 120, "films": 200, "ratings": 5000,
        "has_demographics": True,
    }  # fmt: skip
    assert manifest.split == {"holdout": "users", "split_seed": 9, "cut": None}
    options = {"epochs": 2, "batch_size": 500, "learning_rate": 1e-3, "seed": 3, "device": "cpu"}
    assert options.items() <= manifest.training.items()
    assert manifest.config["embedding_dim"] == 512
    assert manifest.inputs == {"title_vectors": "hashed character n-grams"}
    assert set(manifest.versions) == {"movierec", "python", "numpy", "torch"}
    assert list(manifest.epochs) == [asdict(epoch) for epoch in epochs]
    kept = max(epoch.number for epoch in epochs if epoch.is_kept)
    assert (manifest.kept_epoch, manifest.monitor) == (kept, "accuracy")
    assert manifest.metrics == epochs[kept - 1].validation
    assert manifest.film_ids == tuple(small.films.ids.tolist())
    assert manifest.seconds > 0


def test_the_finished_model_is_measured_on_the_test_part(small: Dataset) -> None:
    cold_start, fold_in = trained(small, TWO_TOWER).manifest.evaluation
    assert (cold_start["scenario"], fold_in["scenario"]) == ("cold-start", "fold-in")
    assert cold_start["users"] + cold_start["left_out"] == 24
    assert set(cold_start["metrics"]) == set(METRICS)


@pytest.mark.parametrize(("holdout", "scenarios"), [("u1", ["rating"]), ("none", [])])
def test_other_holdouts_have_no_split_seed(
    holdout: str, scenarios: list[str], small: Dataset
) -> None:
    spec = replace(TWO_TOWER, holdout=holdout, name="mine", seed=2**32 - 1)  # the largest
    manifest = trained(small, spec).manifest
    assert manifest.name == "mine"
    assert manifest.split == {"holdout": holdout, "split_seed": None, "cut": None}
    assert [result["scenario"] for result in manifest.evaluation] == scenarios


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"device": "tpu"}, "no device 'tpu'"),
        ({"holdout": "u7"}, "no holdout 'u7'"),
        ({"name": "a/b"}, "name of a run"),
    ],
)
def test_an_impossible_specification_is_refused_before_training(
    changed: dict[str, Any], message: str, small: Dataset
) -> None:
    epochs: list[Epoch] = []
    with pytest.raises(UsageError, match=message):
        train_run(small, replace(DNN, **changed), epochs.append)
    assert epochs == []


@pytest.mark.parametrize(
    ("model", "preset", "learning_rate", "sign"),
    [
        ("two-tower", "default", 1e8, "loss is no longer a number"),
        ("dnn", "default", 1e6, "beyond all bounds"),
        ("dnn", "original", 1e6, "beyond all bounds"),
        ("dnn", "original", 1e10, "loss is no longer a number"),
    ],
)
def test_steps_that_are_too_large_give_no_run(
    model: str, preset: str, learning_rate: float, sign: str, small: Dataset
) -> None:
    spec = TrainSpec(model, preset, overrides=Overrides(1, learning_rate))
    with pytest.raises(DataError, match=f"Training diverged: .*{sign}") as caught:
        trained(small, spec)
    assert "--learning-rate" in caught.value.hint


def test_equations_without_a_solution_give_no_run(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_training(*_: object) -> None:
        torch.linalg.cholesky(-torch.eye(2))

    monkeypatch.setattr(train, "run_training", run_training)
    with pytest.raises(DataError, match=r"Training diverged: .*no solution") as caught:
        trained(small, DNN)
    assert "--learning-rate" in caught.value.hint
