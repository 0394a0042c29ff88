"""The original dnn with hashed and with real title vectors, ranked by both of its heads.

    python benchmarks/original_titles.py --text-model FOLDER [gamma ...]

Trained on the training part of split seed 705 and measured on its held-out users, in cold-start:
the network reads no histories. A row is the mean over the seeds of the training in `SEEDS`.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from movierec_cli.core.data.dataset import Histories, Users
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import COLD_START, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.base import Model, Scores
from movierec_cli.core.models.preset_values import changed
from movierec_cli.core.models.presets import PRESETS
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.preset_file import PresetFile
from movierec_cli.core.runs.train_spec import TrainSpec

SEEDS = (0,)
METRICS = ("accuracy", "precision", "map", "ndcg")


class ByHead:
    """A model that ranks by the like probability of another."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def score(self, histories: Histories, users: Users) -> Scores:
        scores = self._model.score(histories, users)
        assert scores.like_probability is not None
        return replace(scores, score=scores.like_probability)


def main(gammas: Sequence[float], text_model: Path | None) -> None:
    """Print the table, a row as soon as it is measured."""
    dataset = load_dataset("ml-100k", Paths.from_environment())
    scenario = next(s for s in make_split(dataset).scenarios if s.name == COLD_START)
    print("| titles | gamma | ranked by | accuracy | P@25 | MAP@25 | NDCG@25 |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for titles, folder in (("hashed", None), ("sentence model", text_model)):
        for gamma in gammas:
            values = changed(PRESETS["dnn"]["original"], {"config.gamma": gamma})
            file = PresetFile(Path("preset.json"), "dnn", "original", values)
            spec = TrainSpec("dnn", "original", preset_file=file, text_model=folder)
            models = [
                train_run(dataset, replace(spec, seed=seed), lambda _: None).model for seed in SEEDS
            ]
            for ranking, wrap in (("cosine", lambda model: model), ("like head", ByHead)):
                found = [evaluate(wrap(model), scenario).metrics for model in models]
                means = [np.mean([float(each[name] or 0) for each in found]) for name in METRICS]
                cells = " | ".join(f"{mean:.4f}" for mean in means)
                print(f"| {titles} | {gamma:g} | {ranking} | {cells} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text-model", type=Path, required=True)
    parser.add_argument("gammas", nargs="*", type=float, default=[1e-4])
    arguments = parser.parse_args()
    main(arguments.gammas, arguments.text_model)
