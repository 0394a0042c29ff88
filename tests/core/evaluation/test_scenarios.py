"""Every scenario has a sentence, and the metrics of its table."""

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.scenarios import RATING
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.evaluation.scenarios import SCENARIOS


def test_every_scenario_of_a_split_is_explained(small: Dataset) -> None:
    assert {scenario.name for scenario in make_split(small).scenarios} | {RATING} <= set(SCENARIOS)
    for label in SCENARIOS.values():
        assert set(label.columns) <= set(METRICS)
        assert not label.explanation.endswith(".")
