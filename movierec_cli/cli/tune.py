"""``movierec tune``."""

import shlex
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli import verbosity
from movierec_cli.cli.completion import complete_model
from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    JsonOption,
    SplitSeedOption,
    TextModelOption,
    chosen_format,
    data_option,
    dataset_label,
    split_label,
)
from movierec_cli.cli.output import Format, emit, info, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.cli.trainings import may_replace
from movierec_cli.core.progress import duration

if TYPE_CHECKING:
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.evaluation.metrics import Metric
    from movierec_cli.core.experiments.study import Trial
    from movierec_cli.core.experiments.tune import Tuning
    from movierec_cli.core.runs.train_spec import TrainSpec

_LONG = 30  # seconds; longer work is announced before it starts
_search_option = partial(typer.Option, rich_help_panel="Search")
_run_option = partial(typer.Option, rich_help_panel="Run")
_USUAL_TRIALS = 30


def tune(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="two-tower, dnn or sequence.", autocompletion=complete_model
        ),
    ],
    preset: Annotated[
        str, _search_option(metavar="NAME", help="Where to start: default or original.")
    ] = "default",
    trials: Annotated[
        int | None,
        _search_option(
            min=2,
            show_default=str(_USUAL_TRIALS),
            help="Number of trials, those of earlier calls included.",
        ),
    ] = None,
    minutes: Annotated[
        float | None, _search_option(min=0.0, help="Time in place of a number of trials.")
    ] = None,
    only: Annotated[
        list[str] | None,
        _search_option(metavar="FIELD", help="Search this field alone; may be repeated."),
    ] = None,
    jobs: Annotated[int, _search_option(min=1, max=64, help="Trials at the same time.")] = 1,
    seed: Annotated[int, _search_option(min=0, max=2**32 - 1, help="Seed of all randomness.")] = 0,
    device: Annotated[str, _search_option(metavar="NAME", help="auto, cpu, cuda or mps.")] = "cpu",
    dataset: DatasetOption = DEFAULT_DATASET,
    holdout: Annotated[
        str | None,
        data_option(
            "--holdout",
            metavar="NAME",
            show_default="users; last for sequence",
            help="users, last, u1-u5, ua, ub or none.",
        ),
    ] = None,
    split_seed: SplitSeedOption = 705,
    text_model: TextModelOption = None,
    name: Annotated[
        str | None,
        _run_option(metavar="NAME", help="Name of the study and the run; by default MODEL-tuned."),
    ] = None,
    force: Annotated[
        bool, _run_option("--force", help="Replace a run of this name without asking.")
    ] = False,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Search hyper-parameters and train a run with the best.

    Trains on a part of the training users and measures on the others, three times for each trial:
    dnn and sequence by NDCG@25, two-tower by RMSE. With --holdout last the last rating of each user
    is what it measures on. The held-out ratings are not read. The first trial is the preset.

    The study is kept. The same command continues it after an interruption, or with more --trials.
    The best values are written to a preset file for movierec train --config.

    Needs Optuna, the extra tune.

    [bold]Examples[/]

      movierec tune dnn
      movierec tune two-tower --minutes 20 --jobs 2
      movierec tune dnn --only config.network.weight --only config.cold_start.weight
      movierec tune dnn --preset original --only config.gamma --trials 12
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.experiments import tune as core
    from movierec_cli.core.experiments.reuse import ensure_run, epoch_units
    from movierec_cli.core.experiments.validation_draws import MONITORS
    from movierec_cli.core.models.presets import usual_holdout
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.train_spec import TrainSpec

    if trials is not None and minutes is not None:
        raise UsageError("--trials and --minutes exclude each other.", "Leave one out.")
    if trials is None and minutes is None:
        trials = _USUAL_TRIALS
    paths = Paths.from_environment()
    holdout = holdout or usual_holdout(model)
    training = TrainSpec(
        model, preset, holdout, split_seed, seed, device, name=name, text_model=text_model
    )
    seconds = None if minutes is None else 60 * minutes
    spec = core.TuneSpec(training, tuple(only or ()), trials, seconds, jobs)
    spec.space()
    if not may_replace([spec.name(dataset)], paths.runs, force):
        return
    data = load_dataset(dataset)
    _announce(trials, jobs, training, data)
    with ProgressBar() as progress:
        progress.start(f"Tuning {model} {preset}", trials)
        log = TrialLog(MONITORS[model], progress)
        tuning = core.tune(data, spec, paths.studies, log, progress)
        best = tuning.training(training)
        progress.start(f"Training {tuning.name} with the best values", epoch_units(best))
        ensure_run(data, best, paths.runs, progress)
    _emit(chosen_format(format, json), data, training, tuning)
    file = shlex.quote(str(tuning.file.path))
    info(f"The run {tuning.name!r} is in {paths.runs / tuning.name}.")
    info(f"Its preset file: {file}; use it with: movierec train {model} --config {file}")
    if holdout != "none":
        info(f"Measure it with: movierec evaluate {tuning.name}")


