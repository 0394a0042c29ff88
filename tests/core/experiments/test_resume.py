"""An interrupted training continues, and ends bit-equal to one without interruption."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data import synthetic
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import (
    DataError,
    DivergedError,
    InterruptionError,
    UsageError,
)
from movierec_cli.core.experiments import resume as resuming
from movierec_cli.core.experiments import train as pipeline
from movierec_cli.core.experiments import trainers
from movierec_cli.core.experiments.resume import train_and_save
from movierec_cli.core.models.dnn import trainer as trainer_module
from movierec_cli.core.models.dnn.closed_form import fit_closed_form
from movierec_cli.core.models.original.title_vectors import hashed_ngrams
from movierec_cli.core.parallel import group as parallel
from movierec_cli.core.runs.checkpoint import FILE, Checkpoint, unfinished
from movierec_cli.core.runs.store import Run, list_runs, load_run, remove_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, train_command
from movierec_cli.core.training.loop import Epoch, OnEpoch, diverged

SHORT = Overrides(epochs=4, batch_size=500)
DNN = TrainSpec("dnn", "original", overrides=SHORT, name="mine")


@pytest.fixture(scope="module")
def small() -> Dataset:
    name = "synthetic-60x80x1500"
    return synthetic.generate(synthetic.parse_name(name), name=name)


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every checkpoint, whatever share of the time that takes."""
    monkeypatch.setattr(resuming, "SAVING_SHARE", np.inf)


def interrupting(after: int) -> OnEpoch:
    """Press Ctrl-C when the epoch of that number has ended."""

    def press(epoch: Epoch) -> None:
        if epoch.number == after:
            raise KeyboardInterrupt

    return press


def ignore(_: Epoch) -> None:
    pass


def interrupt(dataset: Dataset, spec: TrainSpec, runs: Path, after: int) -> InterruptionError:
    with pytest.raises(InterruptionError) as caught:
        train_and_save(dataset, spec, runs, interrupting(after))
    return caught.value


def resumed(dataset: Dataset, spec: TrainSpec, runs: Path) -> list[int]:
    """Return the numbers of the epochs that a training of ``spec`` still takes."""
    epochs: list[Epoch] = []
    train_and_save(dataset, spec, runs, epochs.append, resume=True)
    return [epoch.number for epoch in epochs]


def assert_same_training(one: Run, other: Run) -> None:
    np.testing.assert_equal(dict(one.weights), dict(other.weights))
    for mine, theirs in zip(one.manifest.epochs, other.manifest.epochs, strict=True):
        assert mine | {"seconds": 0} == theirs | {"seconds": 0}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("model", "preset", "overrides", "interruptions"),
    [
        ("dnn", "original", SHORT, (1, 3, 4)),
        ("two-tower", "original", SHORT, (2,)),
        ("dnn", "default", Overrides(epochs=6), (2, 5)),
        ("two-tower", "default", Overrides(epochs=3), (1, 3, 5)),  # 4 and later: sampling
    ],
)
def test_a_continued_training_gives_the_run_without_interruption(
    model: str,
    preset: str,
    overrides: Overrides,
    interruptions: tuple[int, ...],
    small: Dataset,
    tmp_path: Path,
) -> None:
    spec = TrainSpec(model, preset, seed=3, overrides=overrides, name="mine")
    whole = train_and_save(small, spec, tmp_path / "whole", ignore)
    interrupt(small, spec, tmp_path, interruptions[0])
    for after in interruptions[1:]:
        with pytest.raises(InterruptionError):
            train_and_save(small, spec, tmp_path, interrupting(after), resume=True)
    n_epochs = len(whole.manifest.epochs)
    assert resumed(small, spec, tmp_path) == list(range(interruptions[-1] + 1, n_epochs + 1))
    assert_same_training(load_run("mine", tmp_path), whole)


def test_an_interruption_names_the_command_that_continues(small: Dataset, tmp_path: Path) -> None:
    failure = interrupt(small, DNN, tmp_path, 2)
    assert failure.exit_code == 130
    assert "2 epochs are kept" in failure.message
    assert failure.hint.endswith(f"{train_command(DNN, small.name)} --resume")
    assert list_runs(tmp_path) == []
    with pytest.raises(DataError, match="no run 'mine' yet") as missing:
        load_run("mine", tmp_path)
    assert missing.value.hint == failure.hint
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


