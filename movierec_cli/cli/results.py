"""Results of models as `evaluate` and `compare` show them: records, marks and notes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from movierec_cli.core.experiments.results import Result

CHANCE_MARK = "~"

_SUFFIXES = {"metrics": "", "deviations": "_deviation", "p_values": "_p", "seconds": "_seconds"}


def record_of(result: "Result") -> dict[str, Any]:
    """Return a result as an object of JSON."""
    return {
        "model": result.model,
        "preset": result.preset,
        "run": result.run,
        "scenario": result.scenario,
        "users": result.users,
        "left_out": result.left_out,
        "metrics": result.metrics,
        "deviations": result.deviations,
        "p_values": result.p_values,
        "seconds": {"train": result.train_seconds, "score": result.score_seconds},
    }


def flattened(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of metrics as one row of a CSV file."""
    flat = {key: value for key, value in record.items() if key not in _SUFFIXES}
    for key, suffix in _SUFFIXES.items():
        figures = record.get(key) or {}
        flat.update({f"{name}{suffix}": figure for name, figure in figures.items()})
    return flat


def test_record() -> dict[str, Any]:
    """Return the test behind the p-values as an object of JSON."""
    from movierec_cli.core.evaluation.significance import LEVEL, RESAMPLES

    return {
        "method": "paired bootstrap over users",
        "resamples": RESAMPLES,
        "level": LEVEL,
        "correction": "holm",
    }


def is_chance(p_value: float | None) -> bool:
    """Return true if a difference from the best model may be chance."""
    from movierec_cli.core.evaluation.significance import LEVEL

    return p_value is not None and p_value > LEVEL


def chance_note() -> str:
    """Return the sentence that explains the mark."""
    from movierec_cli.core.evaluation.significance import LEVEL, RESAMPLES

    return (
        f"{CHANCE_MARK} within chance of the best: paired bootstrap over users, {RESAMPLES:,} "
        f"resamples, level {LEVEL:.0%}, Holm's correction over the models of a column."
    )


def explained(scenario: str) -> str:
    """Return a line on a scenario."""
    from movierec_cli.core.evaluation.scenarios import SCENARIOS

    return f"{scenario}: {SCENARIOS[scenario].explanation}."
