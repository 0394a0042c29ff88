"""Studies: the preset first, kept on disk, continued, refused where they belong to other things."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.experiments.study import FILE, Study, opened
from movierec_cli.core.models.search_space import Range

pytest.importorskip("optuna", reason="needs the extra tune")

SPACE = {"config.weight": Range(0.0, 1.0), "training.epochs": Range(1, 64, log=True, whole=True)}
PRESET = {"config.weight": 0.25, "training.epochs": 8}


def open_study(folder: Path, **changed: Any) -> AbstractContextManager[Study]:
    values = {"subject": {"data set": "a"}, "space": SPACE, "preset": PRESET, "seed": 0}
    return opened(folder / "mine", **{**values, "highest": True, **changed})


def run(study: Study, n_trials: int, *figures: float) -> None:
    """Finish some trials, each with these figures in its draws."""
    for _ in range(n_trials):
        trial = study.ask()
        trial.draws.extend(figures)
        study.finish(trial, "complete")


def test_the_first_trial_is_the_preset_and_all_lie_in_the_space(tmp_path: Path) -> None:
    with open_study(tmp_path) as study:
        run(study, 10, 1.0)
        trials = study.trials()
        assert [trial.number for trial in trials] == list(range(10))
        assert trials[0].values == PRESET == study.of_preset().values  # type: ignore[union-attr]
        for trial in trials:
            assert 0 <= trial.values["config.weight"] <= 1
            assert isinstance(trial.values["training.epochs"], int)
            assert float(f"{trial.values['config.weight']:.3g}") == trial.values["config.weight"]
        assert len({trial.values["config.weight"] for trial in trials}) > 6


@pytest.mark.parametrize(("highest", "best"), [(True, 1), (False, 0)])
def test_the_best_trial_has_the_best_mean_over_its_draws(
    highest: bool, best: int, tmp_path: Path
) -> None:
    with open_study(tmp_path, highest=highest) as study:
        run(study, 1, 1.0, 2.0)
        run(study, 1, 1.0, 4.0)
        run(study, 1, 2.0, 3.0)  # as good as the one before
        failed = study.ask()
        study.finish(failed, "failed")
        found = study.best()
        assert found is not None
        assert (found.number, found.value) == (best, 2.5 if highest else 1.5)
        assert [trial.state for trial in study.trials()] == [*["complete"] * 3, "failed"]


def test_a_study_is_continued_and_draws_new_values(tmp_path: Path) -> None:
    with open_study(tmp_path) as study:
        run(study, 3, 1.0)
        earlier = study.trials()
    with open_study(tmp_path) as study:
        assert study.trials() == earlier
        run(study, 3, 1.0)
        later = study.trials()
    assert later[:3] == earlier
    assert len({trial.values["config.weight"] for trial in later}) == 6


def test_a_trial_that_an_interruption_ended_is_begun_again(tmp_path: Path) -> None:
    with open_study(tmp_path) as study:
        study.ask()  # the preset
    with open_study(tmp_path) as study:
        assert study.trials() == []
        assert study.ask().values == PRESET


def test_a_trial_below_the_median_of_the_first_draws_is_hopeless(tmp_path: Path) -> None:
    def first_draw(study: Study, figure: float) -> bool:
        trial = study.ask()
        trial.draws.append(figure)
        hopeless = study.is_hopeless(trial)
        trial.draws.append(figure + 1)  # an easier draw
        if not hopeless:
            assert not study.is_hopeless(trial)
        study.finish(trial, "pruned" if hopeless else "complete")
        return hopeless

    with open_study(tmp_path) as study:
        assert not any(first_draw(study, figure / 10) for figure in range(10))
        assert first_draw(study, 0.3)
        assert not first_draw(study, 0.8)
        assert study.trials()[10].state == "pruned"
        assert study.trials()[10].value is None


@pytest.mark.parametrize(
    ("subject", "difference"),
    [
        ({"data set": "b"}, "its data set differ"),
        ({"data set": "a", "search space": {}}, "its search space differ"),
    ],
)
def test_a_study_of_something_else_is_refused(
    subject: dict[str, Any], difference: str, tmp_path: Path
) -> None:
    with open_study(tmp_path):
        pass
    with (
        pytest.raises(DataError, match=difference) as caught,
        open_study(tmp_path, subject=subject),
    ):
        pass
    assert "--name" in caught.value.hint
    assert str(tmp_path / "mine") in caught.value.hint


def test_a_study_that_is_open_is_refused(tmp_path: Path) -> None:
    with (
        open_study(tmp_path),
        pytest.raises(DataError, match="Another process"),
        open_study(tmp_path),
    ):
        pass


def test_a_damaged_study_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / FILE).write_bytes(b"this is no data base, but a long enough text" * 99)
    with pytest.raises(IntegrityError, match=FILE) as caught, open_study(tmp_path):
        pass
    assert "Delete this file" in caught.value.hint


def test_without_optuna_the_command_that_installs_it_is_the_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(DataError, match="Optuna") as caught, open_study(tmp_path):
        pass
    assert "pip install 'movierec[tune]'" in caught.value.hint
    assert not (tmp_path / "mine").exists()