def press(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interruption_before_the_first_epoch_leaves_nothing(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "train_run", press)
    with pytest.raises(InterruptionError, match="before the first epoch") as caught:
        train_and_save(small, DNN, tmp_path, ignore)
    assert caught.value.hint.endswith(train_command(DNN, small.name))
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []


def test_an_interruption_after_solving_keeps_the_solution(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = TrainSpec("dnn", overrides=Overrides(epochs=2), name="mine")
    whole = train_and_save(small, spec, tmp_path / "whole", ignore)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "run_training", press)
        failure = interrupt(small, spec, tmp_path, 1)
    assert "the part before the epochs is kept" in failure.message
    assert failure.hint.endswith("--resume")
    fits = []

    def fit(train: Dataset, *others: Any) -> Any:
        fits.append(len(train.ratings))
        return fit_closed_form(train, *others)

    monkeypatch.setattr(trainer_module, "fit_closed_form", fit)
    assert resumed(small, spec, tmp_path) == [1, 2]
    assert_same_training(load_run("mine", tmp_path), whole)
    assert len(fits) == 1  # to all ratings, for the end


@pytest.mark.parametrize("changed", [{"holdout": "u9"}, {"seed": 9}])
def test_an_unfinished_training_stays_until_another_has_finished_an_epoch(
    changed: dict[str, Any], small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(small, DNN, tmp_path, 2)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "run_training", press)
        with pytest.raises((UsageError, InterruptionError)):
            train_and_save(small, replace(DNN, **changed), tmp_path, ignore)
    assert resumed(small, DNN, tmp_path) == [3, 4]


def test_the_old_run_stays_until_the_new_one_is_finished(small: Dataset, tmp_path: Path) -> None:
    old = train_and_save(small, DNN, tmp_path, ignore)
    interrupt(small, replace(DNN, seed=9), tmp_path, 3)
    assert_same_training(load_run("mine", tmp_path), old)


def test_a_diverged_training_leaves_no_checkpoint(small: Dataset, tmp_path: Path) -> None:
    def diverge(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise diverged()

    with pytest.raises(DivergedError):
        train_and_save(small, DNN, tmp_path, diverge)
    assert list(tmp_path.rglob(FILE)) == []


def test_a_finished_training_cannot_be_resumed(small: Dataset, tmp_path: Path) -> None:
    train_and_save(small, DNN, tmp_path, ignore)
    assert not (tmp_path / "mine" / FILE).exists()
    with pytest.raises(DataError, match="no unfinished training 'mine'") as caught:
        resumed(small, DNN, tmp_path)
    assert "movierec evaluate mine" in caught.value.hint
    remove_run("mine", tmp_path)
    with pytest.raises(DataError) as caught:
        resumed(small, DNN, tmp_path)
    assert "--resume" in caught.value.hint


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"seed": 4}, "seed 0, not 4"),
        ({"overrides": Overrides(epochs=9)}, "epochs 4, not 9; batch size 500, not 200"),
        ({"model": "two-tower"}, "model dnn, not two-tower"),
    ],
)
def test_another_specification_is_refused_with_the_command_that_continues(
    changed: dict[str, Any], difference: str, small: Dataset, tmp_path: Path
) -> None:
    interrupt(small, DNN, tmp_path, 2)
    with pytest.raises(UsageError, match=difference) as caught:
        resumed(small, replace(DNN, **changed), tmp_path)
    assert caught.value.hint.endswith(f"{train_command(DNN, small.name)} --resume")
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


@pytest.mark.parametrize(
    ("place", "name", "value", "field"),
    [
        (trainers, "title_vectors", lambda titles, _: (hashed_ngrams(titles), "other"), "inputs"),
        (pipeline, "__version__", "0.0.1", "versions"),
        (Dataset, "checksum", lambda _: "1" * 64, "dataset"),
    ],
)
def test_a_training_whose_basis_changed_is_refused_with_the_command_that_starts_it(
    place: object,
    name: str,
    value: object,
    field: str,
    small: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupt(small, DNN, tmp_path, 2)
    monkeypatch.setattr(place, name, value)
    with pytest.raises(DataError, match=f"its {field} changed") as caught:
        resumed(small, DNN, tmp_path)
    assert caught.value.hint.endswith(f"{train_command(DNN, small.name)} --force")
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


def test_a_second_training_of_the_same_name_is_refused(small: Dataset, tmp_path: Path) -> None:
    def while_training(epoch: Epoch) -> None:
        for attempt in (
            lambda: train_and_save(small, DNN, tmp_path, ignore),
            lambda: remove_run("mine", tmp_path),
        ):
            with pytest.raises(DataError, match="right now") as caught:
                attempt()
            assert caught.value.exit_code == 3

    train_and_save(small, DNN, tmp_path, while_training)
    assert list_runs(tmp_path) == ["mine"]


def test_checkpoints_take_a_small_share_of_the_time(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, saved = [0.0], []

    def save(checkpoint: Checkpoint, folder: Path) -> None:
        saved.append(len(checkpoint.epochs))
        clock[0] += 1  # second

    def pass_time(_: Epoch) -> None:
        clock[0] += 3

    monkeypatch.setattr(resuming, "SAVING_SHARE", 0.25)
    monkeypatch.setattr(resuming, "save_checkpoint", save)
    monkeypatch.setattr(resuming.time, "monotonic", lambda: clock[0])
    train_and_save(small, replace(DNN, overrides=Overrides(epochs=5)), tmp_path, pass_time)
    # the second would be some 2 of 7 seconds after the third epoch, and is 2 of 10 after the fourth
    assert saved == [1, 4, 5]


def test_another_number_of_processes_is_refused_with_the_command_that_continues(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, two = TrainSpec("dnn", overrides=SHORT, name="mine"), parallel.Group()
    two.size = 2
    with monkeypatch.context() as patched:
        patched.setattr(parallel, "_CURRENT", [two])
        command = interrupt(small, spec, tmp_path, 1).hint
    with pytest.raises(UsageError, match="runs in 2 processes, not in 1") as caught:
        resumed(small, spec, tmp_path)
    assert caught.value.hint == command
    assert "torchrun --standalone --nproc-per-node 2 -m movierec_cli train dnn" in command
