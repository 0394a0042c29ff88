"""The chapter about what the runs reach, beside the baselines and the published figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from movierec_cli.core.data.splits import COLD_START, FOLD_IN
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.evaluation.evaluate import DEFAULT_K, evaluate
from movierec_cli.core.experiments import compare
from movierec_cli.core.experiments.compare import BASELINE, PUBLISHED, Comparison, Result
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Code,
    Column,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.material import HOLDOUT, Kind, Material, training_command
from movierec_cli.core.report.wording import count, decimal, percent, setting
from movierec_cli.core.runs.store import Manifest

_LOWER_IS_BETTER = frozenset({"mse", "rmse", "mae"})
_HEADERS = {
    "precision": f"P@{DEFAULT_K}",
    "recall": f"R@{DEFAULT_K}",
    "map": f"MAP@{DEFAULT_K}",
    "ndcg": f"NDCG@{DEFAULT_K}",
    "hit_rate": f"Hit@{DEFAULT_K}",
    "mse": "MSE",
    "rmse": "RMSE",
    "mae": "MAE",
    "accuracy": "Accuracy",
}
_SEVERAL = 1.5  # ratios above are told as "times", others in per cent
_EXPLAINED = {
    COLD_START: "Nothing is known of the held-out users but who they are; all of their ratings are "
    "to be predicted.",
    FOLD_IN: "Four fifths of each held-out user's ratings are known, the rest is to be predicted.",
}
_DEFINITIONS = (
    f"Relevant: rated 4 or higher. P: hits / {DEFAULT_K}. R: hits / relevant films. MAP: mean of "
    f"the precision at each hit / min(relevant, {DEFAULT_K}). NDCG: log2 discount, ideal of "
    f"min(relevant, {DEFAULT_K}) hits. Hit: users with at least one. Accuracy: of telling whether "
    "a rating is 4 or higher. Users without a relevant film are left out of the ranking figures. "
    "Bold: best of the column. A dash: the model does not give it."
)


def measure(material: Material, on_step: Callable[[str], None]) -> list[Result]:
    """Measure the baselines in every scenario of the split, and recall what the runs reached.

    A run was measured on the same split and by the same definitions when it was trained. Times
    are those of training a run: others would differ from one report to the next.

    Parameters
    ----------
    on_step
        Told what is measured next.
    """
    results: list[Result] = []
    for name, fit in BASELINES.items():
        on_step(f"Measuring {name}")
        model = fit(material.split.full_train)
        for scenario in material.split.scenarios:
            found = evaluate(model, scenario)
            results.append(_result((name, BASELINE), asdict(found), None))
    for kind, run in material.runs.items():
        results += [_result(kind, found, run.manifest) for found in run.manifest.evaluation]
    return results


def _result(kind: Kind, found: Mapping[str, Any], manifest: Manifest | None) -> Result:
    return Result(
        model=kind[0],
        preset=kind[1],
        run=manifest.name if manifest else None,
        scenario=found["scenario"],
        users=found["users"],
        metrics=found["metrics"],
        deviations=None,
        train_seconds=manifest.seconds if manifest else None,
        score_seconds=None,
    )


def evaluation_chapter(material: Material, results: Sequence[Result]) -> Chapter:
    """Lay out what was measured.

    Parameters
    ----------
    results
        From `measure`.
    """
    split = material.split
    held_out, train = len(split.scenarios[0].users), split.full_train.ratings
    blocks: list[Block] = [
        Paragraph(
            f"All ratings of {count(held_out, 'user')} drawn with the seed {split.split_seed} are "
            f"held out ({count(len(material.dataset.ratings) - len(train))} ratings; "
            f"{count(len(train))} are left to train on). Every model ranks the whole catalog of "
            f"{count(len(material.dataset.films), 'film')}, without those of the known history. "
            "One split of so many users leaves room for chance, so small differences mean little; "
            "`movierec compare --seeds 5` averages over five."
        )
    ]
    if material.missing:
        blocks += [
            Note("missing", "Not every model is in these tables. These commands make the rest:"),
            Code([training_command(kind, material.dataset) for kind in material.missing]),
        ]
    sections = [_section(scenario.name, material, results) for scenario in split.scenarios]
    return Chapter("Evaluation", blocks, sections)


def published(material: Material) -> list[Result]:
    """Return the original's figures where they are about this data and split."""
    seed = material.split.split_seed
    assert seed is not None
    return compare.published(material.dataset, Comparison(HOLDOUT, [seed], DEFAULT_K))


def _section(scenario: str, material: Material, results: Sequence[Result]) -> Section:
    of_scenario = [result for result in results if result.scenario == scenario]
    theirs = [result for result in published(material) if result.scenario == scenario]
    blocks: list[Block] = [
        Paragraph(f"{_EXPLAINED[scenario]} {ranking_sentence(of_scenario)} "
                  f"{rating_sentence(of_scenario)}".strip())
    ]  # fmt: skip
    if theirs:
        blocks.append(Note("correction", published_sentence(of_scenario, theirs)))
    blocks.append(_table(scenario, [*of_scenario, *theirs]))
    return Section(scenario.capitalize(), blocks)


