"""The model card of a run: its task, data, metrics, configuration and limits as Markdown."""

from collections.abc import Mapping
from typing import Any

from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.evaluation.scenarios import relevance
from movierec_cli.core.runs.manifest import Manifest

_TASKS = {
    "two-tower": "Predicts the rating in stars that a user would give a film.",
    "dnn": "Ranks films for a user by a search in one vector space, and estimates the probability "
    "that the user rates a film 4 or higher.",
    "sequence": "Ranks films for a user by the order of the last ratings: the film rated next.",
}
_LIMITS = """\
- The model ranks only the films of its catalog, as the data described them.
- People rate films that they were shown and chose. The metrics measure how well the model finds
  such films, not how its recommendations would change the choice.
- Its users are not everybody: other people watch other films.
"""
_OF_ML_100K = """\
- The users of ml-100k rated films on a web site in 1997 and 1998; most of them were young men in
  the United States.
"""
_OF_DEMOGRAPHICS = """\
- Age, gender, occupation and zip code improve the result where they are given; none is required.
"""
_NO_DEMOGRAPHICS = """\
- The data says nothing about its users but their ratings: every user without a rating gets the
  same list.
"""
_OF_MOVIELENS = """\
- MovieLens is for research; its terms forbid commercial use without permission.
"""
_OF_SEQUENCES = """\
- The order of the ratings predicts the rest of a sitting, not the films of another day.
"""
_UNORDERED = """\
- This is the control: its histories are shuffled, in training and in scoring.
"""
_OF_SYNTHETIC = "- The data is synthetic: the metrics do not describe real films or users.\n"


def model_card(manifest: Manifest) -> str:
    """Return the model card of a run as Markdown."""
    data, split = manifest.dataset, manifest.split
    sampled = f", split seed {split['split_seed']}" if split["split_seed"] is not None else ""
    sampled += f", from {split['cut']} on" if split["cut"] is not None else ""
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    parts = [
        f"# {manifest.name}\n",
        f"{_TASKS[manifest.model]} Model {manifest.model}, preset {manifest.preset}.\n",
        "## Data and split\n",
        f"- {data['name']}: {data['users']:,} users, {data['films']:,} films, "
        f"{data['ratings']:,} ratings; SHA-256 of the content {data['checksum']}.",
        f"- Held out: {split['holdout']}{sampled}.",
        f"- {_kept(manifest)}\n",
        "## Metrics on held-out ratings\n",
        _metrics_table(manifest),
        "## Configuration\n",
        _list(manifest.config) + _list(manifest.training) + _list(manifest.inputs),
        f"Trained {manifest.created} in {manifest.seconds:.1f} s with {versions}.\n",
        "## Limits\n",
        _limits(manifest),
    ]
    return "\n".join(parts)


def _limits(manifest: Manifest) -> str:
    data = manifest.dataset
    limits = _LIMITS + (_OF_ML_100K if data["name"] == "ml-100k" else "")
    limits += _OF_DEMOGRAPHICS if data["has_demographics"] else _NO_DEMOGRAPHICS
    if data["name"] in EDITIONS:
        limits += _OF_MOVIELENS
    if manifest.model == "sequence":
        limits += _UNORDERED if manifest.preset == "unordered" else _OF_SEQUENCES
    return limits + (_OF_SYNTHETIC if data["name"].startswith("synthetic") else "")


def _kept(manifest: Manifest) -> str:
    """Return the rule that chose the epoch, and the epoch."""
    if manifest.training.get("keep") == "last":
        return f"Weights: those of the last epoch, {manifest.kept_epoch}."
    return (
        f"Weights: those of epoch {manifest.kept_epoch}, the best by validation {manifest.monitor}."
    )


def _metrics_table(manifest: Manifest) -> str:
    results = manifest.evaluation
    if not results:
        return "The run held nothing out, so there is nothing to measure it on.\n"
    k = results[0]["k"]
    head = " | ".join(f"{result['scenario']} ({result['users']:,} users)" for result in results)
    lines = [f"| metric | {head} | definition |", "|---|" + "---:|" * len(results) + "---|"]
    for metric in METRICS.values():
        values = [result["metrics"].get(metric.name) for result in results]
        if any(value is not None for value in values):
            cells = " | ".join("–" if value is None else f"{value:.4f}" for value in values)
            lines.append(f"| {metric.label(k)} | {cells} | {metric.definition(k)} |")
    lines.append(
        f"\n{relevance(results[0]['scenario'])} The ranking metrics leave out users without a "
        "relevant film. They rank the whole catalog without the films of the known history.\n"
    )
    return "\n".join(lines)


def _list(settings: Mapping[str, Any], part: str = "") -> str:
    """Return a line for each setting; those of a part carry its name."""
    lines = ""
    for name, value in settings.items():
        label = f"{part}{name.replace('_', ' ')}"
        lines += _list(value, f"{label}, ") if isinstance(value, dict) else f"- {label}: {value}\n"
    return lines
