"""Measure the answers of all models with movierec's own metrics.

    python benchmarks/measure.py FOLDER --seeds 705 ...

Reads FOLDER/out/*.npz, and writes FOLDER/measured.json: a record for each model and task, with
the values for each user (or the squared errors of each fold) reduced to means.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from export import scenario_of
from tasks import Task, parser, tasks_of

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, Histories, Ratings
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.beyond import Reference, beyond_accuracy
from movierec_cli.core.paths import Paths

CUTS = (10, 25, 100)
K = 25


def main() -> None:
    arguments = parser().parse_args()
    dataset = load_dataset(arguments.dataset, Paths.from_environment())
    records = []
    for task in tasks_of(arguments):
        records += _measure_task(dataset, task, arguments.folder)
    (arguments.folder / "measured.json").write_text(json.dumps(records))


def _measure_task(dataset: Dataset, task: Task, folder: Path) -> list[dict[str, Any]]:
    _, scenario = scenario_of(dataset, task)
    records = []
    for path in sorted((folder / "out").glob(f"*--{task.name}.json")):
        record = json.loads(path.read_text())
        with np.load(path.with_suffix(".npz")) as answers:
            if record["kind"] == "rating":
                predicted = answers["predicted"].astype(np.float32)
                record["metrics"] = rating(predicted, scenario.targets)
            else:
                record["metrics"] = ranking(answers["top"], scenario.targets, len(dataset.films))
        record["group"] = task.group
        records.append(record)
    if "ranking" in task.kinds and records:
        _write_for_the_cross_check(folder, task, scenario.targets)
        np.savez(folder / f"beyond-{task.name}.npz", **beyond(dataset, task, folder))
    return records


def ranking(top: np.ndarray, targets: Histories, n_films: int) -> dict[str, float]:
    """Return every ranking metric at every length of the list."""
    relevant = metrics.relevant_counts(targets)
    counted = relevant > 0
    hit = metrics.hits(top, targets, n_films)[counted]
    found = {"users": int(counted.sum())}
    for k in CUTS:
        per_user = metrics.ranking_metrics(hit[:, :k], relevant[counted])
        found |= {f"{name}@{k}": float(values.mean()) for name, values in per_user.items()}
    return found


def rating(predicted: np.ndarray, targets: Histories) -> dict[str, float]:
    """Return the errors, and the accuracy of predicting ratings of 4 or higher."""
    errors = metrics.rating_metrics(predicted, targets.ratings)
    mse, mae = float(errors["mse"].mean()), float(errors["mae"].mean())
    correct = metrics.correct(predicted >= metrics.RATING_THRESHOLD, targets.ratings)
    return {"mse": mse, "rmse": mse**0.5, "mae": mae, "accuracy": float(correct.mean())}


def _write_for_the_cross_check(folder: Path, task: Task, targets: Histories) -> None:
    """Write what is relevant to whom, for another library's metrics."""
    mask = targets.ratings >= RELEVANT_RATING
    np.savez(
        folder / f"relevant-{task.name}.npz",
        users=targets.user_rows[mask],
        films=targets.film_rows[mask],
    )


def beyond(dataset: Dataset, task: Task, folder: Path) -> dict[str, np.ndarray]:
    """Return the measures beyond accuracy of each file of lists, in the order of the files.

    A film is rated by the users of the exported training part, as other libraries see it.
    """
    with np.load(folder / f"{task.name}.npz") as file:
        users, films = file["train_users"], file["train_films"]
        values = file["train_ratings"].astype(np.float32)
    times = np.zeros(len(users), np.int64)
    ratings = Ratings.ordered(users.astype(np.int32), films.astype(np.int32), values, times)
    reference = Reference.of(dataset.with_ratings(ratings))
    found: dict[str, list[float]] = {}
    for path in sorted((folder / "out").glob(f"*--{task.name}.npz")):
        with np.load(path) as file:
            top = file["top"][:, :K].astype(np.int32)
        for name, value in beyond_accuracy(top, reference).items():
            found.setdefault(name, []).append(np.nan if value is None else value)
    return {name: np.array(of_lists) for name, of_lists in found.items()}


def per_user(folder: Path, task: str, k: int = K) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the metrics of each list [n_lists, n_users] and the relevant films of each user.

    The lists are in the order of their files, the users ascending, those without a relevant film
    left out: as `crosscheck.py` writes them.
    """
    with np.load(folder / f"relevant-{task}.npz") as file:
        users, films = file["users"], file["films"]
    targets = Histories(
        np.concatenate([[0], np.cumsum(np.bincount(users))]),
        films,
        np.full(len(films), RELEVANT_RATING, np.float32),
        np.zeros(len(films), np.int64),
    )
    relevant = metrics.relevant_counts(targets)
    counted = relevant > 0
    found: dict[str, list[np.ndarray]] = {}
    for path in sorted((folder / "out").glob(f"*--{task}.npz")):
        with np.load(path) as file:
            top = file["top"][: len(targets), :k]
        hit = metrics.hits(top, targets, int(top.max()) + 1 + int(films.max()))
        for name, values in metrics.ranking_metrics(hit[counted], relevant[counted]).items():
            found.setdefault(name, []).append(values)
    return {name: np.stack(values) for name, values in found.items()}, relevant[counted]


if __name__ == "__main__":
    main()
