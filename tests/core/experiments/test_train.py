"""From a data set to a run: what is asked is what is written down, and the seed decides."""

from dataclasses import replace

import pytest
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, default_name
from movierec_cli.core.training.loop import Epoch
from tests.conftest import SMALL

DNN = TrainSpec("dnn", "original", overrides=Overrides(epochs=2, batch_size=500))
TWO_TOWER = replace(DNN, model="two-tower")


def trained(dataset: Dataset, request: TrainSpec) -> Run:
    return train_run(dataset, request, lambda _: None)


def bits(run: Run) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in run.weights.items()}


@pytest.mark.parametrize("request_", [DNN, TWO_TOWER], ids=lambda it: it.model)
def test_the_same_seed_gives_the_same_weights_bit_for_bit(
    request_: TrainSpec, small: Dataset
) -> None:
    first = trained(small, request_)
    assert len(first.manifest.epochs) == request_.overrides.epochs
    torch.rand(7)  # what was drawn before does not matter
    threads = torch.get_num_threads()
    torch.set_num_threads(2 if threads == 1 else 1)  # nor does what the machine computes with
    try:
        assert bits(trained(small, request_)) == bits(first)
    finally:
        torch.set_num_threads(threads)
    other = bits(trained(small, replace(request_, seed=1)))
    assert other.keys() == bits(first).keys()
    assert other != bits(first)


def test_training_leaves_the_generator_and_the_threads_of_the_caller_alone(small: Dataset) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    threads = torch.get_num_threads()
    torch.manual_seed(5)
    trained(small, DNN)
    assert torch.rand(3).tolist() == expected.tolist()
    assert torch.get_num_threads() == threads


def test_the_manifest_tells_what_was_trained_on_what(small: Dataset) -> None:
    told: list[Epoch] = []
    run = train_run(small, replace(DNN, seed=3, split_seed=9), told.append)
    manifest = run.manifest
    assert (manifest.model, manifest.preset) == ("dnn", "original")
    assert manifest.name == f"dnn-original-{SMALL}-split9"
    assert manifest.dataset == {
        "name": SMALL, "checksum": small.checksum(), "users": 120, "films": 200, "ratings": 5000,
    }  # fmt: skip
    assert manifest.split == {"holdout": "users", "split_seed": 9}
    assert manifest.training["epochs"] == 2
    assert manifest.training["batch_size"] == 500
    assert manifest.training["learning_rate"] == 1e-3
    assert manifest.training["seed"] == 3
    assert manifest.config["embedding_dim"] == 512
    assert manifest.inputs == {"title_vectors": "hashed character n-grams"}
    assert set(manifest.versions) == {"movierec", "python", "numpy", "torch"}
    assert list(manifest.epochs) == [epoch.as_dict() for epoch in told]
    best = max(told, key=lambda epoch: (epoch.is_kept, epoch.number))
    assert manifest.metrics == best.validation
    assert manifest.film_ids == tuple(small.films.ids.tolist())
    assert manifest.seconds > 0


def test_the_title_vectors_come_from_where_the_manifest_says(small: Dataset) -> None:
    assert trained(small, TWO_TOWER).manifest.inputs == {}


@pytest.mark.parametrize("holdout", ["u1", "ua", "none"])
def test_every_holdout_can_be_trained(holdout: str, small: Dataset) -> None:
    run = trained(small, replace(TWO_TOWER, holdout=holdout, overrides=Overrides(epochs=1)))
    assert run.manifest.split == {"holdout": holdout, "split_seed": None}


@pytest.mark.parametrize(
    ("changed", "dataset", "name"),
    [
        ({}, "ml-100k", "dnn-original"),
        ({"preset": "default"}, "ml-100k", "dnn"),
        ({"model": "two-tower", "holdout": "u1"}, "ml-100k", "two-tower-original-u1"),
        ({"split_seed": 7}, "ml-100k", "dnn-original-split7"),
        ({"holdout": "ua", "split_seed": 7}, "ml-100k", "dnn-original-ua"),
        ({"preset": "default"}, "synthetic", "dnn-synthetic"),
    ],
)
def test_a_run_is_named_after_what_is_not_the_usual(
    changed: dict[str, str], dataset: str, name: str
) -> None:
    assert default_name(replace(DNN, **changed), dataset) == name  # type: ignore[arg-type]


def test_a_name_can_be_given(small: Dataset) -> None:
    request = replace(TWO_TOWER, name="mine", overrides=Overrides(epochs=1))
    assert trained(small, request).manifest.name == "mine"


@pytest.mark.parametrize(
    ("changed", "what", "hint"),
    [
        ({"model": "oracle"}, "There is no model 'oracle'", "two-tower, dnn"),
        ({"preset": "oracle"}, "dnn has no preset 'oracle'", "original"),
        ({"device": "tpu"}, "There is no device 'tpu'", "auto, cpu, cuda, mps"),
        ({"holdout": "u7"}, "has no holdout 'u7'", "users, u1"),
        ({"overrides": Overrides(epochs=0)}, "epochs must be above 0", ""),
        ({"overrides": Overrides(learning_rate=float("nan"))}, "learning rate must be", ""),
        ({"seed": -1}, "seed must be 0 or more", ""),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    changed: dict[str, object], what: str, hint: str, small: Dataset
) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        trained(small, replace(DNN, **changed))  # type: ignore[arg-type]
    assert hint in caught.value.hint


def test_every_seed_that_is_allowed_works(small: Dataset) -> None:
    trained(small, replace(TWO_TOWER, seed=2**32 - 1, overrides=Overrides(epochs=1)))
    with pytest.raises(UsageError, match="seed"):
        trained(small, replace(TWO_TOWER, seed=2**32, overrides=Overrides(epochs=1)))


def test_a_name_that_cannot_be_is_refused_before_training(small: Dataset) -> None:
    told: list[Epoch] = []
    with pytest.raises(UsageError, match="cannot be the name of a run"):
        train_run(small, replace(TWO_TOWER, name="a/b"), told.append)
    assert told == []


@pytest.mark.parametrize(
    ("model", "preset", "learning_rate", "sign"),
    [
        ("two-tower", "default", 1e8, "a system of equations has no solution any more"),
        ("dnn", "default", 1e10, "its weights are beyond all bounds"),
        ("dnn", "original", 1e6, "its weights are beyond all bounds"),
        ("dnn", "original", 1e10, "the loss is no longer a number"),
    ],
)
def test_steps_that_are_too_large_are_told_and_make_no_run(
    model: str, preset: str, learning_rate: float, sign: str, small: Dataset
) -> None:
    request = TrainSpec(model, preset, overrides=Overrides(1, learning_rate))
    with pytest.raises(DataError, match=f"Training diverged: {sign}") as caught:
        trained(small, request)
    assert "--learning-rate" in caught.value.hint
