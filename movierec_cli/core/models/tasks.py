"""From a preset to the task that trains it."""

from typing import Any, Protocol

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray
from movierec_cli.core.data.splits import draw_users, training_users
from movierec_cli.core.models.config import Preset, TwoTowerReportConfig
from movierec_cli.core.models.report_networks import DnnReportTask, TwoTowerReportTask
from movierec_cli.core.title_vectors import title_vectors
from movierec_cli.core.training import Task

VALIDATION_SHARE = 0.1
"""Share of the training users on whom the best epoch is chosen."""


class ExportingTask(Task[Any], Protocol):
    """A task whose trained network can be taken out as arrays."""

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that the model scores with."""


def build_task(train: Dataset, preset: Preset) -> tuple[ExportingTask, dict[str, str]]:
    """Return the task that trains a preset, and how its inputs were made.

    Parameters
    ----------
    train
        The training part of a split; validation users are cut from it.
    """
    config, options = preset.config, preset.training
    if isinstance(config, TwoTowerReportConfig):
        fit, validation = cut_validation(train, options.seed)
        return (
            TwoTowerReportTask(fit, validation, config, options.batch_size, options.device),
            {},
        )
    fit, validation = cut_validation(train, options.seed)
    titles, source = title_vectors(train.films.titles.tolist())
    films = np.hstack([train.films.genres.astype(np.float32), titles])
    return (
        DnnReportTask(fit, validation, films, config, options.batch_size, options.device),
        {"title_vectors": source},
    )


def cut_validation(train: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Cut the ratings of `VALIDATION_SHARE` of the training users from the rest."""
    candidates = training_users(train)
    chosen = candidates[draw_users(len(candidates), VALIDATION_SHARE, seed)]
    mask = np.isin(train.ratings.user_rows, chosen)
    return (
        train.with_ratings(train.ratings.take(~mask)),
        train.with_ratings(train.ratings.take(mask)),
    )
