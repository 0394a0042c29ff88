"""The model card states metrics with their definitions, the kept epoch, and the limits."""

from dataclasses import replace
from typing import Any

import pytest

from movierec_cli.core.runs.manifest import ScenarioRecord
from movierec_cli.core.runs.model_card import model_card
from tests.core.runs.test_store import MANIFEST

RESULT: ScenarioRecord = {
    "scenario": "fold-in",
    "k": 25,
    "users": 24,
    "left_out": 1,
    "metrics": {
        "precision": 0.25, "recall": 0.5, "map": 0.125, "ndcg": 0.375, "hit_rate": 1.0,
        "mse": None, "rmse": None, "mae": None, "accuracy": 0.75,
    },
}  # fmt: skip


def rows(card: str) -> dict[str, list[str]]:
    """Return the cells of each row of the table of metrics by the first cell."""
    lines = [line.strip("| ").split(" | ") for line in card.splitlines() if line.startswith("|")]
    return {first: rest for first, *rest in lines}


def test_the_card_has_every_metric_with_its_definition() -> None:
    table = rows(model_card(replace(MANIFEST, evaluation=(RESULT,))))
    assert table["metric"] == ["fold-in (24 users)", "definition"]
    assert table["Precision@25"] == ["0.2500", "hits / 25"]
    assert table["NDCG@25"][0] == "0.3750"
    assert table["Accuracy"][0] == "0.7500"
    assert "RMSE" not in table
    assert rows(model_card(MANIFEST)) == {}  # nothing held out


@pytest.mark.parametrize(
    ("keep", "rule"),
    [("best", "epoch 3, the best by validation accuracy"), ("last", "the last epoch, 3")],
)
def test_the_card_states_the_rule_of_the_kept_epoch(keep: str, rule: str) -> None:
    training = MANIFEST.training | {"keep": keep}  # type: ignore[operator]
    (epoch,) = MANIFEST.epochs
    third: Any = epoch | {"number": 3}
    manifest = replace(MANIFEST, training=training, epochs=(epoch, third), kept_epoch=3)
    assert rule in model_card(manifest)


def test_the_settings_of_a_part_carry_its_name() -> None:
    card = model_card(replace(MANIFEST, config={"width": 2, "like_head": {"max_age": 1.5}}))
    assert "- width: 2\n- like head, max age: 1.5\n" in card


def test_synthetic_data_is_marked() -> None:
    dataset: Any = MANIFEST.dataset | {"name": "synthetic-120x200x5000"}
    assert "synthetic:" in model_card(replace(MANIFEST, dataset=dataset))
    assert "synthetic:" not in model_card(MANIFEST)


def test_the_control_is_no_model_of_an_order() -> None:
    default, control = (
        model_card(replace(MANIFEST, model="sequence", preset=preset))
        for preset in ("default", "unordered")
    )
    assert "The order of the ratings predicts the rest of a sitting" in default
    assert "histories are shuffled" in control
    assert "The order of the ratings predicts" not in control


def test_the_card_of_a_run_without_the_later_ratings_says_from_which_day_on() -> None:
    split: Any = {"holdout": "time", "split_seed": None, "cut": "1998-03-01"}
    of_later: Any = RESULT | {"scenario": "later"}
    card = model_card(replace(MANIFEST, split=split, evaluation=(of_later,)))
    assert "- Held out: time, from 1998-03-01 on." in card
    assert "Relevant: every target, whatever its rating." in card
    assert "Relevant: rated 4 or higher." in model_card(replace(MANIFEST, evaluation=(RESULT,)))
