"""Searches of hyper-parameters: on validation users alone, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.errors import DataError, DivergedError, InterruptionError, UsageError
from movierec_cli.core.experiments import validation_draws
from movierec_cli.core.experiments.tune import TuneSpec, Tuning, tune
from movierec_cli.core.experiments.validation_draws import DRAWS, MONITORS, ValidationDraws
from movierec_cli.core.models.preset_values import changed, value_at
from movierec_cli.core.models.presets import PRESETS, Preset
from movierec_cli.core.runs.preset_file import load_preset_file
from movierec_cli.core.runs.train_spec import TrainSpec

pytest.importorskip("optuna", reason="needs the extra tune")

GAMMA = "config.gamma"
SPEC = TuneSpec(TrainSpec("dnn", "original"), (GAMMA, "config.dropout"), trials=4)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the network of the original dnn small, and its training short."""
    preset = changed(
        PRESETS["dnn"]["original"],
        {
            "config.hidden_dim": 8,
            "config.embedding_dim": 4,
            "config.joint_dim": 4,
            "training.epochs": 2,
            "training.batch_size": 500,
        },
    )
    monkeypatch.setitem(PRESETS["dnn"], "original", preset)  # type: ignore[arg-type]


def search(dataset: Dataset, folder: Path, spec: TuneSpec = SPEC) -> Tuning:
    return tune(dataset, spec, folder)


def results(tuning: Tuning) -> list[tuple[object, ...]]:
    return [(trial.values, trial.state, trial.value) for trial in tuning.trials]


@pytest.mark.parametrize(("model", "preset"), [(m, p) for m in PRESETS for p in PRESETS[m]])
def test_every_searched_field_exists_and_its_range_holds_the_preset(
    model: str, preset: str
) -> None:
    values = PRESETS[model][preset]
    space = TuneSpec(TrainSpec(model, preset)).space()
    assert space
    for path, bounds in space.items():
        assert bounds.low <= value_at(values, path) <= bounds.high, path
        for bound in (bounds.low, bounds.high):
            changed(values, {path: int(bound) if bounds.whole else bound})


def test_the_best_values_are_in_the_preset_file(small: Dataset, tmp_path: Path) -> None:
    tuning = search(small, tmp_path)
    assert tuning.name == "dnn-original-synthetic-120x200x5000-tuned"
    assert len(tuning.trials) == 4
    assert tuning.preset.values == {GAMMA: 1e-4, "config.dropout": 0.2}
    best = max(trial.value for trial in tuning.trials if trial.value is not None)
    assert tuning.best.value == best
    file = load_preset_file(tmp_path / tuning.name / "preset.json")
    assert file.values == changed(PRESETS["dnn"]["original"], tuning.best.values)
    spec = tuning.training(SPEC.training)
    assert spec.resolve() == file.values
    assert spec.name == tuning.name


def test_held_out_ratings_are_never_read(small: Dataset, tmp_path: Path) -> None:
    short = replace(SPEC, trials=2)
    # every held-out rating gets another value: the search must not notice
    test_users = np.unique(
        np.searchsorted(small.users.ids, make_split(small).scenarios[0].users.ids)
    )
    is_test = np.isin(small.ratings.user_rows, test_users)
    assert 0.1 < is_test.mean() < 0.3
    values = np.where(is_test, 6 - small.ratings.values, small.ratings.values).astype(np.float32)
    poisoned = small.with_ratings(replace(small.ratings, values=values))
    found = results(search(small, tmp_path / "a", short))
    assert results(search(poisoned, tmp_path / "b", short)) == found

    # while another value of a training rating is noticed
    values = np.where(is_test, small.ratings.values, 6 - small.ratings.values).astype(np.float32)
    other = small.with_ratings(replace(small.ratings, values=values))
    assert results(search(other, tmp_path / "c", short)) != found


def test_draws_part_the_training_users(small: Dataset) -> None:
    split = make_split(small)
    draws = ValidationDraws.of(split, "dnn", "default")
    n_users = len(np.unique(split.full_train.ratings.user_rows))
    assert len(draws.parts) == DRAWS
    for train, scenario in draws.parts:
        validation = set(np.searchsorted(small.users.ids, scenario.users.ids).tolist())
        assert len(validation) == round(0.2 * n_users)
        assert not validation & set(train.ratings.user_rows.tolist())
        assert scenario.name == "fold-in"


def test_for_the_last_ratings_draws_take_the_last_of_the_training_part(small: Dataset) -> None:
    split = make_split(small, "last")
    test = split.scenarios[0].targets
    for train, scenario in ValidationDraws.of(split, "sequence", "default").parts:
        assert scenario.name == "next"
        assert len(train.ratings) + len(scenario.targets.ratings) == len(split.full_train.ratings)
        rows = np.searchsorted(small.users.ids, scenario.users.ids)
        pairs = set(zip(rows[scenario.targets.user_rows], scenario.targets.film_rows, strict=True))
        of_test = np.searchsorted(small.users.ids, split.scenarios[0].users.ids)
        assert not pairs & set(zip(of_test[test.user_rows], test.film_rows, strict=True))


