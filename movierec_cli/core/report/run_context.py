"""Values of the chapters on the models, their training and their recommendations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING
from movierec_cli.core.data.splits import FOLD_IN, Scenario
from movierec_cli.core.eda.layout import Column, Grid, decimals, make_grid, whole
from movierec_cli.core.errors import DataError
from movierec_cli.core.models.base import VectorModel
from movierec_cli.core.models.original.title_vectors import DIMENSION as TITLE_DIMENSION
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import Recommendation, recommend
from movierec_cli.core.report.formatting import percent, setting
from movierec_cli.core.report.sources import KINDS, Kind, Sources
from movierec_cli.core.runs.history import Panel, Series, panels
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
_FAVORITES = 4
_OVERFITS = 0.01  # relative; a smaller difference is noise of the validation part
_PACKAGES = ("movierec", "python", "numpy", "torch")
_RUN_COLUMNS = (
    Column("run", "Run", numeric=False),
    Column("kind", "Model, preset", numeric=False),
    Column("search", "Vector search", numeric=False),
    Column("numbers", "Stored numbers", whole),
    Column("seconds", "Training, s", decimals(1)),
)
_TRAINING_COLUMNS = (
    Column("run", "Run", numeric=False),
    Column("seed", "Seed"),
    Column("device", "Device", numeric=False),
    Column("created", "Trained", numeric=False),
    *(Column(package, package, numeric=False) for package in _PACKAGES),
)
_CURVE_COLUMNS = (
    Column("figure", "Value", numeric=False),
    Column("part", "Part", numeric=False),
    Column("first", "First", decimals(4)),
    Column("last", "Last", decimals(4)),
    Column("best", "Best", decimals(4)),
    Column("best_epoch", "At epoch", whole),
)


def models_context(sources: Sources) -> dict[str, Any]:
    """Return the values of the chapters on the models and on their training."""
    records = [_run_record(run) for run in sources.runs.values()]
    return {
        "runs": make_grid(_RUN_COLUMNS, records),
        "trainings": make_grid(_TRAINING_COLUMNS, records),
        "commands": [retraining(run.manifest) for run in sources.runs.values()],
        "kinds": [_kind(kind, sources) for kind in KINDS],
    }


def _kind(kind: Kind, sources: Sources) -> dict[str, Any]:
    run = sources.runs.get(kind)
    shared = {"title": f"{kind[0]}, preset {kind[1]}", "model": kind[0], "preset": kind[1]}
    if run is None:
        return {**shared, "run": None, "command": sources.command(kind)}
    manifest = run.manifest
    found = panels(manifest.epochs)
    return {
        **shared,
        "run": manifest.name,
        "settings": _settings(run, sources),
        "epochs": len(manifest.epochs),
        "seconds": manifest.seconds,
        "kept": manifest.kept_epoch,
        "keep": manifest.training["keep"],
        "loss": found[0].series[0],
        "overfitting": _overfitting(found[0]),
        "curves": make_grid(_CURVE_COLUMNS, _curves(found)),
    }


def _run_record(run: Run) -> dict[str, Any]:
    manifest = run.manifest
    return {
        "run": manifest.name,
        "kind": f"{manifest.model}, {manifest.preset}",
        "search": "yes" if isinstance(run.model, VectorModel) else "no",
        "numbers": sum(weights.size for weights in run.weights.values()),
        "seconds": manifest.seconds,
        "seed": manifest.training["seed"],
        "device": manifest.training["device"],
        "created": manifest.created[:16].replace("T", " "),
        **{package: manifest.versions.get(package) for package in _PACKAGES},
    }


def _settings(run: Run, sources: Sources) -> Grid:
    """Return the configuration of a run, beside that of the original where it gives one."""
    manifest = run.manifest
    values = dict(_flat({**manifest.config, **manifest.training, **manifest.inputs}))
    compared = manifest.preset == "original" and sources.is_original
    if compared:
        values["user_dim"] = run.weights["user_tower.weight"].shape[1]
        title_or_date = TITLE_DIMENSION if manifest.model == "dnn" else 1
        values["item_dim"] = len(sources.dataset.genres) + title_or_date
    original = _ORIGINAL[manifest.model] if compared else {}
    columns = [
        Column("name", "Setting", numeric=False),
        Column("value", "This run", setting, numeric=False),
        *[Column("original", "Original report", numeric=False)] * compared,
    ]
    records = [
        {
            "name": name.replace("_", " "),
            "value": value,
            "original": setting(original[name]) if name in original else None,
        }
        for name, value in values.items()
    ]
    grid = make_grid(columns, records)
    return grid if compared else _in_two_halves(grid)


def _in_two_halves(grid: Grid) -> Grid:
    """Put the second half of a long table beside the first."""
    half = -(-len(grid.rows) // 2)
    others = [*grid.rows[half:], [""] * len(grid.headers)]
    rows = [[*left, *right] for left, right in zip(grid.rows[:half], others, strict=False)]
    return Grid([*grid.headers] * 2, [*grid.numeric] * 2, rows)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the settings of nested groups, each with the names of its groups."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name} ")
        else:
            yield prefix + name, value


def _curves(found: Sequence[Panel]) -> Iterator[dict[str, Any]]:
    for panel in found:
        for series in panel.series if panel.best else ():
            best, epoch = _best(panel, series)
            yield {
                "figure": panel.title,
                "part": "training" if series.part == "train" else series.part,
                "first": series.values[0],
                "last": series.values[-1],
                "best": best,
                "best_epoch": epoch,
            }


def _best(panel: Panel, series: Series) -> tuple[float, int]:
    best = min(series.values) if panel.best == "lowest" else max(series.values)
    return best, series.epochs[series.values.index(best)]


def _overfitting(panel: Panel) -> dict[str, Any] | None:
    """Return the best and the last value on the validation part, if it has the training loss."""
    validation = next((series for series in panel.series if series.part == "validation"), None)
    if validation is None:
        return None
    best, epoch = _best(panel, validation)
    last = validation.values[-1]
    turned = epoch < validation.epochs[-1] and abs(last - best) > _OVERFITS * abs(best)
    return {"best": best, "epoch": epoch, "last": last, "turned": turned}


def recommendations_context(sources: Sources) -> dict[str, Any] | None:
    """Return lists for three held-out users of the fold-in scenario; ``None`` without a run."""
    kind = next((kind for kind in _PREFERRED if kind in sources.runs), None)
    if kind is None:
        return None
    run = sources.runs[kind]
    scenario = next(s for s in sources.split.scenarios if s.name == FOLD_IN)
    users = [_user(sources, run, scenario, row) for row in _chosen(scenario)]
    return {"run": run.manifest.name, "users": users}


def _chosen(scenario: Scenario) -> list[int]:
    """Return users at the quarters by length of history; of equal lengths the first."""
    order = np.argsort(scenario.histories.counts, kind="stable")
    last = len(order) - 1
    return list(dict.fromkeys(int(order[round(quarter * last)]) for quarter in _QUARTERS))


def _user(sources: Sources, run: Run, scenario: Scenario, row: int) -> dict[str, Any]:
    dataset, rows = sources.dataset, np.array([row])
    users = scenario.users.take(rows)
    known, hidden = scenario.histories.take(rows), scenario.targets.take(rows)
    ids = dataset.films.ids[hidden.film_rows].tolist()
    given = dict(zip(ids, hidden.ratings.tolist(), strict=True))
    best = np.argsort(-known.ratings, kind="stable")[:_FAVORITES]
    shared = {
        "id": int(users.ids[0]),
        "occupation": dataset.occupations[users.occupation[0]] if users.occupation[0] >= 0 else "",
        "age": None if np.isnan(users.age[0]) else int(users.age[0]),
        "known": len(known.film_rows),
        "mean": float(np.mean(known.ratings)),
        "favorites": [str(dataset.films.titles[known.film_rows[at]]) for at in best],
        "liked": sum(rating >= RELEVANT_RATING for rating in given.values()),
    }
    try:
        films = recommend(run.model, dataset, Query(known, users))
    except DataError as error:
        return {**shared, "problem": error.message}
    rated = [at for at, film in enumerate(films) if film.film_id in given]
    hits = [at for at in rated if given[films[at].film_id] >= RELEVANT_RATING]
    return {
        **shared,
        "problem": "",
        "table": _list(films, given),
        "length": len(films),
        "hits": len(hits),
        "rated": len(rated),
        "strong": {(at, 1) for at in hits},
    }


def _list(films: Sequence[Recommendation], given: Mapping[int, float]) -> Grid:
    columns = [
        Column("rank", "#"),
        Column("title", "Film", numeric=False),
        Column("genres", "Genres", ", ".join, numeric=False),
        *[Column("rating", "Predicted rating", decimals(1))] * (films[0].rating is not None),
        *[Column("like_probability", "Like probability", lambda share: percent(share, 0))]
        * (films[0].like_probability is not None),
        Column("given", "Rating given", setting),
    ]
    return make_grid(
        columns,
        [{**vars(film), "given": given.get(film.film_id, "–")} for film in films],
    )
