"""Several profiles together in ``movierec recommend``: their queries, and the table of films."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from movierec_cli.cli.films import FilmColumns
from movierec_cli.cli.options import dataset_label
from movierec_cli.cli.output import number
from movierec_cli.cli.shortening import shorten_text
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.catalog import RankedFilm
    from movierec_cli.core.recommend.explain import Explanation
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.group import GroupRecommendation, MemberScore
    from movierec_cli.core.recommend.query import Query


@dataclass(frozen=True)
class Answer:
    """Recommended films, their table, and their rows of a CSV file."""

    films: "Sequence[RankedFilm]"
    view: View
    flattened: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class ResolvedGroup:
    """Profile -> query; ``seen`` are the rows of the films that one of them has seen."""

    queries: "dict[str, Query]"
    seen: frozenset[int]
    user_id: None = None
    popularity: None = None

    def answer(
        self, run: "LoadedRun", filters: "Filters", explain: bool, notes: Sequence[str]
    ) -> "Answer":
        """Return the films for all of them."""
        from movierec_cli.core.recommend.group import recommend_group

        films = recommend_group(run.model, run.dataset, self.queries, filters, explain)
        view = _view(run, films, explain, notes)
        return Answer(films, view, [_flattened(film) for film in films])


def resolve_group(
    profiles: Sequence[str], seen: frozenset[int], run: "LoadedRun", folder: Path
) -> ResolvedGroup:
    """Read profiles; ``seen`` are rows of further films that are seen."""
    from movierec_cli.core.recommend.profiles import load_profile
    from movierec_cli.core.recommend.query import UNKNOWN, make_query

    queries = {}
    for name in profiles:
        stored = load_profile(name, folder)
        rated = stored.film_ratings(run.dataset)
        queries[name] = make_query(run.dataset, rated, UNKNOWN.over(stored))
        seen |= stored.seen_films(run.dataset)
    return ResolvedGroup(queries, seen)


def _view(
    run: "LoadedRun", films: "list[GroupRecommendation]", explain: bool, notes: Sequence[str]
) -> View:
    """Return a table with a column for each profile, and one for its explanation."""
    of_films = replace(FilmColumns.of(films), are_optional=explain)
    names = [member.name for member in films[0].members]
    columns = [Column("#", numeric=True), *of_films.columns]
    for name in names:
        columns += [Column(name, numeric=True)]
        columns += [Column(f"Share, {name}", shorten=shorten_text, least=14)] if explain else []
    rows = []
    for film in films:
        row = [str(film.rank), *of_films.cells(film)]
        for member in film.members:
            row += [_cell(member)]
            row += [_strongest(member.explanation)] if member.explanation else []
        rows.append(row)
    likes, rates = films[0].members[0].like_probability, films[0].members[0].rating
    meaning = (
        "probability of a rating of 4 or 5 once watched"
        if likes is not None
        else "the standardized score"
        if rates is None
        else "the predicted rating, in stars"
    )
    return View(
        title=f"For {' and '.join(names)}, by {run.name} ({dataset_label(run.dataset.name)})",
        columns=columns,
        rows=rows,
        notes=[
            f"{', '.join(names)}: {meaning}. Ranked by the sum of their scores.",
            *(
                ["Share: the largest that one of their films has of their score."]
                if explain
                else []
            ),
            *notes,
        ],
    )


def _cell(member: "MemberScore") -> str:
    if member.like_probability is not None:
        return f"{100 * member.like_probability:.0f} %"
    return number(member.score if member.rating is None else member.rating, 2)


def _strongest(explanation: "Explanation") -> str:
    """Return the film of a user that has the largest share of the score."""
    from movierec_cli.core.data.titles import without_year
    from movierec_cli.core.recommend.explain import percentages

    reasons = explanation.reasons
    rest = (explanation.demographics, explanation.widely_liked)
    shares = percentages([*(reason.contribution for reason in reasons), *rest])
    if not reasons or shares[0] <= 0:
        return "widely liked"
    return f"{shares[0]} % {without_year(reasons[0].title)}"


def _flattened(film: "GroupRecommendation") -> dict[str, Any]:
    """Return a recommendation as one row of a CSV file, with columns for each user."""
    row = asdict(film)
    del row["members"]
    for member in film.members:
        values = asdict(member)
        for name in ("score", "rating", "like_probability"):
            row[f"{member.name}_{name}"] = values[name]
        if member.explanation is not None:
            reasons = member.explanation.reasons
            row[f"{member.name}_films"] = sum(reason.contribution for reason in reasons)
            row[f"{member.name}_demographics"] = member.explanation.demographics
            row[f"{member.name}_widely_liked"] = member.explanation.widely_liked
    return row
