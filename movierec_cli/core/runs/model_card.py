"""The model card that lies beside each run: what it is, what it was measured on, its limits."""

from collections.abc import Mapping
from typing import Any

from movierec_cli.core.evaluation import metrics

_WHAT = {
    "two-tower": "Predicts the rating, 1 to 5, that a user would give a film.",
    "dnn": "Ranks films for a user by a search in one vector space, and tells how likely the user "
    "is to rate a film 4 or higher.",
}
_DEFINITIONS = {
    "precision": "hits / k",
    "recall": "hits / relevant films",
    "map": "mean over users of the precision at each hit / min(relevant films, k)",
    "ndcg": "binary gain, log2 discount, ideal of min(relevant films, k) hits",
    "hit_rate": "share of users with at least one hit",
    "mse": "mean squared error of predicted ratings",
    "rmse": "its root",
    "mae": "mean absolute error of predicted ratings",
    "accuracy": "share of ratings of which it is rightly told whether they are 4 or higher",
}
_LIMITS = """\
- It knows the films of its catalog and no others, as they were known when the data ended.
- Its users are people who rated films on a web site in 1997 and 1998, most of them young men in
  the United States; what they watched is not what everyone watches.
- Whether a film is *rated* depends on what was shown to people, so the figures tell how well it
  finds films that people came across and liked, not how it would change what they watch.
- Age, gender, occupation and zip code are used where they are given. They are never needed.
- MovieLens is for research; its terms forbid commercial use without permission.
"""
_MADE_UP = "- The data is made up: the figures say nothing about real films or people.\n"


def model_card(manifest: Mapping[str, Any]) -> str:
    """Return the card of a run as Markdown.

    Parameters
    ----------
    manifest
        The fields of `movierec_cli.core.runs.store.Manifest`.
    """
    data, split = manifest["dataset"], manifest["split"]
    synthetic = str(data["name"]).startswith("synthetic")
    drawn = f", split seed {split['split_seed']}" if split["split_seed"] is not None else ""
    parts = [
        f"# {manifest['name']}\n",
        f"{_WHAT[manifest['model']]} Model {manifest['model']}, preset {manifest['preset']}.\n",
        "## Data and split\n",
        f"- {data['name']}: {data['users']:,} users, {data['films']:,} films, "
        f"{data['ratings']:,} ratings; SHA-256 of the content {data['checksum']}.",
        f"- Held out: {split['holdout']}{drawn}. Of the last epochs the best on a part cut "
        "from the training part was kept.\n",
        "## Metrics on what it never saw\n",
        _metrics_table(manifest["evaluation"]),
        "## Configuration\n",
        _settings(manifest["config"]),
        _settings(manifest["training"]),
        _settings(manifest["inputs"]),
        f"Trained {manifest['created']} in {manifest['seconds']:.1f} s with "
        + ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
        + ".\n",
        "## Limits\n",
        _LIMITS + (_MADE_UP if synthetic else ""),
    ]
    return "\n".join(part for part in parts if part)


def _metrics_table(evaluation: list[Mapping[str, Any]] | tuple[Mapping[str, Any], ...]) -> str:
    if not evaluation:
        return "Nothing was held out, so nothing could be measured.\n"
    head = " | ".join(f"{result['scenario']} ({result['users']:,} users)" for result in evaluation)
    lines = [f"| metric | {head} | definition |", "|---|" + "---:|" * len(evaluation) + "---|"]
    for name in metrics.ALL:
        values = [result["metrics"][name] for result in evaluation]
        if all(value is None for value in values):
            continue
        cells = " | ".join("–" if value is None else f"{value:.4f}" for value in values)
        at_k = f"@{evaluation[0]['k']}" if name in metrics.RANKING else ""
        lines.append(f"| {name}{at_k} | {cells} | {_DEFINITIONS[name]} |")
    lines.append(
        "\nRelevant: rated 4 or higher. Users without a relevant film are left out of the ranking "
        "metrics. The whole catalog is ranked, without the films of the known history.\n"
    )
    return "\n".join(lines)


def _settings(settings: Mapping[str, Any]) -> str:
    return "".join(f"- {name.replace('_', ' ')}: {value}\n" for name, value in settings.items())
