"""The section of docs/benchmarks.md on other data sets than MovieLens 100K."""

import json
from pathlib import Path

import numpy as np
from page import COSTS, OURS, Record, by_model, costs, fenced, table
from tasks import OTHER_DATA, OTHER_SEEDS

_OTHER = """## Other data

The presets as they are, chosen on MovieLens 100K, in fold-in. EASE gets its regularization on the
validation users of each split. Split seeds {seeds}; ratings: the first of them."""


_OTHER_KEYS = ("ndcg@25", "map@25", "precision@25")
_OVER_EASE = {"ml-latest-small": 0.05, "ml-1m-half": 0.07}
"""The targets of dnn over tuned EASE in NDCG@25, the mean over the split seeds."""


def other_data_section(folder: Path) -> list[str]:
    """Return the section on the other data sets that were measured."""
    ranking, ratings, outcomes = [], [], []
    for name in OTHER_DATA:
        path = folder / name / "measured.json"
        if not path.exists():
            continue
        records: list[Record] = json.loads(path.read_text())
        models = dict(by_model(records, "fold-in"))
        ours, ease = models[f"{OURS} dnn"], models[f"{OURS} ease, tuned (baseline)"]
        gain, target = _gain(ours, ease, "ndcg@25"), _OVER_EASE[name]
        met = "met" if gain >= target else "missed"
        outcomes.append(f"{gain:+.1%} on {name} ({target:+.0%}: {met})")
        for label, same in sorted(models.items(), key=lambda item: -_mean(item[1], "ndcg@25")):
            over = [f"{_gain(ours, same, key):+.1%}" for key in _OTHER_KEYS]
            cells = [f"{_mean(same, key):.4f}" for key in _OTHER_KEYS]
            ranking.append(
                [name, label, *cells, " ".join(over) if same is not ours else "", *costs(same)]
            )
        for label, same in sorted(
            by_model(records, "rating-fold-in"), key=lambda item: _mean(item[1], "rmse")
        ):
            cells = [f"{_mean(same, key):.4f}" for key in ("rmse", "mae", "accuracy")]
            ratings.append([name, label, *cells, *costs(same)])
    if not ranking:
        return []
    header = ["data", "model", "NDCG@25", "MAP@25", "P@25", "dnn over it", *COSTS]
    return [
        _OTHER.format(seeds=", ".join(map(str, OTHER_SEEDS))),
        fenced(),
        table(header, ranking),
        f"dnn over tuned EASE in NDCG@25, and the targets: {'; '.join(outcomes)}.",
        table(["data", "model", "RMSE", "MAE", "accuracy", *COSTS], ratings),
    ]


def _gain(ours: list[Record], theirs: list[Record], key: str) -> float:
    """Return how far ours is above theirs, the mean over the splits, as a share."""
    pairs = zip(ours, theirs, strict=True)
    return float(np.mean([a["metrics"][key] / b["metrics"][key] - 1 for a, b in pairs]))


def _mean(records: list[Record], key: str) -> float:
    return float(np.mean([record["metrics"][key] for record in records]))