def test_a_cut_in_time_gives_one_validation_part_and_is_refused() -> None:
    with pytest.raises(UsageError, match="by time") as caught:
        TuneSpec(TrainSpec("dnn", holdout="time"))
    assert "--holdout last" in caught.value.hint


def test_a_search_goes_on_to_its_number_of_trials(small: Dataset, tmp_path: Path) -> None:
    first = search(small, tmp_path, replace(SPEC, trials=2))
    again = search(small, tmp_path, replace(SPEC, trials=2))
    assert results(again) == results(first)  # nothing is left to do
    more = search(small, tmp_path, replace(SPEC, trials=3))
    assert results(more)[:2] == results(first)
    assert len(more.trials) == 3


def test_a_study_of_another_split_or_data_set_is_refused(small: Dataset, tmp_path: Path) -> None:
    named = replace(SPEC, training=replace(SPEC.training, name="mine"), trials=2)
    search(small, tmp_path, named)
    other = replace(named, training=replace(named.training, split_seed=1))
    with pytest.raises(DataError, match="its split seed differ") as caught:
        search(small, tmp_path, other)
    assert "--name" in caught.value.hint
    shorter = small.with_ratings(small.ratings.take(np.arange(len(small.ratings)) > 0))
    with pytest.raises(DataError, match="its content of the data set differ"):
        search(shorter, tmp_path, named)
    with pytest.raises(DataError, match="its data set, content of the data set differ"):
        search(replace(shorter, name="other"), tmp_path, named)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Replace each training by a figure, the lower the farther gamma is from 0.5."""
    gammas: list[float] = []

    def measure(_: ValidationDraws, values: Preset, draw: int) -> float:
        gamma = value_at(values, GAMMA)
        gammas.append(gamma)
        if gamma > 500:
            raise DivergedError("it diverged")
        return 1 - abs(np.log10(gamma / 0.5)) / 10 + draw  # some draws are easier

    monkeypatch.setattr(validation_draws.ValidationDraws, "measure", measure)
    yield gammas


def test_the_search_comes_near_the_optimum_and_ends_poor_trials_early(
    small: Dataset, tmp_path: Path, measured: list[float]
) -> None:
    tuning = search(small, tmp_path, replace(SPEC, only=(GAMMA,), trials=25))
    assert 0.1 < tuning.best.values[GAMMA] < 2.5
    states = [trial.state for trial in tuning.trials]
    assert len(states) == 25
    assert states.count("pruned") > 5
    assert len(measured) < 0.8 * 25 * DRAWS


def test_a_trial_that_diverges_has_failed(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(_: ValidationDraws, values: Preset, draw: int) -> float:
        if value_at(values, GAMMA) != 1e-4:
            raise DivergedError("it diverged")
        return 1.0

    monkeypatch.setattr(validation_draws.ValidationDraws, "measure", measure)
    tuning = search(small, tmp_path)
    assert [trial.state for trial in tuning.trials] == ["complete", *["failed"] * 3]
    assert tuning.best == tuning.preset


def test_an_interruption_keeps_the_finished_trials(
    small: Dataset, tmp_path: Path, measured: list[float]
) -> None:
    def interrupt(*_: object) -> None:
        if len(measured) == 2 * DRAWS:
            raise KeyboardInterrupt

    with pytest.raises(InterruptionError, match="2 trials are kept"):
        tune(small, SPEC, tmp_path, interrupt)
    assert len(search(small, tmp_path).trials) == 4
    assert len(measured) == 4 * DRAWS


def test_a_search_of_no_time_measures_the_preset(
    small: Dataset, tmp_path: Path, measured: list[float]
) -> None:
    tuning = search(small, tmp_path, replace(SPEC, trials=None, seconds=0.0))
    assert tuning.trials == (tuning.preset,)


def test_processes_find_what_one_process_finds(small: Dataset, tmp_path: Path) -> None:
    alone = search(small, tmp_path / "a", replace(SPEC, trials=2))
    together = search(small, tmp_path / "b", replace(SPEC, trials=2, jobs=2))
    assert results(together)[0] == results(alone)[0]
    assert len(together.trials) == 2


def test_a_field_that_cannot_be_searched_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'config\.width'") as caught:
        replace(SPEC, only=("config.width",)).space()
    assert GAMMA in caught.value.hint


def test_the_metrics_are_those_of_the_tasks() -> None:
    assert {model: metric.name for model, metric in MONITORS.items()} == {
        "dnn": "ndcg",
        "sequence": "ndcg",
        "two-tower": "rmse",
    }