def ranking_sentence(results: Sequence[Result]) -> str:
    """Say which model ranks best and how much better than a list of popular films."""
    best = _best(results, "ndcg", highest=True)
    popular = _of(results, "popularity")
    chance = _of(results, "random")
    if best is None or popular is None or chance is None:
        return ""
    value, usual = best.metrics["ndcg"] or 0.0, popular.metrics["ndcg"] or 0.0
    text = f"{_name(best)} ranks best, with an NDCG@{DEFAULT_K} of {decimal(value, 4)}"
    if best is not popular and usual:
        text += f", {_times(value / usual)} popularity ({decimal(usual, 4)})"
    text += f"; a random list reaches {decimal(chance.metrics['ndcg'], 4)}."
    trained = _best([result for result in results if result.run], "ndcg", highest=True)
    if trained is not None and trained is not best:
        text += f" The best run at hand is {trained.run}: {decimal(trained.metrics['ndcg'], 4)}."
    return text


def _times(ratio: float) -> str:
    if ratio < _SEVERAL:
        return f"{percent(ratio - 1)} above"
    return f"{decimal(ratio, 1)} times"


def rating_sentence(results: Sequence[Result]) -> str:
    """Say which model predicts ratings best and how much better than each film's mean."""
    best, mean = _best(results, "mse", highest=False), _of(results, "film-mean")
    if best is None or mean is None:
        return ""
    value, usual = best.metrics["mse"] or 0.0, mean.metrics["mse"] or 0.0
    text = f"{_name(best)} predicts ratings best, with an MSE of {decimal(value, 3)}"
    return f"{text}." if best is mean else f"{text} against {decimal(usual, 3)} of film means."


def published_sentence(measured: Sequence[Result], theirs: Sequence[Result]) -> str:
    """Say why the original's figures lie where they do, next to what is measured here."""
    precisions = [decimal(result.metrics["precision"], 4) for result in theirs]
    errors = [value for result in theirs if (value := result.metrics["mse"]) is not None]
    shares = [value for result in theirs if (value := result.metrics["accuracy"]) is not None]
    chance, mean = _of(measured, "random"), _of(measured, "film-mean")
    parts = [
        f"The published P@{DEFAULT_K} of {' and '.join(precisions)} lie below random"
        + (f" ({decimal(chance.metrics['precision'], 4)} here)" if chance else "")
        + ": the original's evaluation compared film ids with row numbers and was off by one, so "
        "they say nothing about its networks; the preset original is the same networks, measured "
        "correctly."
    ]
    if mean and errors and shares:
        parts.append(
            f"Its MSE of {decimal(errors[0])} and its accuracy of {decimal(shares[0])} stand "
            f"beside {decimal(mean.metrics['mse'])} and {decimal(mean.metrics['accuracy'])} for "
            "predicting each film's mean. Its table has the labels of its two losses swapped."
        )
    return " ".join(parts)


def _table(scenario: str, results: Sequence[Result]) -> Table:
    rows = [
        [
            _name(result),
            *(_figure(result, metric) for metric in metrics.ALL),
            decimal(result.train_seconds, 1),
        ]
        for result in results
    ]
    here = [result for result in results if result.preset != PUBLISHED]
    strong = frozenset(
        (row, column)
        for column, metric in enumerate(metrics.ALL, start=1)
        if (best := _best(here, metric, highest=metric not in _LOWER_IS_BETTER)) is not None
        for row, result in enumerate(here)
        if result.metrics[metric] == best.metrics[metric]
    )
    users = next((result.users for result in here), None) or 0
    return Table(
        f"{scenario.capitalize()}: {count(users, 'user')}, lists of {DEFAULT_K}.",
        [
            Column("Model"),
            *(Column(_HEADERS[metric], numeric=True) for metric in metrics.ALL),
            Column("Training, s", numeric=True),
        ],
        rows,
        strong,
        [_DEFINITIONS],
    )


def _figure(result: Result, metric: str) -> str:
    """Write what was measured with four digits, and what was published as it was."""
    value = result.metrics[metric]
    if result.preset == PUBLISHED and value is not None:
        return setting(value)
    return decimal(value, 4)


def _name(result: Result) -> str:
    if result.preset == BASELINE:
        return result.model
    return f"{result.model} ({result.preset})"


def _of(results: Sequence[Result], baseline: str) -> Result | None:
    return next((r for r in results if (r.model, r.preset) == (baseline, BASELINE)), None)


def _best(results: Sequence[Result], metric: str, *, highest: bool) -> Result | None:
    known = [result for result in results if result.metrics[metric] is not None]
    choose = max if highest else min
    return choose(known, key=lambda result: result.metrics[metric] or 0.0) if known else None
