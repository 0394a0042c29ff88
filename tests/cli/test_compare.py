"""``movierec compare`` measures all models side by side and trains only the missing ones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from movierec_cli.cli.compare import _cells, _view
from movierec_cli.cli.tables import laid_out
from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments import resume, reuse
from movierec_cli.core.experiments import train as pipeline
from movierec_cli.core.experiments.compare import Comparison
from movierec_cli.core.experiments.results import Result
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.runs.train_spec import TrainSpec
from tests.bare_data import stripped
from tests.cli.conftest import Cli
from tests.conftest import SMALL

NAMES = [*BASELINES, "two-tower default", "two-tower original", "dnn default", "dnn original"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit every preset to two epochs."""
    resolve = pipeline.TrainSpec.resolve

    def short(spec: pipeline.TrainSpec) -> object:
        preset = resolve(spec)
        options = pipeline.replace(preset.training, epochs=2)
        return pipeline.replace(preset, training=options)

    monkeypatch.setattr(pipeline.TrainSpec, "resolve", short)


def test_missing_models_are_trained_once_and_then_used_again(
    cli: Cli, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cli("compare", "--dataset", SMALL, "--json")
    assert first.exit_code == 0
    assert "Training dnn original: epoch 2" in first.stderr
    results = json.loads(first.stdout)["results"]
    for scenario in ("cold-start", "fold-in"):
        of_scenario = [result for result in results if result["scenario"] == scenario]
        assert [
            r["model"] if r["preset"] == "baseline" else f"{r['model']} {r['preset']}"
            for r in of_scenario
        ] == NAMES
    by_name = {(r["model"], r["preset"], r["scenario"]): r["metrics"] for r in results}
    assert by_name["popularity", "baseline", "fold-in"]["mse"] is None
    assert by_name["film-mean", "baseline", "fold-in"]["mse"] > 0

    def no_training(*_: object) -> None:
        raise AssertionError("a run that fits was trained again")

    monkeypatch.setattr(resume, "train_run", no_training)
    again = json.loads(cli("compare", "--dataset", SMALL, "--json").stdout)["results"]
    assert [r["metrics"] for r in again] == [r["metrics"] for r in results]

    table = cli("compare", "--dataset", SMALL).stdout
    for text in ("NDCG", "made-up data", "split seed 705", "*", "~ within chance of the best"):
        assert text in table
    assert "fold-in: 80 % of the ratings of a held-out user are known" in table
    rows = [line for line in table.splitlines() if line[:1] in "┏┃│└"]
    assert sum("popularity" in line for line in rows) == 2
    assert "published" not in table  # the report's figures are not for made-up data
    lines = cli("compare", "--dataset", SMALL, "--format", "csv").stdout.splitlines()
    assert {line for line in lines if line.startswith("#")} == {"# cold-start", "# fold-in"}
    assert lines[1].startswith("model,preset,run,scenario,users,left_out,precision,")
    assert ",ndcg_p," in lines[1]
    assert {line.count(",") for line in lines if line and "#" not in line} == {lines[1].count(",")}
    assert lines[1].endswith(",train_seconds,score_seconds")


def test_without_demographics_the_tables_say_what_that_means(
    cli: Cli, quick: None, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = stripped(small)
    monkeypatch.setattr(registry, "load_dataset", lambda *_: bare)
    monkeypatch.setattr(Comparison, "specs", lambda _: [TrainSpec("two-tower", "original")])
    table = cli("compare", "--dataset", SMALL).stdout
    cold_start, fold_in = table.split("fold-in (")
    assert "every user gets the same list, but from random" in cold_start
    assert "every user gets the same list" not in fold_in
    assert all(
        "demographic-ridge, which needs demographics." in part for part in (cold_start, fold_in)
    )
    results = json.loads(cli("compare", "--dataset", SMALL, "--json").stdout)["results"]
    assert "demographic-ridge" not in {result["model"] for result in results}
    assert len({result["model"] for result in results}) == len(BASELINES) - 1 + 1

    run = f"two-tower-original-{SMALL}"
    measured = cli("evaluate", run)
    assert measured.exit_code == 0
    assert "No demographics: in cold-start every user gets the same list." in measured.stdout


def test_with_demographics_nothing_is_left_out(cli: Cli, trained: Path) -> None:
    measured = cli("evaluate", "two-tower")
    assert measured.exit_code == 0
    assert "No demographics" not in measured.stdout


def test_several_split_seeds_give_means_and_deviations(cli: Cli, quick: None) -> None:
    result = cli("compare", "--dataset", SMALL, "--seeds", "2", "--split-seed", "1", "--json")
    content = json.loads(result.stdout)
    assert content["split_seeds"] == [1, 2]
    ease = next(r for r in content["results"] if (r["model"], r["scenario"]) == ("ease", "fold-in"))
    assert ease["deviations"]["ndcg"] > 0
    assert ease["deviations"]["mse"] is None


def test_a_difference_within_chance_is_marked() -> None:
    best, near, far, other = (
        Result(
            name,
            "baseline",
            "fold-in",
            {"ndcg": ndcg, "rmse": None},
            users=99,
            p_values={"ndcg": p, "rmse": None},
        )
        for name, ndcg, p in (
            ("ease", 0.4389, None),
            ("knn", 0.4312, 0.2),
            ("bias", 0.1, 0.001),
            ("none", None, None),
        )
    )
    ndcg, rmse = METRICS["ndcg"], METRICS["rmse"]
    assert _cells(ndcg, [best, near, far, other]) == [".439*", ".431~", ".100 ", "– "]
    assert _cells(rmse, [best, near, far, other]) == ["– "] * 4
    published = replace(far, preset="published", users=None, metrics={"ndcg": 0.9})
    assert _cells(ndcg, [best, published])[0] == ".439*"  # measured otherwise, so never the best
    spread = replace(best, deviations={"ndcg": 0.0099})
    assert _cells(ndcg, [spread]) == [".439*\n±.010 "]


def test_a_scenario_is_one_table_in_80_columns_and_has_more_where_there_is_room() -> None:
    metrics = dict.fromkeys(METRICS, 1.0153)
    results = [
        Result(model, preset, "fold-in", metrics, users=9, train_seconds=12.5, score_seconds=0.25)
        for model, preset in (("two-tower", "published"), ("demographic-ridge", "baseline"))
    ]
    view = _view("fold-in", results, 25, [])

    def headers(width: int) -> list[str]:
        (table,) = laid_out(view, width)
        return [str(column.header) for column in table.columns]

    narrow = ["Model", "NDCG\n@25", "MAP\n@25", "P\n@25", "R\n@25", "Hit\n@25", "RMSE", "Acc."]
    assert headers(80) == narrow
    assert headers(140) == [*narrow, "MRR", "MSE", "MAE", "Train\ns", "Score\ns"]


def test_a_long_comparison_is_announced(
    cli: Cli, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reuse, "expected_seconds", lambda *_: 30.0)
    first, second = (cli("compare", "--dataset", SMALL).stderr for _ in range(2))
    assert "4 models have to be trained: about 2 minutes" in first
    assert "have to be trained" not in second


def test_the_models_are_chosen(cli: Cli, quick: None) -> None:
    chosen = ("--model", "dnn-original", "--dataset", SMALL)
    found = json.loads(cli("compare", *chosen, "--json").stdout)["results"]
    trained = [result for result in found if result["preset"] != "baseline"]
    assert {(r["model"], r["preset"]) for r in trained} == {("dnn", "original")}
    refused = cli("compare", *chosen, "--model", "svd")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "no model 'svd' to compare" in refused.stderr
    assert "two-tower-original" in refused.stderr


def test_a_fold_has_no_seeds_and_none_leaves_nothing(cli: Cli) -> None:
    fold = cli("compare", "--dataset", SMALL, "--holdout", "u1", "--seeds", "2")
    assert (fold.exit_code, fold.stdout) == (2, "")
    assert "--seeds" in fold.stderr
    nothing = cli("compare", "--dataset", SMALL, "--holdout", "none")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
