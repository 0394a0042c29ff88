"""The main job from end to end: get the data, train, measure, recommend."""

import json
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.evaluation import metrics
from movierec_cli.core.paths import Paths
from movierec_cli.core.runs.store import load_manifest
from tests.cli.conftest import Cli
from tests.conftest import SMALL
from tests.helpers import write_zip

PROMISED = {"schema", "dataset", "holdout", "split_seed", "k", "results"}
PROMISED_OF_A_RESULT = {"model", "preset", "run", "scenario", "users", "metrics", "seconds"}


def succeeded(result: Any) -> Any:
    """Return what the command printed as JSON."""
    assert (result.exit_code, result.stderr) == (0, "")
    content = json.loads(result.stdout)
    assert content["schema"] == 1
    return content


def test_train_then_evaluate_then_recommend(cli: Cli, paths: Paths, small: Dataset) -> None:
    trained = cli("train", "dnn", "--preset", "original", "--epochs", "1", "--dataset", SMALL)
    assert (trained.exit_code, trained.stdout) == (0, "")
    name = f"dnn-original-{SMALL}"
    assert f"movierec evaluate {name}" in trained.stderr
    assert "   1*  " in trained.stderr
    manifest, _ = load_manifest(name, paths.runs)
    assert manifest.training["epochs"] == 1
    assert manifest.dataset["checksum"] == small.checksum()

    measured = succeeded(cli("evaluate", name, "--json"))
    assert [result["run"] for result in measured["results"]] == [name, name]

    found = succeeded(cli("recommend", "--user", "42", "--run", name, "--json"))
    assert len(found["recommendations"]) == 10


def test_a_name_and_a_fold_can_be_chosen(cli: Cli, paths: Paths) -> None:
    result = cli(
        "train", "two-tower", "--preset", "original", "--epochs", "1", "--dataset", SMALL,
        "--holdout", "ua", "--name", "mine", "--batch-size", "1000", "--learning-rate", "0.01",
        "--seed", "3",
    )  # fmt: skip
    assert result.exit_code == 0
    manifest, _ = load_manifest("mine", paths.runs)
    assert manifest.split == {"holdout": "ua", "split_seed": None}
    assert manifest.training["batch_size"] == 1000
    assert manifest.training["learning_rate"] == 0.01
    assert manifest.training["seed"] == 3
    measured = succeeded(cli("evaluate", "mine", "--json"))
    assert (measured["holdout"], measured["split_seed"]) == ("ua", None)
    (of_fold,) = measured["results"]
    assert of_fold["scenario"] == "rating"


def test_evaluate_prints_what_is_promised(cli: Cli, trained: Path) -> None:
    content = succeeded(cli("evaluate", "dnn", "--json", "--k", "7"))
    assert set(content) == PROMISED
    assert (content["dataset"], content["holdout"], content["split_seed"], content["k"]) == (
        SMALL, "users", 705, 7,
    )  # fmt: skip
    assert [result["scenario"] for result in content["results"]] == ["cold-start", "fold-in"]
    for result in content["results"]:
        assert set(result) >= PROMISED_OF_A_RESULT
        assert (result["model"], result["preset"], result["run"]) == ("dnn", "original", "dnn")
        assert 0 < result["users"] <= 24
        assert tuple(result["metrics"]) == metrics.ALL
        assert set(result["seconds"]) == {"train", "score"}
        assert min(result["seconds"].values()) > 0


def test_what_a_model_does_not_give_is_null(cli: Cli, trained: Path) -> None:
    of_dnn = succeeded(cli("evaluate", "dnn", "--json"))["results"][0]["metrics"]
    assert [of_dnn[name] for name in ("mse", "rmse", "mae")] == [None] * 3
    assert 0 < of_dnn["accuracy"] < 1
    assert all(0 < of_dnn[name] <= 1 for name in metrics.RANKING)
    of_two_tower = succeeded(cli("evaluate", "two-tower", "--json"))["results"][0]["metrics"]
    assert all(value is not None for value in of_two_tower.values())
    assert of_two_tower["rmse"] == pytest.approx(of_two_tower["mse"] ** 0.5)


def test_the_table_of_evaluate_states_the_definitions(cli: Cli, trained: Path) -> None:
    result = cli("evaluate", "dnn", "--k", "7")
    assert (result.exit_code, result.stderr) == (0, "")
    for text in ("NDCG@7", "hits / 7", "cold-start", "fold-in", "made-up data", "split seed 705"):
        assert text in result.stdout
    rmse = next(line for line in result.stdout.splitlines() if "RMSE" in line)
    assert rmse.count("–") == 2


