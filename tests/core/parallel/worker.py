"""One of several processes that compute together; the first writes the results.

torchrun --standalone --nproc-per-node 2 -m tests.core.parallel.worker RESULTS.npz
"""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from movierec_cli.core.data import synthetic
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.dnn.config import DnnConfig
from movierec_cli.core.parallel.group import group, join
from movierec_cli.core.recommend.batch import write_recommendations
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.helpers import FixedModel

TALL = "synthetic-320x100x8000"
"""Data with more users than films, which processes share in every step."""
CUT = 60  # films that the closed-form components are exact for


def tall() -> Dataset:
    return synthetic.generate(synthetic.parse_name(TALL), name=TALL)


def of_closed_form(dataset: Dataset) -> dict[str, Any]:
    """Fit the closed-form components with a tail, and return their scores."""
    fit = fit_closed_form(dataset, DnnConfig(), 0, CUT)
    item_item, cold_start = fit.item_item, fit.cold_start
    return {
        "item-item": item_item.history_vectors @ item_item.film_vectors.T,
        "cold start": cold_start.demographic_vectors @ cold_start.film_vectors.T,
    }


def trained(dataset: Dataset) -> Run:
    """Train a dnn in batches of which the last has one user."""
    n_users = round(0.8 * len(dataset.users))  # in the training part
    overrides = Overrides(epochs=2, batch_size=n_users - 1)
    return train_run(dataset, TrainSpec("dnn", overrides=overrides), lambda _: None)


def of_training(run: Run, dataset: Dataset) -> dict[str, Any]:
    """Return the losses, the metrics and the scores of a run."""
    scores = run.model.score(dataset.histories, dataset.users)
    return {
        "losses": [epoch["train"]["loss"] for epoch in run.manifest.epochs],
        "metrics": np.array([[*of["metrics"].values()] for of in run.manifest.evaluation], float),
        "scores": scores.score,
        "like probabilities": scores.like_probability,
    }


def of_recommendations(dataset: Dataset, path: Path) -> dict[str, Any]:
    """Write the films of all users, and return the number of lines."""
    scores = np.random.default_rng(0).random((320, 100), np.float32)
    return {"written": write_recommendations(FixedModel(scores), dataset, Filters(n=3), path)}


def of_group(folder: Path) -> dict[str, Any]:
    """Return results of the functions of the group."""
    own, numbers = group(), np.arange(6.0).reshape(2, 3)
    turns = own.in_turns(lambda n: (np.full(n, n), n, b"x" * n, None), range(7))
    rows = np.zeros(10, np.int64)
    rows[own.share(10)] += 1
    found = {
        "sum": own.sum(numbers * (own.rank + 1)),
        "sum by columns": own.sum(np.asfortranarray(numbers)),
        "sum of integers": own.sum(np.array([own.rank + 1])),
        "turns": [repr((*array.tolist(), n, data.decode(), end)) for array, n, data, end in turns],
        "shares": own.sum(rows),
        "least": own.least(12 - own.rank),
        "later": own.later(lambda: 5)(),
    }
    own.require_same("one", "words")
    try:
        own.require_same(f"process {own.rank}", "words")
    except DataError as error:
        found["difference"] = error.message
    lock = nullcontext()
    found["holds"] = own.held_by_first(lock) is lock
    own.on_first(lambda: found.update(acted=own.rank))

    def prepare() -> bool:
        prepared = folder / "prepared"
        was_there = prepared.exists()
        prepared.touch()
        return was_there

    was_there = own.load(prepare)
    found["prepared"] = [flag for (flag,) in own.in_turns(lambda _: (was_there,), range(own.size))]
    own.on_first(lambda: own.fail(3, "first", ""))
    own.finish()
    later = own.fail(4, "later", "").exit_code
    found["exit codes"] = [code for (code,) in own.in_turns(lambda _: (later,), range(own.size))]
    return found


def main(results: Path) -> None:
    join()
    dataset = tall()
    run = trained(dataset)
    found = {
        **of_group(results.parent),
        **of_closed_form(dataset),
        **of_training(run, dataset),
        **of_recommendations(dataset, results.with_suffix(f".{group().rank}.csv")),
    }
    again = trained(dataset).weights
    found["same bits"] = all(np.array_equal(run.weights[name], again[name]) for name in again)
    group().on_first(lambda: np.savez(results, **{k: np.array(v) for k, v in found.items()}))
    group().finish()
    os._exit(0)  # as the program: without waiting for the threads of torch


if __name__ == "__main__":
    main(Path(sys.argv[1]))
