"""Results of models as `evaluate` and `compare` show them: records, marks and notes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from movierec_cli.cli.output import number

if TYPE_CHECKING:
    from movierec_cli.core.experiments.results import Result

CHANCE_MARK = "~"

_SUFFIXES = {"metrics": "", "deviations": "_deviation", "p_values": "_p", "seconds": "_seconds"}
_TABLES_OF_THEIR_OWN = {"beyond", "groups"}


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
        "beyond": result.beyond,
        "groups": [
            {
                "attribute": of.attribute,
                "group": of.group,
                "users": of.users,
                "is_small": of.is_small,
                "metrics": of.metrics,
            }
            for of in result.groups
        ],
    }


def flattened(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of metrics as one row of a CSV file."""
    nested = _SUFFIXES.keys() | _TABLES_OF_THEIR_OWN
    flat = {key: value for key, value in record.items() if key not in nested}
    for key, suffix in _SUFFIXES.items():
        figures = record.get(key) or {}
        flat.update({f"{name}{suffix}": figure for name, figure in figures.items()})
    return flat


def short_number(value: float | None) -> str:
    """Write a figure in four characters, so that a scenario is one table in 80 columns."""
    return number(value, 3).removeprefix("0") if value is None or value < 1 else number(value, 2)


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
        f"resamples, level {100 * LEVEL:g} %, Holm's correction for the number of models."
    )


def explained(scenario: str) -> str:
    """Return a line on a scenario."""
    from movierec_cli.core.evaluation.scenarios import SCENARIOS

    return f"{scenario}: {SCENARIOS[scenario].explanation}."
