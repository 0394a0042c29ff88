"""movierec's own models and baselines, measured in the same way as the peers."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from common import DEFAULT_DATASET, LONGEST, Task, apart, parser, tasks_of, write
from export import scenario_of

from movierec_cli import __version__
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.scenarios import Scenario
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import BASELINES, Ease
from movierec_cli.core.models.topk import exclude, top_k
from movierec_cli.core.paths import Paths

TUNED_EASE = "ease, tuned"
EASE_GRID = (200.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)

GROUPS = {
    "dnn": ("fold-in", "ua", "cold-start"),
    "two-tower": ("folds", "rating-fold-in", "rating-cold"),
    "random": ("fold-in", "ua", "cold-start"),
    "popularity": ("fold-in", "ua", "cold-start"),
    "item-knn": ("fold-in", "ua"),
    "ease": ("fold-in", "ua"),
    "demographic-ridge": ("cold-start",),
    "film-mean": ("folds", "rating-fold-in", "rating-cold"),
    "bias": ("folds", "rating-fold-in", "rating-cold"),
}
"""Where each model takes part."""

OTHER_GROUPS = {
    "dnn": ("fold-in",),
    "popularity": ("fold-in",),
    TUNED_EASE: ("fold-in",),
    "two-tower": ("rating-fold-in",),
    "bias": ("rating-fold-in",),
}
"""The same on other data sets than MovieLens 100K."""


def main() -> None:
    arguments = parser().parse_args()
    dataset = load_dataset(arguments.dataset, Paths.from_environment())
    tasks: dict[tuple[str, int], list[Task]] = {}
    for task in tasks_of(arguments):
        tasks.setdefault((task.holdout, task.split_seed), []).append(task)
    models = GROUPS if arguments.dataset == DEFAULT_DATASET else OTHER_GROUPS
    for of_split in tasks.values():
        for name, groups in models.items():
            asked = [task for task in of_split if task.group in groups]
            if asked:
                apart(_run, arguments.folder, asked, name, dataset)


def _run(folder: Path, tasks: Sequence[Task], name: str, dataset: Dataset) -> dict[str, Any]:
    """Train one model on one split and let it answer all tasks of that split."""
    started = time.perf_counter()
    model = _trained(name, tasks[0], dataset)
    seconds = time.perf_counter() - started
    for task in tasks:
        record: dict[str, Any] = {
            "package": "movierec",
            "version": __version__,
            "model": name,
            "task": task.name,
            "kind": task.kinds[0],
            "tuning": {},
            "train_seconds": seconds,
        }
        _, scenario = scenario_of(dataset, task)
        started = time.perf_counter()
        answers = _answers(model, scenario, record["kind"])
        record["score_seconds"] = time.perf_counter() - started
        write(folder, record, answers)
    return {}


def _answers(model: Model, scenario: Scenario, kind: str) -> dict[str, np.ndarray]:
    """Return the best films of each user, or the predicted ratings of the targets."""
    parts = []
    for rows in np.array_split(np.arange(len(scenario.users)), -(-len(scenario.users) // 256)):
        histories, targets = scenario.histories.take(rows), scenario.targets.take(rows)
        scores = model.score(histories, scenario.users.take(rows))
        if kind == "ranking":
            parts.append(top_k(exclude(scores.score, histories), LONGEST))
        else:
            assert scores.rating is not None
            parts.append(scores.rating[targets.user_rows, targets.film_rows])
    return {"top" if kind == "ranking" else "predicted": np.concatenate(parts)}


def _trained(name: str, task: Task, dataset: Dataset) -> Model:
    if name in BASELINES:
        return BASELINES[name](make_split(dataset, task.holdout, task.split_seed).full_train)
    if name == TUNED_EASE:
        split = make_split(dataset, task.holdout, task.split_seed)
        best = max(EASE_GRID, key=lambda value: _ndcg(Ease.fit(split.train, value), split))
        return Ease.fit(split.full_train, best)
    from movierec_cli.core.experiments.train import train_run
    from movierec_cli.core.runs.train_spec import TrainSpec

    request = TrainSpec(name, holdout=task.holdout, split_seed=task.split_seed)
    return train_run(dataset, request, lambda _: None).model


def _ndcg(model: Model, split: Split) -> float:
    """Return NDCG@25 on the validation users."""
    return evaluate(model, split.validation).metrics["ndcg"] or 0.0


if __name__ == "__main__":
    main()
