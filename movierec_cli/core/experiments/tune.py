"""Search of hyper-parameters on validation users, ending with a run of the best values.

1. Draw validation users out of the training part of the split (`ValidationDraws`).
2. Measure the preset, then the values that the study proposes, draw by draw; a trial that lies
   below the median of the others ends early.
3. Write the best values as a preset file, and train a run with it.

The test part is not read before the run of step 3 is measured.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.scenarios import LAST_HOLDOUT, TIME_HOLDOUT
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.errors import DataError, DivergedError, InterruptionError, UsageError
from movierec_cli.core.evaluation.metrics import Metric
from movierec_cli.core.experiments.measuring import Measured, Measuring, measuring
from movierec_cli.core.experiments.study import OpenTrial, Study, Trial, opened
from movierec_cli.core.experiments.validation_draws import DRAWS, MONITORS, ValidationDraws
from movierec_cli.core.files import check_name
from movierec_cli.core.models.preset_values import changed, value_at
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.search_space import SearchSpace
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.runs.manifest import settings
from movierec_cli.core.runs.preset_file import PresetFile, load_preset_file, save_preset_file
from movierec_cli.core.runs.train_spec import TrainSpec, default_name

PRESET_FILE = "preset.json"


@dataclass(frozen=True)
class TuneSpec:
    """A search: the training whose hyper-parameters are searched, and its extent.

    Attributes
    ----------
    training
        Model, preset, split, seed, device and name. Its name, or its default name with ``-tuned``,
        names the study and the run.
    only
        The paths that are searched; empty for the whole space of the configuration.
    trials
        The number of finished trials at which the search ends, those of earlier calls included.
    seconds
        The time after which no further trial begins.
    jobs
        Trials that are measured at the same time, each in a process of its own.

    Raises
    ------
    UsageError
        If the holdout is ``time``, whose validation part is always the same.
    """

    training: TrainSpec
    only: tuple[str, ...] = ()
    trials: int | None = None
    seconds: float | None = None
    jobs: int = 1

    def __post_init__(self) -> None:
        if self.training.holdout == TIME_HOLDOUT:
            raise UsageError(
                "Tuning needs several validation parts, and by time there is one.",
                f"Choose another: --holdout users, or --holdout {LAST_HOLDOUT}",
            )

    def name(self, dataset: str) -> str:
        """Return the name of the study and of the run on a data set of this name."""
        usual = f"{default_name(self.training, dataset)}-tuned"
        return check_name(self.training.name or usual, "study")

    def space(self) -> SearchSpace:
        """Return the ranges to search in.

        Raises
        ------
        UsageError
            If a path of ``only`` is not in the space of the configuration.
        """
        whole = self.training.resolve().config.SEARCH_SPACE
        for path in self.only:
            if path not in whole:
                raise UsageError(
                    f"There is nothing to search at {path!r}.", f"There are: {', '.join(whole)}"
                )
        return {path: whole[path] for path in whole if not self.only or path in self.only}


@dataclass(frozen=True, eq=False)
class Tuning:
    """The result of a search: its trials, that of the preset and the best, and the preset file."""

    name: str
    metric: Metric
    space: SearchSpace
    trials: tuple[Trial, ...]
    preset: Trial
    best: Trial
    file: PresetFile

    def training(self, spec: TrainSpec) -> TrainSpec:
        """Return the training with the best values."""
        return replace(spec, preset_file=self.file, name=self.name)


OnTrial = Callable[[Trial, Trial | None, Trial | None], None]
"""Called after each trial with it, the best so far, and that of the preset."""


def tune(
    dataset: Dataset,
    spec: TuneSpec,
    studies: Path,
    on_trial: OnTrial = lambda *_: None,
    progress: Progress = SILENT,
) -> Tuning:
    """Search the hyper-parameters of a model and write the best as a preset file.

    A study of the same name and subject in the folder ``studies`` is continued. One process and
    the same seed give the same trials, if the study was not interrupted.

    Raises
    ------
    UsageError
        If there is no such model, preset, holdout or path.
    DataError
        If Optuna is missing, the study belongs to something else, or the preset diverged.
    IntegrityError
        If the study is damaged.
    InterruptionError
        On Ctrl-C; finished trials are kept.
    """
    training = spec.training
    base, space, name = training.resolve(), spec.space(), spec.name(dataset.name)
    split = make_split(dataset, training.holdout, training.split_seed)
    preset = {path: value_at(base, path) for path in space}
    monitor = MONITORS[training.model]
    with opened(
        studies / name,
        _subject(dataset, spec, base),
        space,
        preset,
        highest=monitor.higher_is_better,
        seed=training.seed,
    ) as study:
        n_earlier = len(study.trials())
        if n_earlier:
            progress.note(f"Continuing the study {name!r}, which has {n_earlier} trials.")
            progress.advance(n_earlier)
        draws = ValidationDraws.of(split, training.model, training.preset, training.text_model)
        try:
            with measuring(draws, spec.jobs) as place:
                for trial in _search(study, spec, base, place):
                    on_trial(trial, study.best(), study.of_preset())
        except KeyboardInterrupt as interruption:
            raise InterruptionError(
                f"Interrupted. {len(study.trials())} trials are kept.",
                "Continue with the same command.",
            ) from interruption
        best, of_preset = study.best(), study.of_preset()
        if best is None or of_preset is None:
            raise DataError(
                f"The preset could not be trained in the study {name!r}: each training diverged.",
                "Begin another one with --name, with another --seed or --preset.",
            )
        path = (studies / name / PRESET_FILE).absolute()
        values = changed(base, best.values)
        save_preset_file(PresetFile(path, training.model, training.preset, values))
        trials = tuple(study.trials())
    return Tuning(name, monitor, space, trials, of_preset, best, load_preset_file(path))


def _search(study: Study, spec: TuneSpec, base: Preset, place: Measuring) -> Iterator[Trial]:
    """Measure trials until the search ends; yield each when it is finished."""
    end = None if spec.seconds is None else time.monotonic() + spec.seconds
    running: dict[Future[Measured], OpenTrial] = {}

    def begins_another() -> bool:
        n_finished = len(study.trials())
        if n_finished == 0:
            return not running  # the others are compared with the first
        if spec.trials is not None and n_finished + len(running) >= spec.trials:
            return False
        return end is None or time.monotonic() < end

    def measure(trial: OpenTrial) -> None:
        values = changed(base, trial.values)
        running[place.submit(values, len(trial.draws))] = trial

    while True:
        while len(running) < spec.jobs and begins_another():
            measure(study.ask())
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            trial = running.pop(future)
            try:
                value, seconds = future.result()
            except DivergedError:
                yield study.finish(trial, "failed")
                continue
            trial.draws.append(value)
            trial.seconds += seconds
            if len(trial.draws) == DRAWS:
                yield study.finish(trial, "complete")
            elif study.is_hopeless(trial):
                yield study.finish(trial, "pruned")
            else:
                measure(trial)


def _subject(dataset: Dataset, spec: TuneSpec, base: Preset) -> dict[str, Any]:
    """Return all that the values of the trials depend on, as JSON."""
    training = spec.training
    return {
        "model": training.model,
        "preset": training.preset,
        "data set": dataset.name,
        "content of the data set": dataset.checksum(),
        "text model": str(training.text_model.absolute()) if training.text_model else None,
        "holdout": training.holdout,
        "split seed": training.split_seed,
        "metric": MONITORS[training.model].name,
        "draws": DRAWS,
        "search space": settings(spec.space()),
        "configuration": settings(base.config),
        "training options": settings(base.training),
    }
