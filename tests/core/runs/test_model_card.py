"""The card of a run says what it is, on what it was measured, and where it ends."""

from dataclasses import asdict, replace

from movierec_cli.core.runs.model_card import model_card
from tests.core.runs.test_store import MANIFEST

RESULT = {
    "scenario": "fold-in",
    "k": 25,
    "users": 24,
    "left_out": 1,
    "metrics": {
        "precision": 0.25, "recall": 0.5, "map": 0.125, "ndcg": 0.375, "hit_rate": 1.0,
        "mse": None, "rmse": None, "mae": None, "accuracy": 0.75,
    },
}  # fmt: skip


def test_the_card_has_every_figure_with_its_definition() -> None:
    card = model_card(asdict(replace(MANIFEST, evaluation=(RESULT,))))
    assert "| metric | fold-in (24 users) | definition |" in card
    assert "| ndcg@25 | 0.3750 | binary gain, log2 discount," in card
    assert "| accuracy | 0.7500 | share of ratings" in card
    assert "mse" not in card


def test_a_run_that_held_nothing_out_has_no_figures() -> None:
    assert "nothing could be measured" in model_card(asdict(replace(MANIFEST, evaluation=())))


def test_made_up_data_is_marked() -> None:
    of_films = replace(MANIFEST, dataset={**MANIFEST.dataset, "name": "ml-100k"})
    made_up = replace(MANIFEST, dataset={**MANIFEST.dataset, "name": "synthetic-120x200x5000"})
    assert "made up" not in model_card(asdict(of_films))
    assert "The data is made up" in model_card(asdict(made_up))
