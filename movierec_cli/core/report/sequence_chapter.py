"""Values of the chapter on sequences: the next film, by the time since the rating before."""

from collections.abc import Mapping, Sequence
from typing import Any

from movierec_cli.core.data.scenarios import NEXT, UNTIED
from movierec_cli.core.eda.layout import Grid, decimals
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.evaluate_run import evaluate_run
from movierec_cli.core.experiments.results import Result
from movierec_cli.core.report.sources import Sources

LIST = 10
"""The length of the lists, as is usual for the next film."""

_MODELS = (
    "sequence", "transitions", "ease-recency", "sequence-shuffled", "ease", "popularity", "random",
)  # fmt: skip


def measured_sequences(sources: Sources) -> list[Result]:
    """Measure the run of the sequence model and the baselines; nothing without a run."""
    if sources.sequence is None:
        return []
    results = evaluate_run(sources.sequence, sources.dataset, LIST, beyond=True)
    return sorted(
        (result for result in results if result.model in _MODELS),
        key=lambda result: _MODELS.index(result.model),
    )


def sequence_values(results: Sequence[Result]) -> dict[str, Any] | None:
    """Collect the values of the chapter from the results of `measured_sequences`."""
    if not results:
        return None
    of_next = {result.model: result for result in results if result.scenario == NEXT}
    untied = {result.model: result for result in results if result.scenario == UNTIED}
    own = of_next["sequence"]
    bands = [group for group in own.groups if group.attribute == "gap"]
    label = METRICS["hit_rate"].short(LIST)
    return {
        "users": own.users,
        "k": LIST,
        "hit_rate": {name: result.metrics["hit_rate"] for name, result in of_next.items()},
        "table": Grid(
            [
                "Model", METRICS["ndcg"].short(LIST), label, f"{label}, untied",
                *(f"{group.group} ({group.users:,})" for group in bands),
            ],
            [False, *[True] * (3 + len(bands))],
            [_row(result, untied.get(name)) for name, result in of_next.items()],
            notes=(
                f"The last columns are {label} by the time between the last two ratings, with the "
                "number of users. Untied: users whose last rating alone has its time.",
            ),
        ),
    }  # fmt: skip


def _row(result: Result, untied: Result | None) -> list[str]:
    shown = decimals(3)
    of_untied: Mapping[str, float | None] = untied.metrics if untied else {}
    return [
        result.model,
        shown(result.metrics["ndcg"]),
        shown(result.metrics["hit_rate"]),
        shown(of_untied.get("hit_rate")),
        *(shown(group.metrics["hit_rate"]) for group in result.groups if group.attribute == "gap"),
    ]
