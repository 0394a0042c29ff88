"""``movierec compare`` sets everything side by side and trains only what is missing."""

import json

import pytest

from movierec_cli.core.evaluation import metrics
from movierec_cli.core.experiments import train as pipeline
from movierec_cli.core.models.baselines import BASELINES
from tests.cli.conftest import Cli
from tests.conftest import SMALL

NAMES = [*BASELINES, "two-tower default", "two-tower original", "dnn default", "dnn original"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every preset train two epochs only; what is compared is not the point here."""
    resolve = pipeline.TrainSpec.resolve

    def short(request: pipeline.TrainSpec) -> object:
        preset = resolve(request)
        options = pipeline.replace(preset.training, epochs=2)
        return pipeline.replace(preset, training=options)

    monkeypatch.setattr(pipeline.TrainSpec, "resolve", short)


def test_everything_is_compared_once_and_then_used_again(
    cli: Cli, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cli("compare", "--dataset", SMALL, "--json")
    assert first.exit_code == 0
    content = json.loads(first.stdout)
    assert {key: content[key] for key in ("schema", "dataset", "holdout", "split_seed", "k")} == {
        "schema": 1,
        "dataset": SMALL,
        "holdout": "users",
        "split_seed": 705,
        "k": 25,
    }
    for scenario in ("cold-start", "fold-in"):
        of_scenario = [r for r in content["results"] if r["scenario"] == scenario]
        names = [
            r["model"] if r["preset"] == "baseline" else f"{r['model']} {r['preset']}"
            for r in of_scenario
        ]
        assert names == NAMES
        assert all(set(r["metrics"]) == set(metrics.ALL) for r in of_scenario)
        assert all(r["seconds"]["train"] >= 0 for r in of_scenario)
    by_name = {(r["model"], r["preset"], r["scenario"]): r for r in content["results"]}
    assert by_name["popularity", "baseline", "fold-in"]["metrics"]["mse"] is None
    assert by_name["film-mean", "baseline", "fold-in"]["metrics"]["mse"] > 0

    def no_training(*_: object) -> None:
        raise AssertionError("a run that fits was trained again")

    monkeypatch.setattr(pipeline, "train_run", no_training)
    again = json.loads(cli("compare", "--dataset", SMALL, "--json").stdout)
    assert [r["metrics"] for r in again["results"]] == [r["metrics"] for r in content["results"]]

    table = cli("compare", "--dataset", SMALL)
    assert "ndcg" in table.stdout.lower()
    assert "made-up data" in table.stdout
    assert "*" in table.stdout
    assert "published" not in table.stdout  # the report says nothing about made-up data


def test_several_split_seeds_give_means_and_deviations(cli: Cli, quick: None) -> None:
    result = cli("compare", "--dataset", SMALL, "--seeds", "2", "--split-seed", "1", "--json")
    content = json.loads(result.stdout)
    assert content["split_seeds"] == [1, 2]
    ease = next(r for r in content["results"] if (r["model"], r["scenario"]) == ("ease", "fold-in"))
    assert ease["deviations"]["ndcg"] > 0
    assert ease["deviations"]["mse"] is None


def test_a_fold_has_no_seeds_and_none_leaves_nothing(cli: Cli) -> None:
    fold = cli("compare", "--dataset", SMALL, "--holdout", "u1", "--seeds", "2")
    assert (fold.exit_code, fold.stdout) == (2, "")
    assert "always the same" in fold.stderr
    nothing = cli("compare", "--dataset", SMALL, "--holdout", "none")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
