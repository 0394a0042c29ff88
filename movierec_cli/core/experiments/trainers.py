"""The trainer of each preset, with the figures that validate its epochs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.data.splits import Split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.trainer import DnnTrainer
from movierec_cli.core.models.features import film_features
from movierec_cli.core.models.original.config import OriginalTwoTowerConfig
from movierec_cli.core.models.original.title_vectors import title_vectors
from movierec_cli.core.models.original.trainer import OriginalTrainer
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.sequence.config import SequenceConfig
from movierec_cli.core.models.sequence.trainer import SequenceTrainer
from movierec_cli.core.models.two_tower.config import TwoTowerConfig
from movierec_cli.core.models.two_tower.trainer import TwoTowerTrainer
from movierec_cli.core.parallel.group import require_one
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.train_spec import TITLE_VECTORS
from movierec_cli.core.training.loop import Trainer


class ExportingTrainer(Trainer[Any], Protocol):
    """A trainer that exports its trained network as arrays."""

    def export(self) -> dict[str, FloatArray]:
        """Return the weights that the model scores with."""


@runtime_checkable
class SolvingTrainer(Protocol):
    """A trainer that solves for a part of its model before the first epoch."""

    @property
    def solved(self) -> dict[str, FloatArray]:
        """The solution, to continue the training with."""


def build_trainer(
    split: Split,
    preset: Preset,
    progress: Progress = SILENT,
    text_model: Path | None = None,
    solved: Mapping[str, FloatArray] | None = None,
) -> tuple[ExportingTrainer, dict[str, str]]:
    """Return the trainer of a preset, and the sources of its inputs as in a manifest.

    ``text_model`` is the folder of a sentence model, as in `title_vectors`; ``solved`` are those of
    an interrupted training by a `SolvingTrainer`.
    """
    config, options, catalog = preset.config, preset.training, split.full_train.films
    if not isinstance(config, DnnConfig):
        require_one("A training of another model than the default dnn")
    if isinstance(config, DnnConfig):
        if not solved:
            progress.describe("Solving the item-item components")
        trainer = DnnTrainer(split, config, options, _measuring("ndcg", "map"), solved, progress)
        return trainer, trainer.inputs
    if isinstance(config, TwoTowerConfig):
        sampler = TwoTowerTrainer(split, config, options, _measuring("rmse", "mae"), progress)
        return sampler, sampler.inputs
    if isinstance(config, SequenceConfig):
        progress.describe("Counting transitions between films")
        return SequenceTrainer(split, config, options, _measuring("ndcg", "hit_rate")), {}
    if isinstance(config, OriginalTwoTowerConfig):
        return OriginalTrainer(split, film_features(catalog), config, options), {}
    progress.describe("Computing title vectors")
    titles, source = title_vectors(catalog.titles.tolist(), text_model)
    films = np.hstack([catalog.genres.astype(np.float32), titles])
    return OriginalTrainer(split, films, config, options), {TITLE_VECTORS: source}


def _measuring(*names: str) -> Callable[[Model, Scenario], Mapping[str, float]]:
    """Return a function that measures these metrics of a model in a scenario."""

    def measure(model: Model, scenario: Scenario) -> dict[str, float]:
        found = evaluate(model, scenario).metrics
        return {name: found[name] or 0.0 for name in names}

    return measure
