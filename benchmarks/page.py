"""Parts that the sections of docs/benchmarks.md share."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

RUN = "make bench"
OURS = "movierec"
MODELS = ("dnn", "two-tower")

RANKING_COLUMNS = {
    "NDCG@10": "ndcg@10",
    "NDCG@25": "ndcg@25",
    "NDCG@100": "ndcg@100",
    "MAP@25": "map@25",
    "P@25": "precision@25",
    "R@25": "recall@25",
    "Hit@25": "hit_rate@25",
}
COSTS = {"train s": "train_seconds", "score s": "score_seconds", "peak MB": "peak_mb"}
Record = dict[str, Any]


def by_model(records: list[Record], group: str) -> list[tuple[str, list[Record]]]:
    """Return the records of a group of tasks by the name of their model."""
    found: dict[str, list[Record]] = {}
    for record in records:
        if record["group"] == group:
            found.setdefault(name_of(record), []).append(record)
    return list(found.items())


def name_of(record: Record) -> str:
    """Return the name of a model in tables, with its library."""
    baseline = record["package"] == OURS and record["model"] not in MODELS
    return f"{record['package']} {record['model']}{' (baseline)' if baseline else ''}"


def fenced(command: str = RUN) -> str:
    """Return a command as a block of Markdown."""
    return f"```\n{command}\n```"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def costs(same: list[Record]) -> list[str]:
    """Return the mean costs of the records of a model, in the order of `COSTS`."""
    means = {key: float(np.mean([record[key] for record in same])) for key in COSTS.values()}
    return [
        f"{means['train_seconds']:.1f}",
        f"{means['score_seconds']:.2f}",
        f"{means['peak_mb']:.0f}",
    ]
