"""The table of recommendations, and their rows for CSV."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from movierec_cli.cli.films import FilmColumns
from movierec_cli.cli.options import dataset_label
from movierec_cli.cli.output import bar, number
from movierec_cli.cli.shortening import shorten_shares
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.explain import Explanation, Reason
    from movierec_cli.core.recommend.rank import Recommendation
    from movierec_cli.core.runs.manifest import Manifest

_SHOWN = 6  # films of the user that the table names
_BAR_WIDTH = 6  # characters
_NAMED = 3  # films of the user in an explanation
_SHARES = Column("Share of the score", shorten=shorten_shares, least=48)
_LIKED = "widely liked"
_ORDER = "order of your films"
"""The rest of a sequence model's score: the part of its transformer, which is no sum over films."""


def films_of(rated: dict[int, float], run: "LoadedRun") -> str:
    """Return the titles of the user's films with ratings, the best rated first."""
    titles = run.dataset.films.titles
    rows = sorted(rated, key=lambda row: (-rated[row], row))
    shown = [f"{titles[row].strip()} {rated[row]:g}" for row in rows[:_SHOWN]]
    more = [f"and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
    return "; ".join(shown + more)


def recommendations_view(
    heading: str,
    manifest: "Manifest",
    films: "list[Recommendation]",
    notes: "Sequence[str]" = (),
) -> View:
    """Return the table of recommendations; a predicted rating takes the place of the score."""
    explains = films[0].explanation is not None
    rates = films[0].rating is not None
    likes = films[0].like_probability is not None
    best = max(film.score for film in films)
    of_films = replace(FilmColumns.of(films), are_optional=explains)
    if rates:
        value = Column("Rating", numeric=True, optional=explains)
    else:
        value = Column("Score", style="cyan", optional=explains)
    columns = [Column("#", numeric=True), *of_films.columns]
    columns += [Column("You'd\nlike it", numeric=True, optional=explains)] if likes else []
    columns += [value]
    is_ordered = (manifest.model, manifest.preset) == ("sequence", "default")
    shares = replace(_SHARES, header="Because you just rated") if is_ordered else _SHARES
    columns += [shares] if explains else []
    rows = []
    for film in films:
        row = [str(film.rank), *of_films.cells(film)]
        row += [f"{100 * (film.like_probability or 0):.0f} %"] if likes else []
        row += [number(film.rating, 2) if rates else bar(_share(film.score, best), _BAR_WIDTH)]
        if film.explanation:
            row += [explained(film.explanation, _ORDER if is_ordered else _LIKED)]
        rows.append(row)
    meaning = ["You'd like it: probability of a rating of 4 or 5 once watched."] if likes else []
    meaning += [
        "Rating: predicted, in stars." if rates else "Score: relative to the best of the list."
    ]
    if explains:
        meaning = ["Share: of all that raises the score; a share below 0 lowers it."]
    return View(
        title=f"{heading}, by {manifest.name} ({dataset_label(manifest.dataset['name'])})",
        columns=columns,
        rows=rows,
        notes=[*meaning, *notes],
    )


def _share(score: float, best: float) -> float:
    """Return the score relative to the best, 0 to 1.

    The average film scores 0. A list of lesser films has the inverse ratio: -1 is half of -0.5.
    """
    if best > 0:
        return max(score, 0.0) / best
    return best / score if score < best else 1.0


def explained(explanation: "Explanation", rest: str = _LIKED) -> str:
    """Return the shares of the films that changed the score most, then of all else.

    They add up to 100 % without those below 0, which come last. ``rest`` names what is left of the
    score.
    """
    from movierec_cli.core.data.titles import without_year
    from movierec_cli.core.recommend.explain import percentages

    named, others = _strongest(explanation)
    terms = [
        *((without_year(reason.title), reason.contribution) for reason in named),
        ("other films", sum(reason.contribution for reason in others)),
        ("demographics", explanation.demographics),
        (rest, explanation.widely_liked),
    ]
    shares = percentages([contribution for _, contribution in terms])
    shown = [(share, name) for share, (name, _) in zip(shares, terms, strict=True) if share]
    shown.sort(key=lambda entry: entry[0] < 0)
    return "; ".join(f"{share} % {name}" for share, name in shown)


def _strongest(explanation: "Explanation") -> "tuple[list[Reason], list[Reason]]":
    """Return the films that changed the score most, the highest term first, and the others."""
    ordered = sorted(explanation.reasons, key=lambda reason: -abs(reason.contribution))
    named = sorted(ordered[:_NAMED], key=lambda reason: -reason.contribution)
    return named, ordered[_NAMED:]


def flattened(film: "Recommendation") -> dict[str, Any]:
    """Return a recommendation as one row of a CSV file, with the terms of its score in columns."""
    row = asdict(film)
    del row["explanation"]
    if film.explanation is None:
        return row
    named, others = _strongest(film.explanation)
    for at in range(_NAMED):
        of_film = asdict(named[at]) if at < len(named) else {}
        for name in ("film_id", "title", "rating", "contribution"):
            row[f"reason_{at + 1}_{name}"] = of_film.get(name)
    row["other_reasons"] = sum(reason.contribution for reason in others)
    row["demographics"] = film.explanation.demographics
    row["widely_liked"] = film.explanation.widely_liked
    return row
