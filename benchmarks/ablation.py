"""What each piece of the two default models is worth, on validation users only.

    python benchmarks/ablation.py dnn
    python benchmarks/ablation.py two-tower

From the training part of split seed 705 validation users are cut, four times; each variant is
trained on the rest and measured on them. The held-out users of any split are never looked at.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from movierec_cli.core.data.dataset import Dataset, Histories, Users
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import (
    Scenario,
    Validation,
    hold_out,
    make_split,
    sample_users,
    training_users,
)
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.models.baselines import DemographicRidge, Ease
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.paths import Paths
from movierec_cli.core.training.loop import THREADS, run_training

DNN = PRESETS["dnn"]["default"]
TWO_TOWER = PRESETS["two-tower"]["default"]
OFF = 1e6  # a ridge that lets nothing through
EVERY = 10**6  # more directions than there are films


def dnn_variants() -> Mapping[str, Preset]:
    """Return the variants of the default dnn."""
    config, training = DNN.config, DNN.training

    def changed(**changes: object) -> Preset:
        return Preset(replace(config, **changes), training)

    return {
        "complete": DNN,
        "another seed": Preset(config, replace(training, seed=1)),
        "without the trained part": changed(trained_weight=0.0),
        "without the solved part": changed(solved_weight=0.0),
        "no times of ratings": changed(moment_weight=0.0, moment_share=0.0),
        "no times in the solved part": changed(moment_weight=0.0),
        "no times in training": changed(moment_share=0.0),
        "solved without EASE on grades": changed(ease_weight=0.0),
        "every direction of the solutions": changed(solved_rank=EVERY),
        "spreads of the films' scores as they are": changed(spread_power=0.0),
        "half the width": changed(dimension=96, solved_rank=100),
        "liked or not instead of grades": changed(
            history_grades=(0.0, 0.0, 0.0, 1.0, 1.0), target_grades=(0.0, 0.0, 0.0, 1.0, 1.0)
        ),
        "watched or not instead of grades": changed(
            history_grades=(1.0,) * 5, target_grades=(1.0,) * 5
        ),
        "no history dropped in training": changed(stranger_share=0.0),
        "no demographics beside a history": changed(demographic_weight=0.0),
        "best epoch by validation": Preset(config, replace(training, keep="best", patience=16)),
    }


def two_tower_variants() -> Mapping[str, Preset]:
    """Return the variants of the default two-tower."""
    config, training = TWO_TOWER.config, TWO_TOWER.training

    def changed(**changes: Mapping[str, float]) -> Preset:
        parts = {part: replace(getattr(config, part), **new) for part, new in changes.items()}
        return Preset(replace(config, **parts), training)

    no_sides = {"demographics": OFF, "content": OFF}
    return {
        "complete": TWO_TOWER,
        "one chain": changed(sampling={"chains": 1}),
        "6 factors": Preset(replace(config, factors=6), training),
        "one draw a chain": changed(sampling={"sweeps": 12, "burn_in": 8, "thinning": 4}),
        "random start": Preset(config, replace(training, epochs=1, learning_rate=1e-6)),
        "without who rated what": changed(ridges={"history": OFF, "raters": OFF}),
        "without demographics, genres, years": changed(ridges=no_sides, cold_start={"ridge": OFF}),
        "without the user's own ratings": changed(ridges={"user_bias": OFF, "user_factors": OFF}),
        "no cold-start part beside a history": changed(cold_start={"half_saturation": 1e-6}),
        "without film levels in cold-start": changed(cold_start={"level_shrinkage": OFF}),
    }


@dataclass(frozen=True)
class RatingsOnly:
    """A model without its probabilities: liked is what is rated 3.5 or higher."""

    model: Model

    def score(self, histories: Histories, users: Users) -> Scores:
        """Score the whole catalog."""
        return replace(self.model.score(histories, users), like_probability=None)


def trained(train: Dataset, model: str, preset: Preset) -> Model:
    """Train a variant the way that ``movierec train`` does."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(preset.training.seed)
    options = preset.training
    rule = Validation(options.validation, options.validation_share, options.seed)
    trainer, _ = build_trainer(make_split(train, "none", validation=rule), preset)
    run_training(trainer, preset.training, lambda _: None)
    return SCORERS[model]["default"](trainer.export())


def validation_splits(dataset: Dataset, count: int) -> list[tuple[Dataset, tuple[Scenario, ...]]]:
    """Cut validation users from the training part of split seed 705."""
    train = make_split(dataset, "users", 705).full_train
    users = training_users(train)
    return [
        hold_out(train, users[sample_users(len(users), 0.2, seed)], seed)
        for seed in range(1, count + 1)
    ]


def measured(model: Model, scenarios: tuple[Scenario, ...], names: list[str]) -> np.ndarray:
    """Return the metrics of a model, [n_scenarios, n_names]."""
    return np.array(
        [
            [evaluate(model, scenario).metrics[name] or np.nan for name in names]
            for scenario in scenarios
        ]
    )


def dnn_table(dataset: Dataset) -> None:
    """Print how far the dnn is above EASE in fold-in and above the ridge in cold-start."""
    names = ["precision", "map", "ndcg"]
    splits = validation_splits(dataset, 4)
    marks = [
        np.stack(
            [
                measured(DemographicRidge.fit(train), scenarios[:1], names)[0],
                measured(Ease.fit(train), scenarios[1:], names)[0],
            ]
        )
        for train, scenarios in splits
    ]
    print("| variant | fold-in P@25 | MAP@25 | NDCG@25 | cold-start P@25 | MAP@25 | NDCG@25 |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, preset in dnn_variants().items():
        ratios = [
            measured(trained(train, "dnn", preset), scenarios, names) / mark
            for (train, scenarios), mark in zip(splits, marks, strict=True)
        ]
        cold, fold = 100 * (np.mean(ratios, axis=0) - 1)
        cells = " | ".join(f"{value:+.1f} %" for value in [*fold, *cold])
        print(f"| {name} | {cells} |", flush=True)


def two_tower_table(dataset: Dataset) -> None:
    """Print the table of the two-tower: errors and accuracy in fold-in and cold-start."""
    names = ["rmse", "mse", "accuracy"]
    splits = validation_splits(dataset, 4)
    print("| variant | fold-in RMSE | MSE | accuracy | cold-start RMSE | MSE | accuracy |")
    print("|---|---:|---:|---:|---:|---:|---:|")

    def row(name: str, models: list[Model]) -> None:
        figures = [
            measured(model, scenarios, names)
            for model, (_, scenarios) in zip(models, splits, strict=True)
        ]
        cold, fold = np.mean(figures, axis=0)
        cells = " | ".join(f"{value:.4f}" for value in [*fold, *cold])
        print(f"| {name} | {cells} |", flush=True)

    for name, preset in two_tower_variants().items():
        models = [trained(train, "two-tower", preset) for train, _ in splits]
        row(name, models)
        if preset is TWO_TOWER:
            row("a rating of 3.5 instead of the probability", [RatingsOnly(m) for m in models])


if __name__ == "__main__":
    data = load_dataset("ml-100k", Paths.from_environment())
    {"dnn": dnn_table, "two-tower": two_tower_table}[sys.argv[1]](data)
