"""The table of recommendations."""

from dataclasses import replace
from typing import TYPE_CHECKING

from movierec_cli.cli.films import FilmColumns
from movierec_cli.cli.options import dataset_label
from movierec_cli.cli.output import number
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.rank import Recommendation
    from movierec_cli.core.runs.manifest import Manifest

_SHOWN = 6  # films of the user that the table names


def films_of(rated: dict[int, float], run: "LoadedRun") -> str:
    """Return the titles of the user's films with ratings, the best rated first."""
    titles = run.dataset.films.titles
    rows = sorted(rated, key=lambda row: (-rated[row], row))
    shown = [f"{titles[row]} {rated[row]:g}" for row in rows[:_SHOWN]]
    more = [f"and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
    return "; ".join(shown + more)


def recommendations_view(
    heading: str,
    manifest: "Manifest",
    films: "list[Recommendation]",
    explain: bool = False,
    notes: "Sequence[str]" = (),
) -> View:
    """Return the table of recommendations; a predicted rating takes the place of the score."""
    from movierec_cli.core.data.titles import without_year

    rates = films[0].rating is not None
    likes = films[0].like_probability is not None
    of_films = FilmColumns.of(films)
    if explain:  # 80 columns hold either genres or reasons
        of_films = replace(of_films, has_genres=False)
    columns = [
        Column("#", numeric=True),
        *of_films.columns,
        Column("Rating" if rates else "Score", numeric=True),
    ]
    columns += [Column("You'd like it", numeric=True)] if likes else []
    columns += [Column("Because you rated")] if explain else []
    rows = []
    for film in films:
        reasons = [f"{without_year(r.title)} ({r.rating:g})" for r in film.reasons]
        row = [str(film.rank), *of_films.cells(film)]
        row += [number(film.rating, 2) if rates else number(film.score, 3)]
        row += [f"{film.like_probability:.0%}"] if likes else []
        row += ["; ".join(reasons)] if explain else []
        rows.append(row)
    meaning = "Rating: predicted, in stars." if rates else "Score: the films are ranked by it."
    if likes:
        meaning += " You'd like it: probability of a rating of 4 or 5 once watched."
    return View(
        title=f"{heading}, by {manifest.name} ({dataset_label(manifest.dataset['name'])})",
        columns=columns,
        rows=rows,
        notes=[meaning, *notes],
    )
