"""``train --config``: a run with the values of a preset file, and the command that repeats it."""

import json
from pathlib import Path

from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_manifest
from movierec_cli.core.runs.train_spec import retraining
from tests.cli.conftest import Cli
from tests.conftest import SMALL


def test_a_run_has_the_values_of_its_preset_file(cli: Cli, paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "wide.json"
    config = {"hidden_dim": 16, "embedding_dim": 8, "joint_dim": 8, "gamma": 0.5}
    training = {"epochs": 1, "batch_size": 500}
    content = {"model": "dnn", "preset": "original", "config": config, "training": training}
    path.write_text(json.dumps(content))

    trained = cli("train", "dnn", "--config", str(path), "--dataset", SMALL)
    assert trained.exit_code == 0, trained.stderr
    manifest, _ = load_manifest(f"dnn-original-custom-{SMALL}", paths.runs)
    assert dict(manifest.config) == {**config, "dropout": 0.2}
    assert manifest.training["epochs"] == 1
    assert manifest.inputs["preset file"] == str(path)
    assert retraining(manifest) == (
        f"movierec train dnn --preset original --config {path} --dataset {SMALL}"
    )

    other = cli("train", "dnn", "--preset", "default", "--config", str(path), "--dataset", SMALL)
    assert other.exit_code == 2
    assert "holds values of dnn original, not of dnn default" in other.stderr
