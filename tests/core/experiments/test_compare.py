"""Comparisons reuse the runs of their specifications and average over split seeds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.compare import (
    Comparison,
    baselines,
    compare,
    published,
    remarks,
)
from movierec_cli.core.experiments.results import Result
from movierec_cli.core.experiments.resume import train_and_save
from movierec_cli.core.experiments.reuse import (
    ensure_run,
    epoch_units,
    expected_seconds,
    missing_trainings,
)
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.models.ordered_baselines import LATER_BASELINES, ORDERED_BASELINES
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.bare_data import stripped
from tests.helpers import RecordedProgress, make_films

QUICK = TrainSpec("two-tower", "original", overrides=Overrides(epochs=2))


@pytest.fixture
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare one quick model with the baselines."""

    def specs(comparison: Comparison) -> list[TrainSpec]:
        return [replace(QUICK, split_seed=seed) for seed in comparison.split_seeds]

    monkeypatch.setattr(Comparison, "specs", specs)


def test_results_are_means_and_deviations_over_the_split_seeds(
    one_model: None, small: Dataset, tmp_path: Path
) -> None:
    progress = RecordedProgress()

    def compared(*seeds: int) -> dict[tuple[str, str], Any]:
        results = compare(small, Comparison("users", seeds, 10), tmp_path, progress)
        return {(result.model, result.scenario): result for result in results}

    both, first, second = compared(1, 2), compared(1), compared(2)
    assert len(both) == 2 * (len(BASELINES) + 1)
    for key, result in both.items():
        a, b = first[key].metrics["ndcg"], second[key].metrics["ndcg"]
        assert result.metrics["ndcg"] == pytest.approx((a + b) / 2)
        assert result.deviations["ndcg"] == pytest.approx(abs(a - b) / 2**0.5)
        assert first[key].deviations is None
        assert set(result.metrics) == set(result.p_values) == set(METRICS)
    fold_in = {name: result for (name, scenario), result in both.items() if scenario == "fold-in"}
    best = max(fold_in.values(), key=lambda result: result.metrics["ndcg"])
    assert best.p_values["ndcg"] is None  # every other model is tested against it
    assert fold_in["random"].p_values["ndcg"] < 0.01
    popularity = both["popularity", "fold-in"]
    assert (popularity.run, popularity.metrics["mse"]) == (None, None)
    assert both["two-tower", "fold-in"].run == f"two-tower-original-{small.name}-split2"
    (_, _, total), *_ = progress.of("start")
    assert total == 2 * (len(BASELINES) + 2)
    assert sum(amount for _, amount in progress.of("advance")) == 2 * total


def test_measures_beyond_accuracy_are_means_over_the_split_seeds(
    one_model: None, small: Dataset, tmp_path: Path
) -> None:
    def compared(*seeds: int) -> dict[tuple[str, str], Result]:
        comparison = Comparison("users", seeds, 10, beyond=True)
        results = compare(small, comparison, tmp_path, RecordedProgress())
        return {(result.model, result.scenario): result for result in results}

    both, first, second = compared(1, 2), compared(1), compared(2)
    for key, result in both.items():
        assert result.beyond is not None
        for name, value in result.beyond.items():
            a, b = (other[key].beyond or {} for other in (first, second))
            assert value == pytest.approx((a[name] + b[name]) / 2)
        users = {of.group: of.users for of in result.groups if of.attribute == "gender"}
        assert sum(users.values()) <= 48  # 24 users a split, of which some are in both
    random, popular = (both[name, "fold-in"].beyond or {} for name in ("random", "popularity"))
    assert random["coverage"] > popular["coverage"]
    assert random["novelty"] > popular["novelty"]
    assert random["gini"] < popular["gini"]


def test_without_demographics_no_baseline_needs_them(
    one_model: None, small: Dataset, tmp_path: Path
) -> None:
    bare = stripped(small)
    assert list(baselines(small)) == list(BASELINES)
    assert set(BASELINES) - set(baselines(bare)) == {"demographic-ridge"}
    progress = RecordedProgress()
    results = compare(bare, Comparison("users", [1], 10), tmp_path, progress)
    assert {result.model for result in results} == {*baselines(bare), "two-tower"}
    (_, _, total), *_ = progress.of("start")
    assert sum(amount for _, amount in progress.of("advance")) == total
    known = [value for result in results for value in result.metrics.values() if value is not None]
    assert np.isfinite(known).all()
    assert remarks(small, "cold-start") == remarks(small, "fold-in") == []
    same, left_out = remarks(bare, "cold-start")
    assert "every user gets the same list" in same
    assert "demographic-ridge" in left_out
    assert remarks(bare, "fold-in") == [left_out]


def test_without_demographics_every_user_of_the_cold_start_gets_the_same_list(
    small: Dataset, tmp_path: Path
) -> None:
    bare = stripped(small)
    scenario = make_split(bare).scenarios[0]
    run = train_and_save(bare, QUICK, tmp_path, lambda _: None)
    models = {name: fit(bare) for name, fit in baselines(bare).items() if name != "random"}
    for model in (run.model, *models.values()):
        scores = model.score(scenario.histories, scenario.users).score
        np.testing.assert_allclose(scores, np.tile(scores[:1], (len(scores), 1)), rtol=1e-5)


