"""Who asks: from the options of ``recommend``, a profile, a file, or a short interview."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.query import Answers

_SHOWN = 6  # films of the person that the table names


@dataclass(frozen=True)
class Told:
    """What the options say of the person who asks; `None` and empty where they say nothing."""

    user: int | None = None
    like: tuple[str, ...] = ()
    dislike: tuple[str, ...] = ()
    rate: tuple[str, ...] = ()
    ratings: Path | None = None
    profile: str | None = None
    age: int | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None

    @property
    def of_somebody_new(self) -> bool:
        """Whether anything is told that makes up a person who is not in the data."""
        told = (getattr(self, field.name) for field in fields(self) if field.name != "user")
        return any(value not in (None, ()) for value in told)


def known_answers(told: Told, run: "LoadedRun", profiles: Path) -> "Answers":
    """Return what a profile, a file and the options tell together; the options win.

    Raises
    ------
    UsageError
        If it makes no sense; a user of the data set together with it makes none.
    """
    from movierec_cli.core.recommend.profiles import load_profile
    from movierec_cli.core.recommend.query import Answers, name_films
    from movierec_cli.core.recommend.ratings_file import read_ratings

    if told.user is not None:
        raise UsageError(
            "--user asks for a user of the data set; the other options describe somebody else.",
            "Give --user alone, or leave it out.",
        )
    dataset = run.dataset.name
    known = load_profile(told.profile, profiles) if told.profile else Answers(dataset)
    if known.dataset != dataset:
        raise UsageError(
            f"The profile {told.profile!r} is about the films of {known.dataset}, not of "
            f"{dataset}.",
            f"Choose a run that was trained on {known.dataset}: --run NAME",
        )
    listed = read_ratings(told.ratings, run.titles) if told.ratings else {}
    opinions = _opinions(told)
    named = name_films(run.titles, opinions) if opinions else {}
    return replace(
        known,
        ratings={**known.ratings, **listed, **named},
        age=known.age if told.age is None else told.age,
        gender=told.gender or known.gender,
        occupation=told.occupation or known.occupation,
        zip_code=told.zip_code or known.zip_code,
    )


def films_of(answers: "Answers", run: "LoadedRun") -> str:
    """Name the films of a person as they were understood, the best rated first."""
    films = run.dataset.films
    titles = dict(zip(films.ids.tolist(), films.titles.tolist(), strict=True))
    ranked = sorted(answers.ratings.items(), key=lambda item: -item[1])
    shown = [f"{titles.get(film_id, film_id)} {rating:g}" for film_id, rating in ranked[:_SHOWN]]
    more = len(ranked) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _opinions(told: Told) -> list[tuple[str | int, float]]:
    """Return what --like, --dislike and --rate say."""
    from movierec_cli.core.recommend.query import DISLIKED, LIKED

    return [
        *((title, LIKED) for title in told.like),
        *((title, DISLIKED) for title in told.dislike),
        *(_parse_rate(text) for text in told.rate),
    ]


def _parse_rate(text: str) -> tuple[str, float]:
    title, _, value = text.rpartition("=")
    try:
        rating: float | None = float(value)
    except ValueError:
        rating = None
    if not title or rating is None:
        raise UsageError(f"{text!r} is not a title and a rating.", 'For example: --rate "Fargo=4"')
    return title, rating
