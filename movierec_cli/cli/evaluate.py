"""``movierec evaluate``."""

from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.beyond import beyond_sections
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    BeyondOption,
    FormatOption,
    JsonOption,
    KOption,
    RunArgument,
    chosen_format,
    dataset_label,
    split_label,
)
from movierec_cli.cli.output import Format, Section, emit_all, number, print_json
from movierec_cli.cli.results import (
    CHANCE_MARK,
    chance_note,
    explained,
    flattened,
    is_chance,
    record_of,
    test_record,
)
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.evaluation.metrics import Metric
    from movierec_cli.core.experiments.results import Result
    from movierec_cli.core.runs.manifest import Manifest


def evaluate(
    run: RunArgument = "",
    named: Annotated[
        str, typer.Option("--run", metavar="NAME", help="The run, as RUN names it.")
    ] = "",
    k: KOption = 25,
    beyond: BeyondOption = False,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Measure a run on the part of the data that its training did not see, beside baselines.

    Cold-start: held-out users without ratings; age, gender and occupation are known if the data
    has them. Fold-in: 80 % of their ratings are known. Rating: the test ratings of an official
    fold. Next: the last rating of each user. Later: all ratings after a cut in time.

    [bold]Examples[/]

      movierec evaluate dnn
      movierec evaluate dnn --k 10 --json
      movierec evaluate dnn --beyond
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.errors import DataError
    from movierec_cli.core.experiments.evaluate_run import evaluate_run
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.store import load_run

    run = _one_name(run, named)
    trained = load_run(run, Paths.from_environment().runs)
    manifest = trained.manifest
    if manifest.split["holdout"] == "none":
        raise DataError(
            f"The run {run!r} was trained on all ratings; nothing is left to measure it on.",
            f"Train one that holds something out: movierec train {manifest.model}",
        )
    dataset = load_dataset(manifest.dataset["name"])
    trained.require_dataset(dataset)
    with ProgressBar() as progress:
        results = evaluate_run(trained, dataset, k, beyond, progress)
    envelope = {
        "dataset": dataset.name,
        "holdout": manifest.split["holdout"],
        "split_seed": manifest.split["split_seed"],
        "cut": manifest.split["cut"],
        "k": k,
        "test": test_record(),
    }
    chosen = chosen_format(format, json)
    if chosen is Format.json:
        print_json({**envelope, "results": [record_of(result) for result in results]})
        return
    sections = _sections(manifest, dataset, results, k)
    sections += beyond_sections(results, k)
    emit_all(chosen, sections, envelope)


def _one_name(run: str, named: str) -> str:
    """Return the run that is named once, or twice the same."""
    from movierec_cli.core.errors import UsageError

    if not run and not named:
        raise UsageError("No run is named.", "Try: movierec evaluate dnn, or: movierec runs list")
    if run and named and run != named:
        raise UsageError(f"Two runs are named: {run} and {named}.", "Name one of them.")
    return run or named


def _sections(
    manifest: "Manifest", dataset: "Dataset", results: "list[Result]", k: int
) -> list[Section]:
    """Return a table for each scenario; the notes on all of them stand below the last."""
    from movierec_cli.core.data.scenarios import COLD_START
    from movierec_cli.core.evaluation.metrics import METRICS
    from movierec_cli.core.evaluation.scenarios import relevance

    split = manifest.split
    held_out = split_label(split["holdout"], [split["split_seed"]], split["cut"])
    about = f"{manifest.name}: {manifest.model}, {manifest.preset}"
    scenarios = list(dict.fromkeys(result.scenario for result in results))
    sections = []
    for scenario in scenarios:
        of_scenario = [result for result in results if result.scenario == scenario]
        own = of_scenario[0]
        notes = [
            explained(scenario),
            f"{own.users or 0:,} users ranked; {own.left_out or 0:,} left out, without a relevant "
            f"film. {number(own.score_seconds, 2)} seconds to score and rank.",
        ]
        if scenario == COLD_START and not dataset.users.have_demographics:
            notes.append(f"No demographics: in {COLD_START} every user gets the same list.")
        if scenario == scenarios[-1]:
            definitions = [f"{of.label(k)}: {of.definition(k)}" for of in METRICS.values()]
            notes += [
                f"* the better of the two. {chance_note()}",
                f"{relevance(scenario)} A dash: the model does not predict it.",
                f"{'. '.join(definitions)}.",
            ]
        title = f"{about} in {scenario} ({dataset_label(dataset.name)}; held out: {held_out})"
        records = [flattened(record_of(result)) for result in of_scenario]
        sections.append(Section(scenario, _view(title, of_scenario, k, notes), records))
    return sections


def _view(title: str, results: "list[Result]", k: int, notes: list[str]) -> View:
    """Return the table of a scenario: the run, and beside it the best baseline of each metric."""
    from movierec_cli.core.evaluation.metrics import METRICS

    return View(
        title,
        [
            Column("Metric"),
            Column("Run", numeric=True),
            Column("Best baseline", numeric=True),
            Column("Baseline"),
        ],
        [[metric.label(k), *_cells(metric, results)] for metric in METRICS.values()],
        notes,
    )


def _cells(metric: "Metric", results: "list[Result]") -> list[str]:
    """Return the value of the run, that of the best baseline, and its name."""
    from movierec_cli.core.experiments.results import best_baseline

    baseline = best_baseline(results, metric.name)
    shown = [results[0], *([baseline] if baseline else [])]
    best = metric.best_at([result.metrics[metric.name] for result in shown])
    cells = []
    for at, result in enumerate(shown):
        chance = is_chance(result.p_values[metric.name])
        mark = "*" if at == best else CHANCE_MARK if chance else " "
        cells.append(f"{number(result.metrics[metric.name])}{mark}")
    return [*cells, baseline.model] if baseline else [*cells, "– ", ""]
