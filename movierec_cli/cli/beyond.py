"""Tables of the measures beyond accuracy, and of the metrics by group of users."""

from typing import TYPE_CHECKING, Any

from movierec_cli.cli.output import Section
from movierec_cli.cli.results import short_number
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.experiments.results import Result


def beyond_sections(results: "list[Result]", k: int) -> list[Section]:
    """Return two tables for each scenario, with a row for each model that has lists."""
    measured = [result for result in results if result.beyond]
    scenarios = list(dict.fromkeys(result.scenario for result in measured))
    sections = []
    for scenario in scenarios:
        of_scenario = [result for result in measured if result.scenario == scenario]
        is_last = scenario == scenarios[-1]
        sections += [
            Section(
                f"{scenario} beyond accuracy",
                _beyond_view(of_scenario, k, is_last),
                [{**_names(result), **(result.beyond or {})} for result in of_scenario],
            ),
            Section(
                f"{scenario} by group",
                _group_view(of_scenario, k, is_last),
                [
                    {
                        **_names(result),
                        "attribute": of.attribute,
                        "group": of.group,
                        "users": of.users,
                        "is_small": of.is_small,
                        **of.metrics,
                    }
                    for result in of_scenario
                    for of in result.groups
                ],
            ),
        ]
    return sections


def _names(result: "Result") -> dict[str, Any]:
    return {
        "model": result.model,
        "preset": result.preset,
        "run": result.run,
        "scenario": result.scenario,
    }


def _beyond_view(results: "list[Result]", k: int, has_notes: bool) -> View:
    from movierec_cli.core.evaluation.beyond import BEYOND

    short = {metric.name: metric.short(k).replace("\n", " ") for metric in BEYOND.values()}
    return View(
        title=f"{results[0].scenario}: beyond accuracy, lists of {k} films",
        columns=[
            Column("Model"),
            *(Column(metric.short(k), numeric=True) for metric in BEYOND.values()),
        ],
        rows=[
            [result.name, *(short_number((result.beyond or {}).get(name)) for name in BEYOND)]
            for result in results
        ],
        notes=[
            " ".join(f"{short[name]}: {metric.definition(k)}." for name, metric in BEYOND.items()),
            "No value is best in itself: random lists are the most novel and diverse.",
        ]
        if has_notes
        else (),
    )


def _group_view(results: "list[Result]", k: int, has_notes: bool) -> View:
    """Return a table with a column for each group; all models have the same users."""
    from movierec_cli.core.evaluation.groups import FEW_USERS
    from movierec_cli.core.evaluation.metrics import METRICS

    groups = results[0].groups
    attributes = {group.attribute for group in groups}
    return View(
        title=f"{results[0].scenario}: {METRICS['ndcg'].label(k)} by group of users",
        columns=[
            Column("Model"),
            *(
                Column(
                    f"{group.attribute}\n{group.group}\n({group.users:,}{'!' * group.is_small})",
                    numeric=True,
                )
                for group in groups
            ),
        ],
        rows=[
            [result.name, *(short_number(group.metrics["ndcg"]) for group in result.groups)]
            for result in results
        ],
        notes=[
            "In parentheses: users with a relevant film. "
            f"!: fewer than {FEW_USERS} users, so that chance decides.",
            "Activity: the number of the user's ratings, in thirds of the users.",
            *(["Gap: the time between the last two ratings."] if "gap" in attributes else ()),
        ]
        if has_notes
        else (),
    )