def test_a_run_that_saw_everything_is_not_measured(cli: Cli) -> None:
    assert cli(
        "train", "two-tower", "--preset", "original", "--epochs", "1", "--dataset", SMALL,
        "--holdout", "none", "--name", "all",
    ).exit_code == 0  # fmt: skip
    result = cli("evaluate", "all")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "was trained on all ratings" in result.stderr


def test_a_run_of_other_data_is_refused(
    cli: Cli, trained: Path, monkeypatch: pytest.MonkeyPatch, medium: Dataset
) -> None:
    monkeypatch.setattr(registry, "load_dataset", lambda *_: medium)
    for arguments in (("evaluate", "dnn"), ("recommend", "--user", "3", "--run", "dnn")):
        result = cli(*arguments)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "was trained on other data" in result.stderr


def test_recommend_prints_what_is_promised(cli: Cli, trained: Path, small: Dataset) -> None:
    content = succeeded(cli("recommend", "--user", "3", "-n", "5", "--json"))
    assert (content["dataset"], content["run"], content["user"]) == (SMALL, "dnn", 3)
    films = content["recommendations"]
    assert [film["rank"] for film in films] == [1, 2, 3, 4, 5]
    matches = [film["score"] for film in films]
    assert matches == sorted(matches, reverse=True)
    start, end = small.histories.indptr[2:4]
    rated = small.films.ids[small.histories.film_rows[start:end]].tolist()
    for film in films:
        assert set(film) >= {"rank", "film_id", "title", "year", "genres", "score", "rating",
                             "like_probability"}  # fmt: skip
        assert film["film_id"] not in rated
        row = film["film_id"] - 1
        assert film["title"] == small.films.titles[row]
        assert film["year"] == small.films.years[row]
        assert film["rating"] is None
        assert 0 <= film["like_probability"] <= 1


def test_the_two_tower_predicts_ratings(cli: Cli, trained: Path) -> None:
    content = succeeded(cli("recommend", "--user", "3", "--run", "two-tower", "--json"))
    ratings = [film["rating"] for film in content["recommendations"]]
    assert all(1 <= rating <= 5 for rating in ratings)
    assert ratings == sorted(ratings, reverse=True)


def test_an_archive_of_ones_own_is_brought_and_looked_at(
    cli: Cli, tiny: dict[str, bytes], tmp_path: Path
) -> None:
    write_zip(tmp_path / "mine.zip", tiny)
    brought = cli("download", "--from", "mine.zip")
    assert (brought.exit_code, brought.stdout) == (0, "")
    assert "3 users, 5 films, 5 ratings" in brought.stderr
    assert "10.1145/2827872" in brought.stderr  # the terms of use
    rows = succeeded(cli("eda", "genres", "--json"))["rows"]
    assert [(row["genre"], row["films"], row["watchers"]) for row in rows] == [
        ("unknown", 1, 1), ("Action", 2, 1), ("Comedy", 3, 2),
    ]  # fmt: skip


def test_two_tower_shows_a_row_for_each_epoch_and_for_its_sampling(cli: Cli) -> None:
    result = cli("train", "two-tower", "--dataset", SMALL, "--epochs", "1")
    assert result.exit_code == 0
    rows = [line for line in result.stderr.splitlines() if line.strip()[:1].isdigit()]
    assert len(rows) == 5  # one epoch, then one for every 20 of 80 sweeps
    assert rows[-1].endswith("sweep 80")
    assert rows[-1].split()[0] == "5"


def test_a_damaged_prepared_data_set_is_made_anew_and_said_so(cli: Cli, paths: Paths) -> None:
    cli("eda", "genres", "--dataset", SMALL)
    prepared = registry.parsed_path(SMALL, paths)
    prepared.write_bytes(prepared.read_bytes()[:-100])
    result = cli("eda", "genres", "--dataset", SMALL)
    assert result.exit_code == 0
    assert "Preparing it again." in result.stderr


def test_evaluate_as_csv_has_a_column_for_each_metric(cli: Cli, trained: Path) -> None:
    header, *rows = cli("evaluate", "dnn", "--format", "csv").stdout.splitlines()
    assert header == (
        "model,preset,run,scenario,users,left_out,"
        f"{','.join(metrics.ALL)},train_seconds,score_seconds"
    )
    assert [row.count(",") for row in rows] == [header.count(",")] * 2
