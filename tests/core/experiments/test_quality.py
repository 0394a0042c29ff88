"""How good the defaults are on real data, with a margin for noise.

`docs/benchmarks.md` has the figures. The marks are those of the strongest baselines on the same
splits.
"""

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.runs.train_spec import TrainSpec

pytestmark = pytest.mark.ml100k


def figures(dataset: Dataset, model: str, holdout: str) -> dict[str, dict[str, float]]:
    run = train_run(dataset, TrainSpec(model, holdout=holdout), lambda _: None)
    return {result["scenario"]: result["metrics"] for result in run.manifest.evaluation}


def test_dnn_ranks_at_least_as_well_as_the_best_baselines(ml100k: Dataset) -> None:
    reached = figures(ml100k, "dnn", "users")
    assert reached["fold-in"]["precision"] > 0.200  # EASE .2000, popularity .1059
    assert reached["fold-in"]["ndcg"] > 0.442  # EASE .4385, popularity .2030
    assert reached["fold-in"]["map"] > 0.262  # EASE .2576
    assert reached["cold-start"]["ndcg"] > 0.352  # ridge on demographics .3576, popularity .3366
    assert reached["cold-start"]["precision"] > 0.305
    assert reached["fold-in"]["accuracy"] > 0.70


def test_two_tower_predicts_ratings_better_than_published_models(ml100k: Dataset) -> None:
    reached = figures(ml100k, "two-tower", "u1")
    assert reached["rating"]["rmse"] < 0.8808  # published: myFM, ordered probit, with dates
    assert reached["rating"]["accuracy"] > 0.743  # reached: .7476
