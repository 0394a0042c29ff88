"""What every peer does alike: read a task, tune, train, score, measure time and memory.

It runs in the environment of the peer. Of movierec it takes only the code that needs nothing
but numpy: the metrics, for tuning, and the cut of the list.
"""

import json
import multiprocessing
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from tasks import DEFAULT_DATASET, Task, parser, tasks_of  # noqa: E402, F401

from movierec_cli.core.data.dataset import Histories  # noqa: E402
from movierec_cli.core.evaluation import metrics  # noqa: E402
from movierec_cli.core.models.topk import top_k  # noqa: E402

K = 25
LONGEST = 100

Arrays = Mapping[str, np.ndarray]
Rank = Callable[[np.ndarray], np.ndarray]
"""User rows [n] -> scores [n, n_films]."""
Rate = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""User rows [n], film rows [n] -> predicted ratings [n]."""


@dataclass(frozen=True)
class Training:
    """The ratings that a model may see, and who and what is rated."""

    users: np.ndarray
    films: np.ndarray
    ratings: np.ndarray
    n_users: int
    n_films: int
    about: Arrays

    def matrix(self, values: np.ndarray | None = None) -> Any:
        """Return users x films as scipy CSR: the ratings, or ``values`` in their place."""
        from scipy.sparse import csr_matrix

        content = self.ratings if values is None else values
        return csr_matrix(
            (content.astype(np.float32), (self.users, self.films)), (self.n_users, self.n_films)
        )


@dataclass(frozen=True)
class Model:
    """A model of a peer.

    Attributes
    ----------
    name
        As in the tables.
    kind
        ``ranking``: ``fit`` gives a `Rank`; ``rating``: it gives a `Rate`.
    fit
        From training ratings and hyper-parameters to what scores.
    grid
        The hyper-parameters to choose from.
    groups
        The groups of tasks that it takes part in.
    """

    name: str
    kind: str
    fit: Callable[..., Any]
    grid: Sequence[Mapping[str, Any]] = ({},)
    groups: Sequence[str] = ("fold-in", "ua", "folds", "rating-fold-in")


def main(package: str, models: Sequence[Model]) -> None:
    """Run every model of a peer on every task; each in a process of its own."""
    arguments = parser().parse_args()
    tuned: dict[tuple[str, str], Mapping[str, Any]] = {}
    for task in tasks_of(arguments):
        for model in models:
            if model.kind not in task.kinds or task.group not in model.groups:
                continue
            key = (model.name, task.tuning)
            if key not in tuned:
                tuned[key] = apart(_tune, arguments.folder, task, model)
            if "failed" in tuned[key]:
                continue
            record = {
                "package": package,
                "version": version(package),
                "model": model.name,
                "task": task.name,
                "kind": model.kind,
                "tuning": tuned[key],
            }
            apart(_run, arguments.folder, task, model, record)


def apart(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Do some work in a forked process, whose peak of memory is its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def target() -> None:
        try:
            theirs.send(work(*arguments))
        except Exception as error:  # a peer may fail in any way
            traceback.print_exc()
            theirs.send({"failed": f"{type(error).__name__}: {error}"})
        theirs.close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    process = context.Process(target=target)
    process.start()
    theirs.close()
    try:
        result: dict[str, Any] = ours.recv()
    except EOFError:
        result = {"failed": "the process died"}
    process.join()
    if "failed" in result:
        print(arguments[1:3], result, file=sys.stderr, flush=True)
    return result


def _load(folder: Path, task: Task) -> Arrays:
    with np.load(folder / f"{task.name}.npz") as file:
        return {name: file[name] for name in file.files}


def _training(arrays: Arrays, part: str) -> Training:
    return Training(
        *(arrays[f"{part}_{column}"] for column in ("users", "films", "ratings")),
        int(arrays["n_users"]),
        int(arrays["n_films"]),
        arrays,
    )


def _tune(folder: Path, task: Task, model: Model) -> dict[str, Any]:
    """Return the best point of the grid on the validation cut."""
    started = time.perf_counter()
    arrays = _load(folder, task)
    fit = _training(arrays, "fit")
    users = arrays["validation_users"]
    targets = Histories(
        arrays["validation_indptr"],
        arrays["validation_films"],
        arrays["validation_ratings"],
        np.zeros(len(arrays["validation_films"]), np.int64),
    )
    found = []
    for params in model.grid if len(model.grid) > 1 else ():
        scorer = model.fit(fit, **params)
        if model.kind == "rating":
            predicted = scorer(users[targets.user_rows], targets.film_rows)
            clipped = np.clip(predicted, arrays["lowest_rating"], 5)
            errors = metrics.rating_metrics(clipped, targets.ratings)
            value = -(float(errors["mse"].mean()) ** 0.5)
        else:
            hit = metrics.hits(_list(scorer, users, fit, K), targets, fit.n_films)
            relevant = metrics.relevant_counts(targets)
            counted = relevant > 0
            value = float(metrics.ranking_metrics(hit[counted], relevant[counted])["ndcg"].mean())
        found.append((value, dict(params)))
    best = max(found, key=lambda pair: pair[0]) if found else (None, dict(model.grid[0]))
    return {
        "params": best[1],
        "validation": best[0],
        "tried": found,
        "tuned_on": task.name,
        "seconds": time.perf_counter() - started,
    }


def _run(folder: Path, task: Task, model: Model, record: dict[str, Any]) -> dict[str, Any]:
    """Train and score one model; write its answers."""
    arrays = _load(folder, task)
    training = _training(arrays, "train")
    started = time.perf_counter()
    scorer = model.fit(training, **record["tuning"]["params"])
    trained = time.perf_counter()
    if model.kind == "rating":
        predicted = scorer(arrays["pair_users"], arrays["pair_films"])
        answers = {"predicted": np.clip(predicted, arrays["lowest_rating"], 5)}
    else:
        answers = {"top": _list(scorer, arrays["users"], training, LONGEST)}
    scored = time.perf_counter()
    record |= {"train_seconds": trained - started, "score_seconds": scored - trained}
    write(folder, record, answers)
    return record


def write(folder: Path, record: dict[str, Any], answers: Arrays) -> None:
    """Write answers, and beside them who gave them at what cost in time and memory."""
    record["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stem = f"{record['package']}--{record['model']}--{record['task']}"
    out = folder / "out"
    out.mkdir(exist_ok=True)
    np.savez(out / f"{stem}.npz", **answers)
    (out / f"{stem}.json").write_text(json.dumps(record))
    print(
        f"{stem}: {record['train_seconds']:.1f} s, {record['tuning'].get('params', '')}", flush=True
    )


def _list(scorer: Rank, users: np.ndarray, known: Training, k: int) -> np.ndarray:
    """Return the best films for each user among the unrated ones, [n_users, k]."""
    scores = np.array(scorer(users), np.float32)
    scores[np.isnan(scores)] = -np.inf
    position = np.full(known.n_users, -1)
    position[users] = np.arange(len(users))
    mine = position[known.users] >= 0
    scores[position[known.users[mine]], known.films[mine]] = -np.inf
    return top_k(scores, k)
