"""An interrupted training goes on, and ends bit-equal to one that was never interrupted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data import synthetic
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import (
    DataError,
    DivergedError,
    IntegrityError,
    InterruptionError,
    MovierecError,
    UsageError,
)
from movierec_cli.core.experiments import resume as resuming
from movierec_cli.core.experiments import trainers as tasks
from movierec_cli.core.experiments.resume import Resume, train_and_save
from movierec_cli.core.files import exclusive
from movierec_cli.core.models.original.title_vectors import hashed_ngrams
from movierec_cli.core.runs.checkpoint import FILE, unfinished
from movierec_cli.core.runs.store import Run, list_runs, load_run, remove_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, train_command
from movierec_cli.core.training.loop import Epoch, OnEpoch, diverged

SHORT = Overrides(epochs=4, batch_size=500)
DNN = TrainSpec("dnn", "original", overrides=SHORT, name="mine")


@pytest.fixture(scope="module")
def small() -> Dataset:
    name = "synthetic-60x80x1500"
    return synthetic.generate(synthetic.parse_name(name), name=name)


def interrupting(after: int) -> OnEpoch:
    """Press Ctrl-C when the epoch of that number has ended."""

    def press(epoch: Epoch) -> None:
        if epoch.number == after:
            raise KeyboardInterrupt

    return press


def silently(_: Epoch) -> None:
    pass


def interrupted(dataset: Dataset, request: TrainSpec, runs: Path, after: int) -> InterruptionError:
    with pytest.raises(InterruptionError) as caught:
        train_and_save(dataset, request, runs, interrupting(after))
    return caught.value


def same_weights(one: Run, other: Run) -> bool:
    assert set(one.weights) == set(other.weights)
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


CASES = [
    ("dnn", "original", SHORT, (1, 3, 4)),
    ("two-tower", "original", SHORT, (2,)),
    ("dnn", "default", Overrides(epochs=6), (2, 5)),
    ("two-tower", "default", Overrides(epochs=3), (1, 3, 5)),  # 4 and up: sampling
]


@pytest.mark.parametrize(("model", "preset", "overrides", "moments"), CASES)
def test_going_on_gives_the_run_that_was_never_interrupted(
    model: str,
    preset: str,
    overrides: Overrides,
    moments: tuple[int, ...],
    small: Dataset,
    tmp_path: Path,
) -> None:
    request = TrainSpec(model, preset, seed=3, overrides=overrides, name="mine")
    whole = train_and_save(small, request, tmp_path / "whole", silently)
    for moment in moments:
        runs = tmp_path / str(moment)
        interrupted(small, request, runs, moment)
        told: list[Epoch] = []
        run = train_and_save(small, request, runs, told.append, Resume.ALWAYS)
        assert same_weights(run, whole)
        assert same_weights(load_run("mine", runs), whole)
        assert [epoch.number for epoch in told] == [
            epoch["number"] for epoch in whole.manifest.epochs[moment:]
        ]
        assert [
            (epoch["train"], epoch["validation"], epoch["is_kept"]) for epoch in run.manifest.epochs
        ] == [
            (epoch["train"], epoch["validation"], epoch["is_kept"])
            for epoch in whole.manifest.epochs
        ]


def test_a_training_may_be_interrupted_again_and_again(small: Dataset, tmp_path: Path) -> None:
    whole = train_and_save(small, DNN, tmp_path / "whole", silently)
    runs = tmp_path / "runs"
    interrupted(small, DNN, runs, 1)
    for moment in (2, 3):
        with pytest.raises(InterruptionError):
            train_and_save(small, DNN, runs, interrupting(moment), Resume.ALWAYS)
    assert same_weights(train_and_save(small, DNN, runs, silently, Resume.ALWAYS), whole)


def test_an_interruption_says_how_to_go_on(small: Dataset, tmp_path: Path) -> None:
    failure = interrupted(small, DNN, tmp_path, 2)
    assert failure.exit_code == 130
    assert failure.message == (
        "Interrupted. The training of 'mine' is unfinished: 2 epochs are kept."
    )
    assert failure.hint == (
        "Go on with: movierec train dnn --preset original --epochs 4 --batch-size 500 --name mine "
        f"--dataset {small.name} --resume"
    )
    assert list_runs(tmp_path) == []
    with pytest.raises(DataError, match="no run 'mine' yet") as missing:
        load_run("mine", tmp_path)
    assert missing.value.hint == failure.hint
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interruption_before_the_first_epoch_keeps_nothing(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "train_run", interrupt)
    with pytest.raises(InterruptionError, match="before the first epoch") as caught:
        train_and_save(small, DNN, tmp_path, silently)
    assert caught.value.hint.startswith("Begin again with: movierec train dnn --preset original")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("changed", [{"holdout": "u9"}, {"seed": 9}])
def test_until_another_training_has_finished_an_epoch_the_one_before_is_kept(
    changed: dict[str, object],
    small: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupted(small, DNN, tmp_path, 2)
    if "seed" in changed:
        monkeypatch.setattr(resuming, "train_run", interrupt)
    with pytest.raises((UsageError, InterruptionError)):
        train_and_save(small, replace(DNN, **changed), tmp_path, silently)  # type: ignore[arg-type]
    monkeypatch.undo()
    told: list[Epoch] = []
    train_and_save(small, DNN, tmp_path, told.append, Resume.ALWAYS)
    assert [epoch.number for epoch in told] == [3, 4]


def test_what_diverged_is_not_to_be_gone_on_with(small: Dataset, tmp_path: Path) -> None:
    def end(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise diverged()

    with pytest.raises(DivergedError):
        train_and_save(small, DNN, tmp_path, end)
    assert list(tmp_path.iterdir()) == []


def test_inputs_made_in_another_way_do_not_go_on(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(small, DNN, tmp_path, 2)

    def other(titles: list[str]) -> tuple[np.ndarray, str]:
        return hashed_ngrams(titles), "of another kind"

    monkeypatch.setattr(tasks, "title_vectors", other)
    with pytest.raises(DataError, match="its inputs were made in another way") as caught:
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)
    assert caught.value.hint == f"Begin it again with: {train_command(DNN, small.name)}"
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


def test_another_configuration_does_not_go_on(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(small, DNN, tmp_path, 2)
    resolve = TrainSpec.resolve

    def wider(request: TrainSpec) -> object:
        preset = resolve(request)
        return replace(preset, config=replace(preset.config, gamma=0.5))

    monkeypatch.setattr(TrainSpec, "resolve", wider)
    with pytest.raises(DataError, match="its config had other values"):
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)


def test_a_finished_training_leaves_nothing_to_go_on_with(small: Dataset, tmp_path: Path) -> None:
    train_and_save(small, DNN, tmp_path, silently)
    assert not (tmp_path / "mine" / FILE).exists()
    with pytest.raises(DataError, match="There is no unfinished training 'mine'") as caught:
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)
    assert caught.value.hint == "It is finished. Use it: movierec evaluate mine"
    remove_run("mine", tmp_path)
    with pytest.raises(DataError) as caught:
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)
    assert caught.value.hint == "Leave out --resume."


def test_until_the_new_run_is_finished_the_old_one_stays(small: Dataset, tmp_path: Path) -> None:
    old = train_and_save(small, DNN, tmp_path, silently)
    interrupted(small, replace(DNN, seed=9), tmp_path, 3)
    assert same_weights(load_run("mine", tmp_path), old)


@pytest.mark.parametrize(
    ("changed", "message", "command"),
    [
        ({"seed": 4}, "another seed: 0, not 4", "--epochs 4 --batch-size 500 --name mine"),
        (
            {"overrides": Overrides(epochs=9)},
            "overrides: epochs 4, batch size 500, not epochs 9",
            "--epochs 4",
        ),
        ({"overrides": Overrides()}, "batch size 500, not none", "--epochs 4"),
        ({"split_seed": 1}, "another split seed: 705, not 1", "--name mine"),
        ({"preset": "default"}, "another preset: original, not default", "--preset original"),
    ],
)
def test_another_training_is_not_gone_on_with(
    changed: dict[str, object], message: str, command: str, small: Dataset, tmp_path: Path
) -> None:
    interrupted(small, DNN, tmp_path, 2)
    with pytest.raises(UsageError, match=message) as caught:
        train_and_save(
            small,
            replace(DNN, **changed),  # type: ignore[arg-type]
            tmp_path,
            silently,
            Resume.ALWAYS,
        )
    assert caught.value.hint.startswith("Go on with: movierec train dnn")
    assert command in caught.value.hint
    assert [training.name for training in unfinished(tmp_path)] == ["mine"]


def test_other_data_is_not_gone_on_with(small: Dataset, tmp_path: Path) -> None:
    interrupted(small, DNN, tmp_path, 2)
    fewer = small.with_ratings(small.ratings.take(np.arange(1000)))
    with pytest.raises(DataError, match="its dataset had other values") as caught:
        train_and_save(fewer, DNN, tmp_path, silently, Resume.ALWAYS)
    assert caught.value.hint == f"Begin it again with: {train_command(DNN, small.name)}"


def test_other_versions_do_not_go_on(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(small, DNN, tmp_path, 2)
    monkeypatch.setattr(resuming, "versions", lambda: {"movierec": "0.0.1"})
    with pytest.raises(DataError, match="its versions had other values"):
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)


def test_a_damaged_checkpoint_is_refused(small: Dataset, tmp_path: Path) -> None:
    interrupted(small, DNN, tmp_path, 2)
    path = tmp_path / "mine" / FILE
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match="is damaged"):
        train_and_save(small, DNN, tmp_path, silently, Resume.ALWAYS)


def test_where_it_fits_it_goes_on_and_else_begins_anew(small: Dataset, tmp_path: Path) -> None:
    interrupted(small, DNN, tmp_path, 2)
    told: list[Epoch] = []
    train_and_save(small, DNN, tmp_path, told.append, Resume.IF_IT_FITS)
    assert [epoch.number for epoch in told] == [3, 4]
    interrupted(small, DNN, tmp_path, 2)
    told.clear()
    train_and_save(small, replace(DNN, seed=5), tmp_path, told.append, Resume.IF_IT_FITS)
    assert [epoch.number for epoch in told] == [1, 2, 3, 4]


def test_two_trainings_of_one_name_do_not_mix(small: Dataset, tmp_path: Path) -> None:
    def while_training(epoch: Epoch) -> None:
        for attempt in (
            lambda: train_and_save(small, DNN, tmp_path, silently),
            lambda: remove_run("mine", tmp_path),
        ):
            with pytest.raises(MovierecError, match="right now") as caught:
                attempt()
            assert caught.value.exit_code == 3

    train_and_save(small, DNN, tmp_path, while_training)
    assert list_runs(tmp_path) == ["mine"]


def test_a_folder_is_free_again_after_its_holder(tmp_path: Path) -> None:
    refusal = DataError("held")
    for _ in range(2):
        with exclusive(tmp_path / "run", refusal):
            assert (tmp_path / "run").is_dir()
            with pytest.raises(DataError, match="held"), exclusive(tmp_path / "run", refusal):
                pass
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("request_", "dataset", "command"),
    [
        (TrainSpec("dnn"), "ml-100k", "movierec train dnn"),
        (TrainSpec("dnn", name="dnn"), "ml-100k", "movierec train dnn"),
        (
            TrainSpec(
                "two-tower",
                "original",
                "u1",
                seed=2,
                device="cuda",
                overrides=Overrides(learning_rate=0.1),
                name="a",
            ),
            "synthetic",
            "movierec train two-tower --preset original --holdout u1 --seed 2 --device cuda "
            "--learning-rate 0.1 --name a --dataset synthetic",
        ),
    ],
)
def test_the_command_of_a_training(request_: TrainSpec, dataset: str, command: str) -> None:
    assert train_command(request_, dataset) == command
