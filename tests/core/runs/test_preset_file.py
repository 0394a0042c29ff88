"""Preset files: written with all values, read with some of them, refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.models.preset_values import changed
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.runs.manifest import settings
from movierec_cli.core.runs.preset_file import PresetFile, load_preset_file, save_preset_file


def write(folder: Path, content: Any) -> Path:
    path = folder / "preset.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("model", "preset"), [(model, preset) for model in PRESETS for preset in PRESETS[model]]
)
def test_what_is_written_is_read_again(model: str, preset: str, tmp_path: Path) -> None:
    values = changed(PRESETS[model][preset], {"training.learning_rate": 0.25})
    file = PresetFile(tmp_path / "preset.json", model, preset, values)
    save_preset_file(file)
    assert load_preset_file(file.path) == file


def test_the_values_have_the_form_of_a_manifest(tmp_path: Path) -> None:
    values = PRESETS["dnn"]["default"]
    save_preset_file(PresetFile(tmp_path / "preset.json", "dnn", "default", values))
    written = json.loads((tmp_path / "preset.json").read_text())
    assert written["config"] == settings(values.config)
    training = settings(values.training)
    assert written["training"] | {"seed": 0, "device": "cpu"} == training


def test_fields_that_are_missing_have_the_values_of_the_preset(tmp_path: Path) -> None:
    path = write(tmp_path, {"model": "dnn", "config": {"half_saturation": 3}})
    assert load_preset_file(path).preset == "default"
    expected = changed(PRESETS["dnn"]["default"], {"config.half_saturation": 3.0})
    assert load_preset_file(path).values == expected


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ({}, "model is None", "two-tower, dnn"),
        ({"model": "dnn", "preset": "best"}, "preset is 'best'", "default, original"),
        ({"model": "dnn", "gamma": 1}, "There is no field gamma", "config, training"),
        ({"model": "dnn", "config": {"gamma": 1}}, "There is no field config.gamma", "network"),
        ({"model": "dnn", "training": {"seed": 1}}, "no field training.seed", "--seed"),
        ({"model": "dnn", "schema": 2}, "schema is 2", ""),
        ({"model": ["dnn"]}, "model is", "two-tower, dnn"),
        ({"model": "dnn", "training": 3}, "training must be an object", ""),
        ([], "must be an object", "model"),
    ],
)
def test_other_content_is_refused_by_the_name_of_the_field(
    content: Any, message: str, hint: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(UsageError, match=message) as caught:
        load_preset_file(path)
    assert str(path) in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["{", "\udc80", "[" * 100_000])
def test_a_file_that_is_not_json_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "preset.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError, match="is not JSON"):
        load_preset_file(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load_preset_file(tmp_path / "none.json")
