"""Studies: the trials of a search of hyper-parameters, proposed and kept in SQLite by Optuna."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.files import exclusive
from movierec_cli.core.models.search_space import Range, SearchSpace

if TYPE_CHECKING:
    import optuna

FILE = "study.sqlite"
_SUBJECT, _DRAWS, _SECONDS = "subject", "draws", "seconds"
_STARTUP = 8  # trials before the sampler leaves chance, and before the pruner begins
_DIGITS = 3  # of a searched value

Values = Mapping[str, float]
"""Dotted path in a preset -> value."""

State = Literal["complete", "pruned", "failed"]
_STATES: Mapping[str, State] = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}


@dataclass(frozen=True)
class Trial:
    """Values of hyper-parameters and their result.

    ``value`` is the mean of the metric over the draws. It is ``None`` where the ``state`` is
    ``pruned`` (the first draws were below the median) or ``failed`` (training diverged).
    """

    number: int
    values: Values
    state: State
    value: float | None
    seconds: float


@dataclass
class OpenTrial:
    """A trial that is being measured; ``draws`` has the metric in each draw so far."""

    handle: "optuna.Trial"
    values: Values
    draws: list[float] = field(default_factory=list)
    seconds: float = 0.0


class Study:
    """An open study; `opened` makes it."""

    def __init__(self, study: "optuna.Study", space: SearchSpace, preset: Values) -> None:
        self._study = study
        self._distributions = {path: _distribution(bounds) for path, bounds in space.items()}
        self._preset = _rounded(preset)
        self._queue()

    def ask(self) -> OpenTrial:
        """Return the next trial; the first of a study has the values of the preset."""
        handle = self._study.ask(self._distributions)
        return OpenTrial(handle, _rounded(handle.params))

    def is_hopeless(self, trial: OpenTrial) -> bool:
        """Return true if the draws so far lie below the median of earlier trials.

        Differences to the preset in the same draws are compared: some draws are easier.
        """
        base = self._preset_draws()[: len(trial.draws)]
        if len(base) < len(trial.draws):  # this is the trial of the preset
            return False
        difference = (sum(trial.draws) - sum(base)) / len(base)
        trial.handle.report(difference, len(base))
        return trial.handle.should_prune()

    def finish(self, trial: OpenTrial, state: State) -> Trial:
        """Keep the result of a trial."""
        from optuna.trial import TrialState  # noqa: PLC0415 - an extra

        trial.handle.set_user_attr(_DRAWS, trial.draws)
        trial.handle.set_user_attr(_SECONDS, trial.seconds)
        if state == "complete":
            self._study.tell(trial.handle, sum(trial.draws) / len(trial.draws))
        else:
            states = {"pruned": TrialState.PRUNED, "failed": TrialState.FAIL}
            self._study.tell(trial.handle, state=states[state])
        return self.trials()[-1]

    def trials(self) -> list[Trial]:
        """Return the finished trials by number."""
        return [_result(trial) for trial in self._study.get_trials(deepcopy=False) if _ended(trial)]

    def best(self) -> Trial | None:
        """Return the complete trial with the best value, the first among equals."""
        highest = self._study.direction.name == "MAXIMIZE"
        known = [(trial.value, trial) for trial in self.trials() if trial.value is not None]
        choose = max if highest else min
        return choose(known, key=lambda pair: pair[0])[1] if known else None

    def of_preset(self) -> Trial | None:
        """Return the complete trial with the values of the preset."""
        return next(
            (
                trial
                for trial in self.trials()
                if trial.values == self._preset and trial.state == "complete"
            ),
            None,
        )

    def _preset_draws(self) -> list[float]:
        trial = self.of_preset()
        if trial is None:
            return []
        draws: list[float] = self._study.get_trials(deepcopy=False)[trial.number].user_attrs[_DRAWS]
        return draws

    def _queue(self) -> None:
        """Queue the preset in a new study, and again the trials that an interruption ended."""
        from optuna.trial import TrialState  # noqa: PLC0415 - an extra

        if not self._study.get_trials(deepcopy=False):
            self._study.enqueue_trial(dict(self._preset))
        for trial in self._study.get_trials(states=(TrialState.RUNNING,)):
            self._study.tell(trial.number, state=TrialState.FAIL)
            self._study.enqueue_trial(trial.params)


@contextmanager
def opened(
    folder: Path,
    subject: Mapping[str, Any],
    space: SearchSpace,
    preset: Values,
    *,
    highest: bool,
    seed: int,
) -> Iterator[Study]:
    """Open the study in a folder, or begin one there; no other process opens it meanwhile.

    Parameters
    ----------
    subject
        Everything that the values of the trials depend on, as JSON.
    preset
        The values of the first trial.
    highest
        Whether the highest value of the metric is the best, or the lowest.

    Raises
    ------
    DataError
        If Optuna is missing, another process has the study open, or the study is one of another
        subject.
    IntegrityError
        If the file is damaged.
    """
    optuna = _optuna()
    busy = DataError(
        f"Another process is searching in the study {folder.name!r} right now.",
        "Wait for it, or give this one a name of its own with --name.",
    )
    with exclusive(folder, busy), warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        folder.mkdir(parents=True, exist_ok=True)
        study = _load(folder, optuna, highest)
        known = study.user_attrs.get(_SUBJECT)
        if known is None:
            study.set_user_attr(_SUBJECT, dict(subject))
        elif known != subject:
            raise _of_another(folder, known, subject)
        n_trials = len(study.get_trials(deepcopy=False))
        study.sampler = optuna.samplers.TPESampler(
            n_startup_trials=_STARTUP,
            multivariate=True,
            constant_liar=True,
            seed=seed + n_trials,  # a continued study draws on, and does not repeat its draws
        )
        study.pruner = optuna.pruners.MedianPruner(n_startup_trials=_STARTUP)
        yield Study(study, space, preset)


def _optuna() -> Any:
    try:
        import optuna  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DataError(
            "Tuning needs Optuna, which is not installed.",
            "Install it with: pip install 'movierec[tune]'",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _load(folder: Path, optuna: Any, highest: bool) -> Any:
    from sqlalchemy.engine import URL  # noqa: PLC0415 - a requirement of Optuna
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    url = URL.create("sqlite", database=str(folder / FILE))
    try:
        return optuna.create_study(
            storage=url.render_as_string(),
            study_name=folder.name,
            direction="maximize" if highest else "minimize",
            load_if_exists=True,
        )
    except (SQLAlchemyError, RuntimeError, optuna.exceptions.OptunaError) as error:
        raise IntegrityError(
            f"The study {folder.name!r} is damaged: {folder / FILE}.",
            f"Delete this file, or begin another study with --name. ({type(error).__name__})",
        ) from error


def _of_another(folder: Path, known: Mapping[str, Any], subject: Mapping[str, Any]) -> DataError:
    differences = ", ".join(
        name.replace("_", " ") for name in subject if known.get(name) != subject[name]
    )
    return DataError(
        f"The study {folder.name!r} is one of other trainings: its {differences} differ.",
        f"Begin another one with --name, or delete the folder {folder}.",
    )


def _distribution(bounds: Range) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import FloatDistribution, IntDistribution  # noqa: PLC0415 - an extra

    if bounds.whole:
        return IntDistribution(int(bounds.low), int(bounds.high), log=bounds.log)
    return FloatDistribution(bounds.low, bounds.high, log=bounds.log)


def _rounded(values: Values) -> Values:
    """Return the values as they are trained with: whole numbers, or three digits."""
    return {
        path: value if isinstance(value, int) else float(f"{value:.{_DIGITS}g}")
        for path, value in values.items()
    }


def _ended(trial: "optuna.trial.FrozenTrial") -> bool:
    """Return true for a trial with a result; one that was interrupted has none."""
    return trial.state.name in _STATES and _SECONDS in trial.user_attrs


def _result(trial: "optuna.trial.FrozenTrial") -> Trial:
    state = _STATES[trial.state.name]
    value = trial.value if state == "complete" else None
    seconds = trial.user_attrs[_SECONDS]
    return Trial(trial.number, _rounded(trial.params), state, value, seconds)
