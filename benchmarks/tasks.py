"""What is measured: the scenarios, by name."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def all_tasks(seeds: Sequence[int]) -> list[Task]:
    """Return every task; held-out users once for each split seed."""
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
