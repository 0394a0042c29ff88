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


def succeeded(result: Any) -> Any:
    """Return what the command printed as JSON."""
    assert (result.exit_code, result.stderr) == (0, "")
    content = json.loads(result.stdout)
    assert content["schema"] == 1
    return content


def test_train_then_evaluate_then_recommend(cli: Cli, paths: Paths, small: Dataset) -> None:
    trained = cli(
        "train", "two-tower", "--preset", "original", "--epochs", "1", "--dataset", SMALL,
        "--holdout", "ua", "--name", "mine", "--batch-size", "1000", "--learning-rate", "0.01",
        "--seed", "3",
    )  # fmt: skip
    assert (trained.exit_code, trained.stdout) == (0, "")
    assert "movierec evaluate mine" in trained.stderr
    assert "   1*  " in trained.stderr
    manifest, _ = load_manifest("mine", paths.runs)
    assert manifest.dataset["checksum"] == small.checksum()
    assert manifest.split == {"holdout": "ua", "split_seed": None, "cut": None}
    chosen = {"epochs": 1, "batch_size": 1000, "learning_rate": 0.01, "seed": 3}
    assert manifest.training == manifest.training | chosen

    measured = succeeded(cli("evaluate", "mine", "--json", "--no-progress"))
    assert (measured["holdout"], measured["split_seed"]) == ("ua", None)
    assert {result["scenario"] for result in measured["results"]} == {"rating"}

    found = succeeded(cli("recommend", "--user", "42", "--run", "mine", "--json"))
    ratings = [film["rating"] for film in found["recommendations"]]
    assert len(ratings) == 10
    assert ratings == sorted(ratings, reverse=True)


def test_what_a_model_does_not_give_is_null(cli: Cli, trained: Path) -> None:
    of_dnn = succeeded(cli("evaluate", "dnn", "--json", "--no-progress"))["results"][0]["metrics"]
    assert [of_dnn[name] for name in ("mse", "rmse", "mae")] == [None] * 3
    assert 0 < of_dnn["accuracy"] < 1
    assert all(0 < of_dnn[name] <= 1 for name in metrics.RANKING)
    of_two_tower = succeeded(cli("evaluate", "two-tower", "--json", "--no-progress"))["results"][0][
        "metrics"
    ]
    assert all(value is not None for value in of_two_tower.values())
    assert of_two_tower["rmse"] == pytest.approx(of_two_tower["mse"] ** 0.5)


def test_the_table_of_evaluate_states_the_definitions(cli: Cli, trained: Path) -> None:
    result = cli("evaluate", "dnn", "--k", "7")
    assert result.exit_code == 0
    for text in ("NDCG@7", "hits / 7", "cold-start", "fold-in", "made-up data", "split seed 705"):
        assert text in result.stdout
    assert "cold-start: no rating of a held-out user is known" in result.stdout


def test_evaluate_shows_the_best_baseline_beside_the_run(cli: Cli, trained: Path) -> None:
    results = succeeded(cli("evaluate", "two-tower", "--json", "--no-progress"))["results"]
    of_scenario = [result for result in results if result["scenario"] == "fold-in"]
    assert (of_scenario[0]["run"], of_scenario[0]["model"]) == ("two-tower", "two-tower")
    baselines = {result["model"]: result for result in of_scenario[1:]}
    assert {result["preset"] for result in baselines.values()} == {"baseline"}
    assert set(baselines) == {"popularity", "film-mean", "bias", "ease", "demographic-ridge"}
    best = min(
        (result for result in baselines.values() if result["metrics"]["rmse"]),
        key=lambda result: result["metrics"]["rmse"],
    )
    table = cli("evaluate", "two-tower").stdout.split("in fold-in (")[1]
    line = next(line for line in table.splitlines() if line.startswith("│ RMSE"))
    assert f"{best['metrics']['rmse']:.4f}" in line
    assert best["model"] in line
    assert line.count("*") == 1


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