class TrialLog:
    """A line for each trial on stderr, with the best so far, and a step of the bar."""

    def __init__(self, metric: "Metric", progress: "ProgressBar") -> None:
        self._metric = metric
        self._progress = progress
        self._has_head = False

    def __call__(self, trial: "Trial", best: "Trial | None", preset: "Trial | None") -> None:
        """Print the result of a trial, the header before the first."""
        if verbosity.CURRENT.progress:
            if not self._has_head:
                info(f"trial  {self._metric.short(25):>8}  {'best':>8}  {'gain':>9}  seconds")
                self._has_head = True
            value = trial.state if trial.value is None else number(trial.value)
            mark = "*" if best is not None and trial.number == best.number else " "
            shown = number(best.value if best else None)
            gain = f"{_gain(best, preset):+.2f} %" if best and preset else ""
            info(f"{trial.number:5d}{mark} {value:>8}  {shown:>8}  {gain:>9}  {trial.seconds:7.1f}")
        self._progress.advance(1)


def _gain(best: "Trial", preset: "Trial") -> float:
    """Return the improvement over the preset in percent of its value, never negative."""
    assert best.value is not None
    assert preset.value is not None
    return 100 * abs(best.value / preset.value - 1)


def _announce(trials: int | None, jobs: int, training: "TrainSpec", data: "Dataset") -> None:
    """Print the approximate duration where it is long."""
    from movierec_cli.core.experiments.reuse import expected_seconds
    from movierec_cli.core.experiments.validation_draws import DRAWS

    seconds = (trials or 0) * DRAWS * expected_seconds(training, data) / jobs
    if seconds > _LONG:
        info(f"{trials} trials take up to about {duration(seconds)}.")


def _emit(chosen: Format, data: "Dataset", training: "TrainSpec", tuning: "Tuning") -> None:
    from movierec_cli.core.data.scenarios import SEEDED
    from movierec_cli.core.evaluation.evaluate import DEFAULT_K

    metric = tuning.metric
    split_seed = training.split_seed if training.holdout in SEEDED else None
    records: list[dict[str, Any]] = [
        {
            "field": path,
            "preset": tuning.preset.values[path],
            "best": tuning.best.values[path],
            "low": bounds.low,
            "high": bounds.high,
        }
        for path, bounds in tuning.space.items()
    ]
    envelope = {
        "dataset": data.name,
        "model": training.model,
        "preset": training.preset,
        "holdout": training.holdout,
        "split_seed": split_seed,
        "metric": metric.name,
        "k": DEFAULT_K,
        "run": tuning.name,
        "preset_file": str(tuning.file.path),
        "preset_value": tuning.preset.value,
        "best_value": tuning.best.value,
        "best_trial": tuning.best.number,
        "trials": [vars(trial) for trial in tuning.trials],
    }
    complete = sum(trial.state == "complete" for trial in tuning.trials)
    gain = _gain(tuning.best, tuning.preset)
    view = View(
        title=f"{training.model} {training.preset} ({dataset_label(data.name)}; "
        f"held out: {split_label(training.holdout, [split_seed], None)})",
        columns=[
            Column("Field"),
            *(Column(name, numeric=True) for name in ("Preset", "Best", "From", "To")),
        ],
        rows=[
            [
                str(record["field"]),
                *(f"{record[name]:g}" for name in ("preset", "best", "low", "high")),
            ]
            for record in records
        ],
        notes=[
            f"{metric.label(DEFAULT_K)} on the validation parts: {number(tuning.preset.value)} "
            f"with the preset, {number(tuning.best.value)} with the best ({gain:.1f} % better).",
            f"{len(tuning.trials)} trials, {complete} of them to the end. The best of many trials "
            "is in part luck: the held-out users decide.",
        ],
    )
    emit(chosen, view, records, envelope, "fields")
