"""``movierec compare``."""

from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.beyond import beyond_sections
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    BeyondOption,
    CutOption,
    DatasetOption,
    ForceOption,
    FormatOption,
    HoldoutOption,
    JsonOption,
    KOption,
    PlotOption,
    SplitSeedOption,
    chosen_format,
    data_option,
    dataset_label,
    split_label,
)
from movierec_cli.cli.output import Format, Section, emit_all, info, number, print_json
from movierec_cli.cli.results import (
    CHANCE_MARK,
    chance_note,
    explained,
    flattened,
    is_chance,
    record_of,
    short_number,
    test_record,
)
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.evaluation.metrics import Metric
    from movierec_cli.core.experiments.compare import Comparison
    from movierec_cli.core.experiments.results import Result

_FOOTNOTE = (
    "published: the figures of the report. Precision and MAP lie below random because its "
    "evaluation compared film ids with row numbers, off by one; the preset original is the same "
    "network measured correctly."
)


def compare(
    k: KOption = 25,
    holdout: HoldoutOption = "users",
    cut: CutOption = None,
    split_seed: SplitSeedOption = 705,
    seeds: Annotated[
        int,
        data_option(min=1, max=100, help="Number of split seeds to average."),
    ] = 1,
    dataset: DatasetOption = DEFAULT_DATASET,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            help="Compare this model alone, for example dnn-original; may be repeated.",
        ),
    ] = None,
    force: ForceOption = False,
    beyond: BeyondOption = False,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Measure all models and baselines on the same split, side by side.

    Existing runs of the same split and configuration are used again; missing ones are trained and
    kept. Each model is tested against the best of each metric; differences that may be chance are
    marked.

    The holdouts last and time compare the sequence model too, with its control sequence-unordered,
    and leave out two-tower-original and dnn-original.

    [bold]Examples[/]

      movierec compare
      movierec compare --seeds 5 --json
      movierec compare --holdout u1
      movierec compare --beyond --plot models.png
      movierec compare --holdout last --k 10
      movierec compare --model dnn --model sequence
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.cli.trainings import may_train
    from movierec_cli.core import figures
    from movierec_cli.core.data.scenarios import SEEDED
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.experiments import compare as core
    from movierec_cli.core.experiments.reuse import missing_trainings
    from movierec_cli.core.paths import Paths

    if holdout == "none":
        raise UsageError("With --holdout none nothing is left to compare on.", "Leave it out.")
    if holdout not in SEEDED and seeds > 1:
        raise UsageError(
            f"The holdout {holdout} draws nothing, so --seeds has no effect.", "Leave --seeds out."
        )
    if plot is not None:
        figures.require_plotting(plot)  # before the trainings
    runs = Paths.from_environment().runs
    data = load_dataset(dataset)
    seeds_of_split = range(split_seed, split_seed + seeds)
    comparison = core.Comparison(holdout, seeds_of_split, k, beyond, cut, tuple(model or ()))
    if not may_train(missing_trainings(comparison.specs(), data, runs), data, runs, force):
        return
    with ProgressBar() as progress:
        results = core.compare(data, comparison, runs, progress)
    if plot is not None:
        figures.save(figures.comparison(results, dataset_label(data.name), k), plot)
        info(f"Drew {plot}.")
    _emit(chosen_format(format, json), data, comparison, results)


def _emit(
    chosen: Format, data: "Dataset", comparison: "Comparison", results: "list[Result]"
) -> None:
    from movierec_cli.core.data.scenarios import SEEDED
    from movierec_cli.core.experiments.compare import remarks

    seeds = [*comparison.split_seeds] if comparison.holdout in SEEDED else []
    envelope = {
        "dataset": data.name,
        "holdout": comparison.holdout,
        "split_seed": seeds[0] if seeds else None,
        "split_seeds": seeds,
        "cut": comparison.cut,
        "k": comparison.k,
        "test": test_record(),
    }
    if chosen is Format.json:
        print_json({**envelope, "results": [record_of(result) for result in results]})
        return
    split = split_label(comparison.holdout, seeds or [None], comparison.cut)
    scenarios = list(dict.fromkeys(result.scenario for result in results))
    sections = []
    for scenario in scenarios:
        of_scenario = [result for result in results if result.scenario == scenario]
        notes = [explained(scenario), *remarks(data, scenario)]
        if scenario == scenarios[-1]:
            notes += _notes(results)
        title = f"{scenario} ({dataset_label(data.name)}; held out: {split})"
        view = _view(title, of_scenario, comparison.k, notes)
        records = [flattened(record_of(result)) for result in of_scenario]
        sections.append(Section(scenario, view, records))
    sections += beyond_sections(results, comparison.k)
    emit_all(chosen, sections, envelope)


def _view(title: str, results: "list[Result]", k: int, notes: list[str]) -> View:
    """Return the table of a scenario; where there is room, it has all metrics and the seconds."""
    from movierec_cli.core.evaluation.metrics import METRICS
    from movierec_cli.core.evaluation.scenarios import SCENARIOS

    telling = SCENARIOS[results[0].scenario].columns
    names = [*telling, *(name for name in METRICS if name not in telling)]
    cells = [_cells(METRICS[name], results) for name in names]
    columns = [
        Column(
            METRICS[name].short(k).replace("@", "\n@"),
            numeric=True,
            optional=name not in telling,
        )
        for name in names
    ]
    for header, seconds in (
        ("Train\ns", [number(result.train_seconds, 1) for result in results]),
        ("Score\ns", [number(result.score_seconds, 2) for result in results]),
    ):
        columns.append(Column(header, numeric=True, optional=True))
        cells.append(seconds)
    rows = zip([result.name for result in results], *cells, strict=True)
    return View(title, [Column("Model"), *columns], [list(row) for row in rows], notes)


def _cells(metric: "Metric", results: "list[Result]") -> list[str]:
    """Return the cells of a metric: its value, a mark, and below its standard deviation."""
    measured = [result.metrics if result.users is not None else {} for result in results]
    best = metric.best_at([values.get(metric.name) for values in measured])
    cells = []
    for at, result in enumerate(results):
        mark = "*" if at == best else CHANCE_MARK * is_chance(result.p_values[metric.name])
        deviation = (result.deviations or {}).get(metric.name)
        spread = "" if deviation is None else f"\n±{short_number(deviation)} "
        cells.append(f"{short_number(result.metrics[metric.name])}{mark or ' '}{spread}")
    return cells


def _notes(results: "list[Result]") -> list[str]:
    from movierec_cli.core.evaluation.scenarios import relevance

    notes = [
        f"* best. {chance_note()}",
        f"{relevance(results[0].scenario)} Users without a relevant film are left out.",
        "Definitions: movierec evaluate RUN.",
    ]
    if any(result.deviations for result in results):
        notes.append("±: standard deviation over the split seeds.")
    if any(result.preset == "published" for result in results):
        notes.append(_FOOTNOTE)
    return notes