def test_a_matrix_of_all_pairs_of_films_has_a_bound(small: Dataset) -> None:
    n_films = 12_001
    large = replace(small, films=make_films(["A"] * n_films))
    left_out = {"ease-recency", "transitions"}
    assert set(baselines(small, "last")) - set(baselines(large, "last")) == left_out
    (remark,) = remarks(large, "next")
    assert "12,001 x 12,001 films" in remark
    assert remark.startswith("Left out: ease-recency, transitions:")
    assert set(baselines(large)) == set(BASELINES)
    assert remarks(large, "fold-in") == []


def test_the_published_figures_are_those_of_the_same_question(small: Dataset) -> None:
    usual = Comparison("users", [705], 25)
    films = replace(small, name="ml-100k")
    assert {(r.model, r.scenario) for r in published(films, usual)} == {
        ("two-tower", "cold-start"),
        ("dnn", "cold-start"),
    }
    assert all(result.deviations is None for result in published(films, usual))
    several = published(films, replace(usual, split_seeds=[705, 706]))
    assert all(set(result.deviations or ()) == set(METRICS) for result in several)
    assert published(small, usual) == []
    assert published(films, replace(usual, k=10)) == []


def test_only_the_run_of_the_same_specification_is_used_again(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing_trainings([QUICK], small, tmp_path) == [QUICK]
    run = train_and_save(small, QUICK, tmp_path, lambda _: None)
    assert missing_trainings([QUICK], small, tmp_path) == []
    others = [
        replace(QUICK, seed=1),
        replace(QUICK, overrides=Overrides(epochs=3)),
        replace(QUICK, split_seed=1),
    ]
    assert missing_trainings(others, small, tmp_path) == others
    changed = replace(small, ratings=small.ratings.take(slice(0, 4999)))  # type: ignore[arg-type]
    assert missing_trainings([QUICK], changed, tmp_path) == [QUICK]
    progress = RecordedProgress()
    again = ensure_run(small, QUICK, tmp_path, progress)
    assert again.manifest == run.manifest
    assert progress.calls == [("advance", epoch_units(QUICK))]
    (weights,) = tmp_path.glob("*/weights-*.safetensors")
    weights.write_bytes(b"")
    again = ensure_run(small, QUICK, tmp_path, progress)
    assert again.manifest.metrics == run.manifest.metrics
    assert [amount for _, amount in progress.of("advance")] == [2, 1, 1, 0]


def test_the_units_and_the_duration_of_a_training(small: Dataset) -> None:
    assert epoch_units(TrainSpec("two-tower")) == 6 + 4  # gradient epochs, sampling epochs
    assert epoch_units(QUICK) == 2
    assert expected_seconds(QUICK, small) == pytest.approx(50 * 5_000 / 100_000)
    # 120 users and 200 films
    of_rows = 1.5 * 320 / 1_000
    assert expected_seconds(TrainSpec("two-tower"), small) == pytest.approx(4 / 20 + of_rows)
    larger = replace(small, films=make_films(["A"] * 10_000))
    assert expected_seconds(TrainSpec("dnn"), larger) == pytest.approx(1.8 / 20 + 0.7 * 10.12)


def names(holdout: str, *models: str) -> list[str]:
    """Return the names of the compared models."""
    specs = Comparison(holdout, [1], 10, models=models).specs()
    return [f"{spec.model}-{spec.preset}".removesuffix("-default") for spec in specs]


def test_the_sequence_model_takes_part_where_the_order_is_asked_for() -> None:
    ordered = ["two-tower", "dnn", "sequence", "sequence-unordered"]
    assert names("last") == names("time") == ordered
    of_users = ["two-tower", "two-tower-original", "dnn", "dnn-original"]
    assert names("users") == names("u1") == of_users


def test_the_compared_models_can_be_chosen() -> None:
    assert names("last", "dnn-original", "two-tower") == ["two-tower", "dnn-original"]
    assert names("users", "sequence") == ["sequence"]
    with pytest.raises(UsageError, match="no model 'dnn-default' to compare") as caught:
        names("users", "dnn", "dnn-default")
    assert "There are: two-tower, two-tower-original, dnn," in caught.value.hint


@pytest.mark.parametrize(
    ("holdout", "scenarios", "of_order"),
    [
        ("last", ["next", "next-untied"], set(ORDERED_BASELINES)),
        ("time", ["later"], set(LATER_BASELINES)),
    ],
)
def test_the_holdouts_in_time_have_baselines_that_know_it(
    holdout: str,
    scenarios: list[str],
    of_order: set[str],
    small: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def specs(comparison: Comparison) -> list[TrainSpec]:
        quick = Overrides(epochs=1)
        return [TrainSpec("sequence", "default", comparison.holdout, overrides=quick)]

    monkeypatch.setattr(Comparison, "specs", specs)
    times = np.random.default_rng(0).permutation(small.ratings.timestamps)
    dated = small.with_ratings(replace(small.ratings, timestamps=times))
    comparison = Comparison(holdout, [705], 10)
    found = compare(dated, comparison, tmp_path, RecordedProgress())
    assert list(dict.fromkeys(result.scenario for result in found)) == scenarios
    of_first = {result.model for result in found if result.scenario == scenarios[0]}
    assert of_first == {*BASELINES, *of_order, "sequence", "sequence-shuffled"}
