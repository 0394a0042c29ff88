"""Ablation of the two default models on validation users.

    python benchmarks/ablation.py dnn
    python benchmarks/ablation.py two-tower

Ten times, validation users are split from the training part of split seed 705; each variant is
trained on the rest and measured on them. The held-out users of a split are never read. A row is
the mean difference to the complete model in percent, with its standard error over the ten.
"""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.scenarios import FOLD_IN, Scenario, Validation
from movierec_cli.core.data.splits import hold_out, make_split, sample_users, training_users
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.preset_values import changed
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.paths import Paths
from movierec_cli.core.training.loop import n_threads, run_training

FOLDS = 10
OFF = 1e6  # a penalty that leaves nothing of a regression
LIKED, WATCHED = (0.0, 0.0, 0.0, 1.0, 1.0), (1.0,) * 5
METRICS = {"dnn": ("ndcg", "map", "precision"), "two-tower": ("rmse", "mse", "accuracy")}
VARIANTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "dnn": {
        "another seed": {"training.seed": 1000},
        "without the network": {"config.network.weight": 0.0},
        "no sittings in training": {"config.network.sitting_share": 0.0},
        "without item-item solutions": {"config.item_item.weight": 0.0},
        "without EASE on histories": {"config.item_item.ease.weight": 0.0},
        "without temporal co-occurrence": {"config.item_item.temporal.weight": 0.0},
        "without demographics beside a history": {"config.item_item.ridge.demographic_weight": 0.0},
        "every principal direction": {"config.item_item.rank": 10**6},
        "film vectors not scaled by their spread": {"config.item_item.spread_power": 0.0},
        "half the width": {"config.network.dimension": 96, "config.item_item.rank": 100},
        "ratings weigh by liked or not": {"config.rating_weights": LIKED},
        "ratings weigh by watched or not": {"config.rating_weights": WATCHED},
        "cold start with the weights of histories": {
            "config.cold_start.target_weights": PRESETS["dnn"]["default"].config.rating_weights
        },
        "cold start without activity": {"config.cold_start.activity_power": 0.0},
        "best epoch by validation": {"training.keep": "best", "training.patience": 16},
    },
    "two-tower": {
        "one chain": {"config.sampling.chains": 1},
        "6 factors": {"config.factors": 6},
        "one draw a chain": {
            "config.sampling.sweeps": 12,
            "config.sampling.burn_in": 8,
            "config.sampling.thinning": 4,
        },
        "random start": {"training.epochs": 1, "training.learning_rate": 1e-6},
        "without rated films and raters": {
            "config.ridges.history": OFF,
            "config.ridges.raters": OFF,
        },
        "without demographics, genres, years": {
            "config.ridges.demographics": OFF,
            "config.ridges.content": OFF,
            "config.cold_start.ridge": OFF,
        },
        "without the user's own ratings": {
            "config.ridges.user_bias": OFF,
            "config.ridges.user_factors": OFF,
        },
        "no cold-start part beside a history": {"config.cold_start.half_saturation": 1e-6},
        "without film levels in the cold start": {"config.cold_start.level_shrinkage": OFF},
    },
}
"""Model -> variant -> field of the preset -> its value."""


def trained(train: Dataset, model: str, preset: Preset) -> Model:
    """Train as ``movierec train`` does."""
    options = preset.training
    torch.set_num_threads(n_threads(len(train.ratings)))
    torch.manual_seed(options.seed)
    rule = Validation(options.validation, options.validation_share, options.seed)
    trainer, _ = build_trainer(make_split(train, "none", validation=rule), preset)
    run_training(trainer, options, lambda _: None)
    return SCORERS[model]["default"](trainer.export())


def measured(model: Model, scenarios: tuple[Scenario, ...], names: tuple[str, ...]) -> np.ndarray:
    """Return the metrics in fold-in, then in the cold start, [2 * n_names]."""
    results = sorted(
        (evaluate(model, scenario) for scenario in scenarios), key=lambda r: r.scenario != FOLD_IN
    )
    return np.array([result.metrics[name] for result in results for name in names], float)


def main(model: str) -> None:
    """Print the table of a model, a row as soon as it is measured."""
    dataset = load_dataset("ml-100k", Paths.from_environment())
    train = make_split(dataset, "users", 705).full_train
    users = training_users(train)
    folds = [
        hold_out(train, users[sample_users(len(users), 0.2, seed)], seed)
        for seed in range(1, FOLDS + 1)
    ]
    heads = [
        f"{scenario} {name}" for scenario in (FOLD_IN, "cold-start") for name in METRICS[model]
    ]
    print(f"| variant | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
    complete = np.array([])
    for name, fields in {"complete": {}, **VARIANTS[model]}.items():
        rows = []
        for number, (part, scenarios) in enumerate(folds):
            preset = changed(PRESETS[model]["default"], {"training.seed": number, **fields})
            rows.append(measured(trained(part, model, preset), scenarios, METRICS[model]))
        if not fields:
            complete = np.array(rows)
            cells = [f"{value:.4f}" for value in complete.mean(axis=0)]
        else:
            difference = 100 * (np.array(rows) / complete - 1)
            errors = difference.std(axis=0, ddof=1) / FOLDS**0.5
            cells = [
                f"{mean:+.1f} ± {error:.1f}"
                for mean, error in zip(difference.mean(axis=0), errors, strict=True)
            ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
