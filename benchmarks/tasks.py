"""What is measured: the scenarios, by name."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATASET = "ml-100k"
OTHER_DATA = {"ml-latest-small": (), "ml-1m-half": ("myfm",)}
"""Other data sets, the second where it was imported -> the libraries beside movierec."""
OTHER_SEEDS = (11, 12, 13, 14, 15)
OFFICIAL_FOLDS = ("u1", "u2", "u3", "u4", "u5")


@dataclass(frozen=True)
class Task:
    """One scenario of one split.

    Attributes
    ----------
    name
        The name of its files.
    group
        Tasks of one group share a table.
    tuning
        Tasks of the same word share hyper-parameters, tuned on the first of them.
    holdout, split_seed, scenario
        As in `movierec_cli.core.data.splits`.
    kinds
        What is asked: ``ranking``, ``rating`` or both.
    """

    name: str
    group: str
    tuning: str
    holdout: str
    split_seed: int
    scenario: str
    kinds: tuple[str, ...]


def parser() -> argparse.ArgumentParser:
    """Return a parser of the arguments of all scripts: folder, seeds, data set and tasks."""
    made = argparse.ArgumentParser()
    made.add_argument("folder", type=Path)
    made.add_argument("--seeds", type=int, nargs="+", default=[705])
    made.add_argument("--dataset", default=DEFAULT_DATASET)
    made.add_argument("--only", nargs="+", help="names of tasks")
    return made


def tasks_of(arguments: argparse.Namespace) -> list[Task]:
    """Return the chosen tasks."""
    known = (all_tasks if arguments.dataset == DEFAULT_DATASET else other_tasks)(arguments.seeds)
    return [task for task in known if not arguments.only or task.name in arguments.only]


def other_tasks(seeds: Sequence[int]) -> list[Task]:
    """Return the tasks of another data set: held-out users, their ratings for the first seed."""

    def task(group: str, seed: int, kind: str) -> Task:
        return Task(f"{group}-{seed}", group, group, "users", seed, "fold-in", (kind,))

    ranking = [task("fold-in", seed, "ranking") for seed in seeds]
    return [*ranking, task("rating-fold-in", seeds[0], "rating")]


def all_tasks(seeds: Sequence[int]) -> list[Task]:
    """Return every task of MovieLens 100K; held-out users once for each split seed."""
    first = seeds[0]
    return [
        *(
            Task(f"fold-in-{s}", "fold-in", "fold-in", "users", s, "fold-in", ("ranking",))
            for s in seeds
        ),
        Task("ua", "ua", "ua", "ua", first, "rating", ("ranking",)),
        *(Task(f, "folds", "folds", f, first, "rating", ("rating",)) for f in OFFICIAL_FOLDS),
        *(
            Task(
                f"cold-start-{s}",
                "cold-start",
                "cold-start",
                "users",
                s,
                "cold-start",
                ("ranking",),
            )
            for s in seeds
        ),
        *(
            Task(f"{group}-{first}", group, "folds", "users", first, scenario, ("rating",))
            for group, scenario in (("rating-fold-in", "fold-in"), ("rating-cold", "cold-start"))
        ),
    ]
