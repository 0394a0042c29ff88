"""Values of the chapters on the models, their training and their recommendations."""

from collections.abc import Mapping
from itertools import compress
from typing import Any

import numpy as np

from movierec_cli.core.data.scenarios import FOLD_IN, Scenario
from movierec_cli.core.eda.counting import has_genres
from movierec_cli.core.eda.layout import Grid, decimals
from movierec_cli.core.models.original.title_vectors import DIMENSION as TITLE_DIMENSION
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import recommend
from movierec_cli.core.report.sources import KINDS, Kind, Sources
from movierec_cli.core.runs.history import panels
from movierec_cli.core.runs.manifest import Manifest
from movierec_cli.core.runs.store import Run
from movierec_cli.core.runs.train_spec import retraining

_ORIGINAL: Mapping[str, Mapping[str, float]] = {
    "two-tower": {
        "hidden_dim": 512, "item_dim": 20, "user_dim": 25, "learning_rate": 0.0001,
        "weight_decay": 0.000001, "epochs": 25,
    },
    "dnn": {
        "dropout": 0.2, "embedding_dim": 512, "gamma": 0.0001, "hidden_dim": 512, "item_dim": 403,
        "joint_dim": 512, "user_dim": 25, "learning_rate": 0.001, "weight_decay": 0.000001,
        "epochs": 7,
    },
}  # fmt: skip
"""The hyper-parameters that the original report gives."""

_PREFERRED: tuple[Kind, ...] = (
    ("dnn", "default"), ("two-tower", "default"), ("dnn", "original"), ("two-tower", "original"),
)  # fmt: skip
_QUARTERS = (0.25, 0.5, 0.75)  # of the users by the length of their history


def model_values(sources: Sources) -> dict[str, Any]:
    """Return the values of the chapter on the models and their training."""
    manifests = [run.manifest for run in sources.runs.values()]
    return {
        "runs": _runs(manifests),
        "commands": [retraining(manifest) for manifest in manifests],
        "kinds": [_kind(kind, sources) for kind in KINDS],
    }


def _runs(manifests: list[Manifest]) -> Grid:
    headers = ["Run", "Seed", "Device", "Trained", "movierec", "torch", "Training, s"]
    rows = [
        [
            manifest.name,
            str(manifest.training["seed"]),
            manifest.training["device"],
            manifest.created[:16].replace("T", " "),
            manifest.versions["movierec"],
            manifest.versions["torch"],
            f"{manifest.seconds:.1f}",
        ]
        for manifest in manifests
    ]
    return Grid(headers, [header in ("Seed", "Training, s") for header in headers], rows)


def _kind(kind: Kind, sources: Sources) -> dict[str, Any]:
    model, preset = kind
    values = {"model": model, "preset": preset, "run": "", "command": sources.command(kind)}
    run = sources.runs.get(kind)
    if run is None:
        return values
    manifest = run.manifest
    loss = {series.part: series for series in panels(manifest.epochs)[0].series}
    validation = loss.get("validation")
    return {
        **values,
        "run": manifest.name,
        "settings": _settings(run, sources) if preset == "original" else None,
        "epochs": len(manifest.epochs),
        "seconds": manifest.seconds,
        "kept": manifest.kept_epoch,
        "loss": loss["train"].values,
        "validation": validation
        and {
            "epoch": validation.epochs[int(np.argmin(validation.values))],
            "lowest": min(validation.values),
            "last": validation.values[-1],
        },
    }


def _settings(run: Run, sources: Sources) -> Grid | None:
    """Return the settings that the original report gives, where the data is that of it."""
    if not sources.is_original:
        return None
    manifest = run.manifest
    title_or_date = TITLE_DIMENSION if manifest.model == "dnn" else 1
    values = {
        **manifest.config,
        **manifest.training,
        "user_dim": run.weights["user_tower.weight"].shape[1],
        "item_dim": len(sources.dataset.genres) + title_or_date,
    }
    rows = [
        [name.replace("_", " "), f"{values[name]:g}", f"{original:g}"]
        for name, original in _ORIGINAL[manifest.model].items()
    ]
    return Grid(["Setting", "This run", "Original report"], [False, True, True], rows)


def recommendation_values(sources: Sources) -> dict[str, Any] | None:
    """Return lists for three held-out users of the fold-in scenario; ``None`` without a run."""
    run = next((sources.runs[kind] for kind in _PREFERRED if kind in sources.runs), None)
    if run is None:
        return None
    scenario = next(s for s in sources.split.scenarios if s.name == FOLD_IN)
    order = np.argsort(scenario.histories.counts, kind="stable")
    chosen = [order[round(quarter * (len(order) - 1))] for quarter in _QUARTERS]
    users = [_user(sources, run, scenario, np.array([row])) for row in dict.fromkeys(chosen)]
    return {"run": run.manifest.name, "users": users}


def _user(sources: Sources, run: Run, scenario: Scenario, row: np.ndarray) -> dict[str, Any]:
    """Return the list for one user; ``row`` holds the position in the scenario."""
    users, known = scenario.users.take(row), scenario.histories.take(row)
    hidden = scenario.targets.take(row)
    ids = sources.dataset.films.ids[hidden.film_rows].tolist()
    given = dict(zip(ids, hidden.ratings.tolist(), strict=True))
    rows = [
        [
            str(film.rank),
            film.title,
            ", ".join(film.genres),
            decimals(1)(film.rating),
            decimals(2)(film.like_probability),
            f"{given[film.film_id]:g}" if film.film_id in given else "–",
        ]
        for film in recommend(run.model, sources.dataset, Query(known, users))
    ]
    headers = ["#", "Film", "Genres", "Predicted rating", "Like probability", "Rating given"]
    shown = [header != "Genres" or has_genres(sources.dataset) for header in headers]
    numeric = [header not in ("Film", "Genres") for header in headers]
    return {
        "id": users.ids[0],
        "known": len(known.film_rows),
        "table": Grid(
            list(compress(headers, shown)),
            list(compress(numeric, shown)),
            [list(compress(row, shown)) for row in rows],
            notes=("A dash: unknown.",),
        ),
    }
