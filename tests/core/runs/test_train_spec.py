"""Specifications of trainings: their presets, the names of their runs, and their commands."""

from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.preset_values import changed
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.runs.preset_file import PresetFile
from movierec_cli.core.runs.train_spec import (
    TITLE_VECTORS,
    Overrides,
    TrainSpec,
    default_name,
    retraining,
    run_name,
    train_command,
)

DNN = TrainSpec("dnn")
FILE = PresetFile(
    Path("/tmp/my presets/a.json"),
    "dnn",
    "default",
    changed(PRESETS["dnn"]["default"], {"config.network.weight": 0.1, "training.epochs": 9}),
)
CUSTOM = TrainSpec("dnn", preset_file=FILE)


@pytest.mark.parametrize(
    ("spec", "dataset", "name"),
    [
        (DNN, "ml-100k", "dnn"),
        (TrainSpec("dnn", "original"), "ml-100k", "dnn-original"),
        (TrainSpec("two-tower", "original", "u1"), "ml-100k", "two-tower-original-u1"),
        (TrainSpec("dnn", split_seed=7), "ml-100k", "dnn-split7"),
        (TrainSpec("dnn", holdout="ua", split_seed=7), "ml-100k", "dnn-ua"),
        (DNN, "synthetic", "dnn-synthetic"),
        (TrainSpec("sequence", holdout="last"), "ml-100k", "sequence"),
        (TrainSpec("sequence"), "ml-100k", "sequence-users"),
        (TrainSpec("dnn", holdout="last", split_seed=7), "ml-100k", "dnn-last-split7"),
        (TrainSpec("dnn", holdout="time", cut="1998-03-01"), "ml-100k", "dnn-time-1998-03-01"),
        (CUSTOM, "synthetic", "dnn-custom-synthetic"),
    ],
)
def test_the_default_name_has_the_unusual_parts(spec: TrainSpec, dataset: str, name: str) -> None:
    assert default_name(spec, dataset) == run_name(spec, dataset) == name
    assert run_name(replace(spec, name="mine"), dataset) == "mine"


SPECS = [
    (CUSTOM, "ml-100k", "movierec train dnn --config '/tmp/my presets/a.json'"),
    (DNN, "ml-100k", "movierec train dnn"),
    (TrainSpec("dnn", name="dnn"), "ml-100k", "movierec train dnn"),
    (TrainSpec("sequence", holdout="last"), "ml-100k", "movierec train sequence"),
    (
        TrainSpec("sequence", holdout="time", cut="1998-03-01"), "ml-100k",
        "movierec train sequence --holdout time --cut 1998-03-01",
    ),
    (
        TrainSpec(
            "two-tower", "original", "u1", seed=2, device="cuda",
            overrides=Overrides(learning_rate=0.1), name="a",
        ),
        "synthetic",
        "movierec train two-tower --preset original --holdout u1 --seed 2 --device cuda "
        "--learning-rate 0.1 --name a --dataset synthetic",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "dataset", "command"), SPECS)
def test_the_command_has_the_options_that_are_not_usual(
    spec: TrainSpec, dataset: str, command: str, small: Dataset
) -> None:
    assert train_command(spec, dataset) == command
    provenance = spec.provenance(replace(small, name=dataset), {})
    assert retraining(provenance) == command


def test_resolving_puts_the_overrides_into_the_preset() -> None:
    spec = TrainSpec("dnn", "original", seed=3, overrides=Overrides(epochs=2, batch_size=500))
    training = spec.resolve().training
    assert (training.epochs, training.batch_size, training.seed) == (2, 500, 3)
    assert training.learning_rate == 1e-3  # of the preset


def test_the_folder_of_a_sentence_model_is_named_again(small: Dataset) -> None:
    spec = TrainSpec("dnn", "original", text_model=Path("/models/mini lm"))
    command = "movierec train dnn --preset original --text-model '/models/mini lm'"
    assert train_command(spec, "ml-100k") == command
    provenance = spec.provenance(replace(small, name="ml-100k"), {})
    found = replace(provenance, inputs={TITLE_VECTORS: "/models/mini lm"})
    assert retraining(found) == command
    found = replace(provenance, inputs={TITLE_VECTORS: "hashed character n-grams"})
    assert retraining(found) == "movierec train dnn --preset original"


def test_a_preset_file_takes_the_place_of_the_preset() -> None:
    preset = replace(CUSTOM, seed=4).resolve()
    assert preset.config == FILE.values.config
    assert preset.training == replace(FILE.values.training, seed=4)


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        (TrainSpec("oracle"), "no model 'oracle'", "two-tower, dnn"),
        (TrainSpec("dnn", "oracle"), "no preset 'oracle'", "original"),
        (
            TrainSpec("sequence", "original"),
            "sequence has no preset 'original'",
            "The report does not describe its network. Choose one of: default",
        ),
        (TrainSpec("dnn", overrides=Overrides(epochs=0)), "epochs must be above 0", ""),
        (TrainSpec("dnn", seed=2**32), "seed", ""),
        (TrainSpec("dnn", text_model=Path("m")), "dnn default reads no titles", "original"),
        (replace(CUSTOM, model="two-tower"), "of dnn default, not of two-tower", "train dnn --con"),
        (
            replace(CUSTOM, overrides=Overrides(epochs=2)),
            "--epochs and --config",
            "training.epochs",
        ),
    ],
)
def test_values_that_do_not_exist_are_refused(spec: TrainSpec, message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        spec.resolve()
    assert hint in caught.value.hint


@pytest.mark.parametrize(("model", "preset"), [("two-tower", "default"), ("dnn", "original")])
def test_a_memory_budget_is_refused_where_nothing_keeps_it(model: str, preset: str) -> None:
    spec = TrainSpec(model, preset, overrides=Overrides(memory=2.0))
    with pytest.raises(UsageError, match="for the default dnn"):
        spec.resolve()
    assert replace(spec, model="dnn", preset="default").resolve().training.memory == 2.0
