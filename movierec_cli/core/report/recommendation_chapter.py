"""The chapter with recommendations for some held-out users, beside what they really liked."""

import numpy as np

from movierec_cli.core.data.dataset import RELEVANT_RATING, Dataset, Histories
from movierec_cli.core.data.splits import FOLD_IN, Scenario
from movierec_cli.core.errors import DataError
from movierec_cli.core.models.presets import MODELS
from movierec_cli.core.recommend.query import Query
from movierec_cli.core.recommend.rank import Recommendation, recommend
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Column,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.material import Kind, Material
from movierec_cli.core.report.model_chapter import missing_blocks
from movierec_cli.core.report.wording import capital, count, decimal, listed, percent
from movierec_cli.core.runs.store import Run

_PREFERRED: tuple[Kind, ...] = (
    ("dnn", "default"),
    ("two-tower", "default"),
    ("dnn", "original"),
    ("two-tower", "original"),
)
_QUARTERS = (0.25, 0.5, 0.75)  # of the users by the length of their history
_FAVORITES = 4


def recommendation_chapter(material: Material) -> Chapter:
    """Recommend to three held-out users of whom four fifths of the ratings are known."""
    title = "Recommendations"
    kind = next((kind for kind in _PREFERRED if kind in material.runs), None)
    scenario = next(s for s in material.split.scenarios if s.name == FOLD_IN)
    if kind is None:
        return Chapter(title, missing_blocks((MODELS[-1], "default"), material.dataset))
    run = material.runs[kind]
    text = (
        f"These lists are by the run {run.manifest.name}. The users were held out in training; the "
        "run is told four fifths of their ratings, and what it then recommends stands beside what "
        "they gave in the other fifth. They were not picked by hand: by the length of the known "
        "history, one is a quarter, one half and one three quarters of the way through them. A "
        "film that was not rated may still be a hit: perhaps it was never seen."
    )
    rows = _chosen(scenario)
    sections = [_section(material.dataset, run, scenario, row) for row in rows]
    return Chapter(title, [Paragraph(text)], sections)


def _chosen(scenario: Scenario) -> list[int]:
    """Return users at the quarters by length of history; of equal lengths the first."""
    order = np.argsort(scenario.histories.counts, kind="stable")
    last = len(order) - 1
    return list(dict.fromkeys(int(order[round(quarter * last)]) for quarter in _QUARTERS))


def _section(dataset: Dataset, run: Run, scenario: Scenario, row: int) -> Section:
    rows = np.array([row])
    known, hidden = scenario.histories.take(rows), scenario.targets.take(rows)
    person = Query(known, scenario.users.take(rows))
    title = f"User {int(person.users.ids[0])}"
    about = Paragraph(_about(dataset, person))
    try:
        films = recommend(run.model, dataset, person)
    except DataError as error:
        return Section(title, [about, Note("warning", error.message)])
    given = _given(dataset, hidden)
    blocks: list[Block] = [
        about,
        Paragraph(hits_sentence(films, given)),
        _table(title, films, given),
    ]
    return Section(title, blocks)


def _about(dataset: Dataset, person: Query) -> str:
    users, history = person.users, person.history
    facts = []
    if users.occupation[0] >= 0:
        facts.append(dataset.occupations[int(users.occupation[0])])
    if not np.isnan(users.age[0]):
        facts.append(f"{int(users.age[0])} years old")
    best = np.argsort(-history.ratings, kind="stable")[:_FAVORITES]
    titles = [str(dataset.films.titles[history.film_rows[at]]) for at in best]
    who = f"{capital(', '.join(facts))}. " if facts else ""
    return (
        f"{who}{count(len(history.film_rows), 'known rating')} with a mean of "
        f"{decimal(float(np.mean(history.ratings)), 1)}. Among the best rated: {listed(titles)}."
    )


def _given(dataset: Dataset, hidden: Histories) -> dict[int, float]:
    ids = dataset.films.ids[hidden.film_rows].tolist()
    return dict(zip(ids, hidden.ratings.tolist(), strict=True))


def hits_sentence(films: list[Recommendation], given: dict[int, float]) -> str:
    """Say how many of the recommended films the user is known to have liked.

    Parameters
    ----------
    given
        The hidden ratings, by film id.
    """
    liked = sum(rating >= RELEVANT_RATING for rating in given.values())
    rated = [given[film.film_id] for film in films if film.film_id in given]
    hits = sum(rating >= RELEVANT_RATING for rating in rated)
    return (
        f"The hidden fifth has {count(liked, 'film')} rated 4 or higher; {hits} of these are among "
        f"the {len(films)} below, and {len(rated)} of the {len(films)} were rated there at all."
    )


def _table(title: str, films: list[Recommendation], given: dict[int, float]) -> Table:
    with_rating = films[0].rating is not None
    with_liking = films[0].like_probability is not None
    columns = [Column("#", numeric=True), Column("Film"), Column("Genres")]
    columns += [Column("Predicted rating", numeric=True)] * with_rating
    columns += [Column("Likely to like", numeric=True)] * with_liking
    columns.append(Column("Really gave", numeric=True))
    rows, strong = [], set()
    for at, film in enumerate(films):
        row = [str(film.rank), film.title, ", ".join(film.genres)]
        row += [decimal(film.rating, 1)] * with_rating
        if with_liking:
            row.append(percent(film.like_probability or 0.0, 0))
        gave = given.get(film.film_id)
        row.append("–" if gave is None else f"{gave:g}")
        if gave is not None and gave >= RELEVANT_RATING:
            strong |= {(at, 1), (at, len(columns) - 1)}
        rows.append(row)
    notes = ["Bold: rated 4 or higher. A dash: not rated in the hidden fifth."]
    return Table(f"Recommended to {title.lower()}.", columns, rows, frozenset(strong), notes)
