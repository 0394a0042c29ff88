"""Draws of a validation part out of the training part of a split, to tune hyper-parameters on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.scenarios import (
    FOLD_IN,
    LAST_HOLDOUT,
    Scenario,
    Validation,
)
from movierec_cli.core.data.splits import (
    USER_SHARE,
    Split,
    hold_out,
    make_split,
    sample_users,
    training_users,
)
from movierec_cli.core.data.time_splits import hold_out_last
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.evaluation.metrics import METRICS, Metric
from movierec_cli.core.experiments.train import reproducible
from movierec_cli.core.experiments.trainers import build_trainer
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.presets import Preset
from movierec_cli.core.models.registry import SCORERS
from movierec_cli.core.training.loop import run_training

DRAWS = 3
"""Draws that the result of hyper-parameters is the mean of."""

MONITORS: Mapping[str, Metric] = {
    "two-tower": METRICS["rmse"],
    "dnn": METRICS["ndcg"],
    "sequence": METRICS["ndcg"],
}
"""The metric that hyper-parameters of a model are chosen by."""


@dataclass(frozen=True, eq=False)
class ValidationDraws:
    """The draws for one model; each has ratings to train on, and users to measure on.

    No rating of the test part is in them.
    """

    model: str
    preset: str
    parts: tuple[tuple[Dataset, Scenario], ...]
    text_model: Path | None = None

    @classmethod
    def of(
        cls, split: Split, model: str, preset: str, text_model: Path | None = None
    ) -> "ValidationDraws":
        """Draw `DRAWS` times from the training part of a split; it must not be one by time."""
        parts = tuple(_draw(split, number) for number in range(1, DRAWS + 1))
        return cls(model, preset, parts, text_model)

    def measure(self, values: Preset, draw: int) -> float:
        """Train with these values on a draw, counted from 0; return the `MONITORS` metric.

        Raises
        ------
        DivergedError
            If training diverges.
        """
        train, scenario = self.parts[draw]
        found = evaluate(self._fit(train, values), scenario).metrics[MONITORS[self.model].name]
        return float("nan") if found is None else found

    def _fit(self, train: Dataset, values: Preset) -> Model:
        """Return a model trained with these values, as ``movierec train`` does."""
        options = values.training
        rule = Validation(options.validation, options.validation_share, options.seed)
        split = make_split(train, "none", validation=rule)
        with reproducible(options.seed):
            trainer, _ = build_trainer(split, values, text_model=self.text_model)
            run_training(trainer, options, lambda _: None)
            return SCORERS[self.model][self.preset](trainer.export())


def _draw(split: Split, seed: int) -> tuple[Dataset, Scenario]:
    """Return a fifth of the training users in fold-in; for ``last``, the last training ratings.

    Among last ratings of the same time the seed draws.
    """
    full_train = split.full_train
    if split.holdout == LAST_HOLDOUT:
        return hold_out_last(full_train, 3, seed)  # two are left: to train on, and its validation
    users = training_users(full_train)
    rows = users[sample_users(len(users), USER_SHARE, seed)]
    train, scenarios = hold_out(full_train, rows, seed)
    return train, next(scenario for scenario in scenarios if scenario.name == FOLD_IN)
