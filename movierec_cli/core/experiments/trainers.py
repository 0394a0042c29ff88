"""From a preset to the trainer that trains it, and to what its best epoch is chosen by."""

from typing import Any, Protocol

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.splits import Scenario, split_ratings, split_users
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

VALIDATION_SHARE = 0.1
"""Share of the training users on whom the best epoch is chosen."""

RATING_VALIDATION_SHARE = 0.05
"""The same for the default two-tower, whose figures over ratings need fewer users."""


class ExportingTrainer(Trainer[Any], Protocol):
    """A trainer whose trained network can be taken out as arrays."""

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that the model scores with."""


def build_trainer(train: Dataset, preset: Preset) -> tuple[ExportingTrainer, dict[str, str]]:
    """Return the trainer that trains a preset, and how its inputs were made.

    Parameters
    ----------
    train
        The training part of a split; the validation part is cut from it.
    """
    config, options = preset.config, preset.training
    if isinstance(config, DnnConfig):
        fit, scenario = split_ratings(train, VALIDATION_SHARE, options.seed)
        return DnnTrainer(train, fit, scenario, _ranking, config, options), {}
    if isinstance(config, TwoTowerConfig):
        fit, scenario = split_ratings(train, RATING_VALIDATION_SHARE, options.seed)
        return (
            TwoTowerTrainer(fit, scenario, _rating, config, options.batch_size, options.device),
            {},
        )
    fit, validation = split_users(train, VALIDATION_SHARE, options.seed)
    if isinstance(config, OriginalTwoTowerConfig):
        return (
            OriginalTwoTowerTrainer(fit, validation, config, options.batch_size, options.device),
            {},
        )
    titles, source = title_vectors(train.films.titles.tolist())
    films = np.hstack([train.films.genres.astype(np.float32), titles])
    return (
        OriginalDnnTrainer(fit, validation, films, config, options.batch_size, options.device),
        {"title_vectors": source},
    )


def _ranking(model: Model, scenario: Scenario) -> dict[str, float]:
    """Measure how well a model ranks."""
    metrics = evaluate(model, scenario).metrics
    return {name: metrics[name] or 0.0 for name in ("ndcg", "map")}


def _rating(model: Model, scenario: Scenario) -> dict[str, float]:
    """Measure how well a model predicts ratings."""
    metrics = evaluate(model, scenario).metrics
    return {name: metrics[name] or 0.0 for name in ("rmse", "mae")}