def test_a_user_of_the_data_gets_unrated_films_with_probabilities(
    cli: Cli, trained: Path, small: Dataset
) -> None:
    films = succeeded(cli("recommend", "--user", "3", "-n", "5", "--json"))["recommendations"]
    assert [film["rank"] for film in films] == [1, 2, 3, 4, 5]
    rated = small.ratings.film_rows[small.ratings.user_rows == 2] + 1
    assert not set(rated.tolist()) & {film["film_id"] for film in films}
    assert all(0 <= film["like_probability"] <= 1 for film in films)
    assert films[0]["title"] == small.films.titles[films[0]["film_id"] - 1]


def test_an_archive_of_ones_own_is_brought_and_looked_at(
    cli: Cli, tiny: dict[str, bytes], tmp_path: Path
) -> None:
    write_zip(tmp_path / "mine.zip", tiny)
    brought = cli("download", "--from", "mine.zip")
    assert (brought.exit_code, brought.stdout) == (0, "")
    assert "3 users, 5 films, 1950 to 1996, 5 ratings" in brought.stderr
    assert "10.1145/2827872" in brought.stderr  # the terms of use
    rows = succeeded(cli("eda", "genres", "--json"))["rows"]
    assert [(row["genre"], row["films"], row["watchers"]) for row in rows] == [
        ("unknown", 1, 1), ("Action", 2, 1), ("Comedy", 3, 2),
    ]  # fmt: skip


def test_evaluate_as_csv_has_a_column_for_each_metric(cli: Cli, trained: Path) -> None:
    lines = cli("evaluate", "dnn", "--format", "csv").stdout.splitlines()
    first, second = lines.index("# cold-start"), lines.index("# fold-in")
    assert lines[first + 1] == lines[second + 1]
    header, *rows = lines[1 : second - 1]
    assert header == (
        "model,preset,run,scenario,users,left_out,"
        f"{','.join(metrics.ALL)},{','.join(f'{name}_p' for name in metrics.ALL)},"
        "train_seconds,score_seconds"
    )
    assert {row.count(",") for row in rows} == {header.count(",")}
    assert rows[0].startswith("dnn,original,dnn,cold-start,")


def test_beyond_accuracy_has_two_tables_for_each_scenario(cli: Cli, trained: Path) -> None:
    table = cli("evaluate", "dnn", "--beyond").stdout
    rows = [line for line in table.splitlines() if line[:1] in "┏┃│└"]
    assert sum("dnn original" in line for line in rows) == 4
    assert "fold-in: beyond accuracy, lists of 25 films" in table
    assert "fold-in: NDCG@25 by group of users" in table
    assert table.count("Gini: inequality of the exposure") == 1  # below the last table of its kind
    csv = cli("evaluate", "dnn", "--beyond", "--format", "csv").stdout.splitlines()
    start = csv.index("# fold-in by group")
    assert csv[start + 1].startswith("model,preset,run,scenario,attribute,group,users,is_small,")
    assert csv[start + 2].startswith("dnn,original,dnn,fold-in,gender,M,")
    assert csv[csv.index("# cold-start beyond accuracy") + 1].endswith("genre_diversity,gini")


def test_without_beyond_there_are_no_such_values(cli: Cli, trained: Path) -> None:
    results = succeeded(cli("evaluate", "dnn", "--json", "--no-progress"))["results"]
    assert {result["beyond"] for result in results} == {None}
    assert [result["groups"] for result in results] == [[]] * len(results)


def test_a_run_is_named_as_an_argument_or_as_an_option(cli: Cli, trained: Path) -> None:
    as_argument = json.loads(cli("evaluate", "dnn", "--json").stdout)["results"]
    as_option = json.loads(cli("evaluate", "--run", "dnn", "--json").stdout)["results"]
    assert [result["metrics"] for result in as_option] == [
        result["metrics"] for result in as_argument
    ]
    none, two = cli("evaluate"), cli("evaluate", "dnn", "--run", "two-tower")
    assert (none.exit_code, two.exit_code) == (2, 2)
    assert "movierec evaluate dnn" in none.stderr
    assert "Two runs are named: dnn and two-tower." in two.stderr
