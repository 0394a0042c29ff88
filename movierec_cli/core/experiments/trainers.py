"""The trainer of each preset, with the figures that validate its epochs."""

from typing import Any, Protocol

import numpy as np

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.data.splits import Scenario, Split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.trainer import DnnTrainer
from movierec_cli.core.models.original.config import OriginalTwoTowerConfig
from movierec_cli.core.models.original.title_vectors import title_vectors
from movierec_cli.core.models.original.trainer import OriginalDnnTrainer, OriginalTwoTowerTrainer
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.models.two_tower.trainer import TwoTowerTrainer
from movierec_cli.core.training.loop import Trainer


class ExportingTrainer(Trainer[Any], Protocol):
    """A trainer whose trained network can be taken out as arrays."""

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that the model scores with."""


def build_trainer(split: Split, preset: Preset) -> tuple[ExportingTrainer, dict[str, str]]:
    """Return the trainer of a preset, and how its inputs were made."""
    config, options = preset.config, preset.training
    if isinstance(config, DnnConfig):
        return DnnTrainer(split, config, options, _ranking), {}
    if isinstance(config, TwoTowerConfig):
        return TwoTowerTrainer(split, config, options, _rating), {}
    if isinstance(config, OriginalTwoTowerConfig):
        return OriginalTwoTowerTrainer(split, config, options), {}
    catalog = split.train.films
    titles, source = title_vectors(catalog.titles.tolist())
    films = np.hstack([catalog.genres.astype(np.float32), titles])
    return OriginalDnnTrainer(split, films, config, options), {"title_vectors": source}


def _ranking(model: Model, scenario: Scenario) -> dict[str, float]:
    """Measure how well a model ranks."""
    metrics = evaluate(model, scenario).metrics
    return {name: metrics[name] or 0.0 for name in ("ndcg", "map")}


def _rating(model: Model, scenario: Scenario) -> dict[str, float]:
    """Measure how well a model predicts ratings."""
    metrics = evaluate(model, scenario).metrics
    return {name: metrics[name] or 0.0 for name in ("rmse", "mae")}
