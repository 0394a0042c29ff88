"""movierec's own models and baselines, measured in the same way as the peers."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import LONGEST, Task, all_tasks, apart, write
from export import scenario_of

from movierec_cli import __version__
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import DEFAULT_DATASET, load_dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.topk import exclude, top_k
from movierec_cli.core.paths import Paths

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="for the answers")
    parser.add_argument("--seeds", type=int, nargs="+", default=[705])
    parser.add_argument("--only", nargs="+", help="names of tasks")
    arguments = parser.parse_args()
    dataset = load_dataset(DEFAULT_DATASET, Paths.from_environment())
    tasks: dict[tuple[str, int], list[Task]] = {}
    for task in all_tasks(arguments.seeds):
        if not arguments.only or task.name in arguments.only:
            tasks.setdefault((task.holdout, task.split_seed), []).append(task)
    for of_split in tasks.values():
        for name, groups in GROUPS.items():
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
        scores = model.score(scenario.histories, scenario.users)
        if record["kind"] == "ranking":
            answers = {"top": top_k(exclude(scores.score, scenario.histories), LONGEST)}
        else:
            targets = scenario.targets
            assert scores.rating is not None
            answers = {"predicted": scores.rating[targets.user_rows, targets.film_rows]}
        record["score_seconds"] = time.perf_counter() - started
        write(folder, record, answers)
    return {}


def _trained(name: str, task: Task, dataset: Dataset) -> Model:
    if name in BASELINES:
        return BASELINES[name](make_split(dataset, task.holdout, task.split_seed).full_train)
    from movierec_cli.core.experiments.train import train_run
    from movierec_cli.core.runs.train_spec import TrainSpec

    request = TrainSpec(name, holdout=task.holdout, split_seed=task.split_seed)
    return train_run(dataset, request, lambda _: None).model


if __name__ == "__main__":
    main()
