"""The targets of the project, and their section in docs/benchmarks.md."""

import numpy as np
from page import OURS, RANKING_COLUMNS, Record, by_model, fenced, table

TARGETS = (
    ("fold-in", "dnn", "ndcg@25", "NDCG@25", 0.46),
    ("fold-in", "dnn", "map@25", "MAP@25", 0.27),
    ("fold-in", "dnn", "precision@25", "P@25", 0.21),
    ("cold-start", "dnn", "ndcg@25", "NDCG@25", 0.375),
    ("cold-start", "dnn", "precision@25", "P@25", 0.32),
    ("cold-start", "dnn", "map@25", "MAP@25", 0.21),
    ("ua", "dnn", "ndcg@25", "NDCG@25", 0.42),
    ("ua", "dnn", "map@25", "MAP@25", 0.245),
    ("folds", "two-tower", "rmse", "RMSE", 0.8847),
    ("rating-fold-in", "two-tower", "mse", "MSE", 0.80),
    ("rating-fold-in", "two-tower", "accuracy", "accuracy", 0.74),
    ("rating-cold", "two-tower", "mse", "MSE", 1.03),
    ("rating-cold", "two-tower", "accuracy", "accuracy", 0.67),
)
"""Group of tasks, model, metric, its label and the target; the first split of the group counts."""

LOWER_IS_BETTER = ("rmse", "mse")
OVER_EASE = 0.05
"""The target of dnn over EASE in fold-in, the mean over the split seeds."""


def targets_section(records: list[Record]) -> str:
    """Return the section with each target and the figure reached."""
    rows = []
    for group, model, key, label, target in TARGETS:
        found = dict(by_model(records, group)).get(f"{OURS} {model}")
        if found:
            reached = found[0]["metrics"][key]
            rows.append([found[0]["task"], model, label, *_outcome(target, reached, key)])
    folds = dict(by_model(records, "folds")).get(f"{OURS} two-tower")
    if folds:
        mean = float(np.mean([record["metrics"]["rmse"] for record in folds]))
        rows.append(["u1 to u5", "two-tower", "RMSE, mean", *_outcome(0.8797, mean, "rmse")])
    fold_in = dict(by_model(records, "fold-in"))
    for label in ("NDCG@25", "MAP@25"):
        gains = _gains(fold_in, RANKING_COLUMNS[label])
        if gains:
            seeds = f"fold-in, {len(gains)} split seeds"
            gain = float(np.mean(gains))
            met = "met" if gain >= OVER_EASE else "missed"
            rows.append([seeds, "dnn", f"{label} over EASE", "+5 %", f"{gain:+.1%}", met])
    return "\n\n".join(
        [
            "## Against the targets\n\nThe targets were set before the models were built; the "
            "presets were chosen on validation users only.",
            fenced(),
            table(["split", "model", "metric", "target", "reached", ""], rows),
        ]
    )


def _outcome(target: float, reached: float, key: str) -> list[str]:
    met = reached <= target if key in LOWER_IS_BETTER else reached >= target
    outcome = "met" if met else f"missed by {abs(reached / target - 1):.1%}"
    return [f"{target:g}", f"{reached:.4f}", outcome]


def _gains(models: dict[str, list[Record]], key: str) -> list[float]:
    """Return how far dnn is above the EASE baseline in each split, as a share."""
    ours, theirs = models.get(f"{OURS} dnn"), models.get(f"{OURS} ease (baseline)")
    if not ours or not theirs:
        return []
    ease = {record["task"]: record["metrics"][key] for record in theirs}
    return [record["metrics"][key] / ease[record["task"]] - 1 for record in ours]
