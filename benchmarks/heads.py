"""Loss of the dnn's item-item part by cutting to a head of films: a Markdown table.

python benchmarks/heads.py ml-100k ml-1m-half ml-latest-small
"""

import sys
import time
from collections.abc import Sequence

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models import inverses
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.dnn.components import concatenate
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.paths import Paths

HEADS = (None, 4_000, 2_000, 1_000, 500)
SPLIT_SEEDS = (11, 1, 2)
METRICS = ("ndcg", "map", "precision")


def item_item(train: Dataset, config: DnnConfig, head: int) -> Dnn:
    """Return a dnn of the item-item component alone."""
    fit, zeros = fit_closed_form(train, config, 0, head), np.zeros(len(train.films))
    return Dnn(
        {
            **concatenate([fit.item_item]),
            "demographic_mean": fit.demographic_mean,
            "rating_weights": np.array(config.rating_weights, np.float32),
            "half_saturation": np.array([config.half_saturation], np.float32),
            "like_head": np.zeros(9, np.float32),
            "film_level": zeros.astype(np.float32),
            "film_counts": zeros.astype(np.float32),
        }
    )


def share_outside(train: Dataset, head: int) -> float:
    """Return the share of the ratings whose films are not in the head."""
    counts = np.sort(np.bincount(train.ratings.film_rows, minlength=len(train.films)))[::-1]
    return float(counts[head:].sum() / counts.sum())


def row(dataset: str, splits: Sequence[Split], head: int | None) -> str:
    """Return a row of the table; without a ``head`` everything is as in a training."""
    if head is not None:  # the space of the films for all three solutions
        inverses.MOST_ROWS = 0
    figures, seconds = [], 0.0
    for split in splits:
        started = time.process_time()
        model = item_item(split.full_train, DnnConfig(), head or inverses.HEAD)
        seconds += time.process_time() - started
        found = evaluate(model, split.scenarios[1]).metrics
        figures.append([found[name] for name in METRICS])
    outside = 0.0 if head is None else share_outside(splits[0].full_train, head)
    means = " | ".join(f"{mean:.4f}" for mean in np.mean(figures, axis=0))
    label = "as trained" if head is None else f"{head:,}"
    return f"| {dataset} | {label} | {outside:.1%} | {means} | {seconds / len(splits):.1f} |"


def main(names: Sequence[str]) -> None:
    print("| data set | head | ratings outside | NDCG@25 | MAP@25 | P@25 | processor s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    most_rows = inverses.MOST_ROWS
    for name in names:
        dataset = load_dataset(name, Paths.from_environment())
        splits = [make_split(dataset, "users", seed) for seed in SPLIT_SEEDS]
        for head in HEADS:
            inverses.MOST_ROWS = most_rows
            if head is None or head < len(dataset.films):
                print(row(name, splits, head), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
