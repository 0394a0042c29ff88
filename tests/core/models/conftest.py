"""Tiny presets of every model, and models trained with them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.experiments.trainers import ExportingTrainer, build_trainer
from movierec_cli.core.models.dnn.config import DnnConfig, ItemItemConfig, NetworkConfig
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.original.config import OriginalDnnConfig, OriginalTwoTowerConfig
from movierec_cli.core.models.presets import MODELS_OF_USERS, PRESETS, ModelConfig, Preset
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.models.sequence.config import (
    SequenceConfig,
    TransformerConfig,
    UnorderedSequenceConfig,
)
from movierec_cli.core.models.two_tower.config import SamplingConfig, TwoTowerConfig
from movierec_cli.core.models.two_tower.model import TwoTower
from movierec_cli.core.training.loop import Epoch, run_training
from tests.helpers import training_split

_TRANSFORMER = TransformerConfig(width=8, blocks=2, window=12, users_per_epoch=60)
CONFIGS: dict[tuple[str, str], ModelConfig] = {
    ("dnn", "default"): DnnConfig(
        network=NetworkConfig(dimension=16), item_item=ItemItemConfig(rank=24)
    ),
    ("dnn", "original"): OriginalDnnConfig(hidden_dim=16, embedding_dim=12, joint_dim=8),
    ("two-tower", "default"): TwoTowerConfig(
        factors=4, sampling=SamplingConfig(chains=2, sweeps=20, burn_in=4, thinning=4)
    ),
    ("sequence", "default"): SequenceConfig(transformer=_TRANSFORMER),
    ("sequence", "unordered"): UnorderedSequenceConfig(transformer=_TRANSFORMER),
    ("two-tower", "original"): OriginalTwoTowerConfig(hidden_dim=16),
}
EPOCHS = {"default": 4, "original": 3, "unordered": 4}


def tiny(model: str, preset: str) -> Preset:
    training = replace(PRESETS[model][preset].training, epochs=EPOCHS[preset])
    if preset == "original":
        training = replace(training, learning_rate=3e-3, batch_size=100)
    return Preset(CONFIGS[model, preset], training)


def new_trainer(dataset: Dataset, preset: Preset) -> ExportingTrainer:
    torch.manual_seed(preset.training.seed)
    return build_trainer(training_split(dataset, preset.training), preset)[0]


def train(dataset: Dataset, preset: Preset) -> tuple[ExportingTrainer, tuple[Epoch, ...]]:
    trainer = new_trainer(dataset, preset)
    return trainer, run_training(trainer, preset.training, lambda _: None)


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Small networks gain nothing by more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="package")
def scenarios(medium: Dataset) -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in make_split(medium).scenarios}


@pytest.fixture(scope="package")
def models(medium: Dataset, one_thread: None) -> dict[str, Dnn | TwoTower]:
    """The trained model of each preset ``default``."""
    dataset = make_split(medium).full_train
    return {
        model: SCORERS[model]["default"](train(dataset, tiny(model, "default"))[0].export())
        for model in MODELS_OF_USERS
    }
