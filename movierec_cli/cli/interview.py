"""The interview of ``movierec recommend``: a few questions to a new user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from movierec_cli.cli.ask_title import ask, ask_again, at_terminal
from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.catalog import RankedFilm

_UNDO, _ENOUGH = "u", "q"
_POPULARITY = {"w": 0.5, "o": -0.5, "": 0.0}
"""Answer -> the popularity of `Filters`."""
_FEWEST_QUESTIONS = 4  # after many favorites; a screen of 24 lines holds them all


@dataclass(frozen=True)
class Answers:
    """The answers of a new user: film row -> rating, and the popularity of `Filters`."""

    ratings: dict[int, float]
    popularity: float


def require_terminal() -> None:
    """Raise a `UsageError` if input or stderr is no terminal."""
    if not at_terminal():
        raise UsageError(
            "No user is named to recommend to.",
            "Try: movierec recommend --user 42, or: movierec recommend --like Fargo",
        )


def interview(run: "LoadedRun") -> Answers:
    """Ask for favorites, for ratings of popular films, and for well-known or other films."""
    from movierec_cli.core.data.extent import catalog_extent

    require_terminal()
    info(f"{run.dataset.name}: {catalog_extent(run.dataset)}.")
    info(f"Name a few films that you love. Every answer is optional; {_UNDO} takes one back.\n")
    ratings = _ask_favorites(run)
    _ask_ratings(run, ratings)
    popularity = _ask_popularity()
    if not ratings:
        info("\nWithout ratings, these are the films that most people like.")
    info("")
    return Answers(ratings, popularity)


def ask_profile_name() -> str | None:
    """Ask for the name of a profile to save; ``None`` for none."""
    from movierec_cli.core.files import check_name

    while name := ask("\nSave these ratings as a profile? Name (Enter: no)"):
        try:
            return check_name(name, "profile")
        except UsageError as error:
            info(f"    {error.message}\n    {error.hint}")
    return None


def ask_seen(films: "Sequence[RankedFilm]", run: "LoadedRun") -> frozenset[int]:
    """Ask which films of a list the user has seen; return their rows."""
    ids = run.dataset.films.ids.tolist()
    by_number = {str(film.rank): film for film in films}
    while typed := ask("\nSeen some of these? Numbers such as 1 3, for other films (Enter: no)"):
        numbers = typed.replace(",", " ").split()
        if set(numbers) <= set(by_number):
            return frozenset(ids.index(by_number[number].film_id) for number in numbers)
        info(f"    Please: numbers from 1 to {len(films)}.")
    return frozenset()


def _ask_favorites(run: "LoadedRun") -> dict[int, float]:
    """Return film row -> rating, in the order of the answers."""
    from movierec_cli.core.recommend.query import LIKED
    from movierec_cli.core.recommend.title_search import TitleError

    ratings: dict[int, float] = {}
    question = "A film that you love (Enter: go on)"
    while typed := ask(question):
        question = "Another one (Enter: go on)"
        if typed.lower() == _UNDO:
            _take_back_last(run, ratings)
            continue
        try:
            row = ask_again(run.titles, typed)
        except TitleError as error:
            if not error.candidates:
                info(f"{error.message} Try another spelling.")
            continue
        info(f"    {run.titles.title(row)}")
        ratings[row] = LIKED
    return ratings


def _ask_ratings(run: "LoadedRun", ratings: dict[int, float]) -> None:
    """Ask for ratings of films that have none yet, and add them to ``ratings``."""
    from movierec_cli.core.recommend.interview import (
        QUESTIONS,
        has_half_stars,
        informative_films,
        read_rating,
    )

    halves = has_half_stars(run.dataset)
    how = f"1 bad to 5 great{', 3.5 too' if halves else ''}; Enter: not seen; {_UNDO}: back"
    how += f"; {_ENOUGH}: enough"
    info(f"\nAnd these? ({how})")
    found = informative_films(run.dataset, QUESTIONS + len(ratings))
    n = max(QUESTIONS - len(ratings), _FEWEST_QUESTIONS)
    rows = [row for row in found if row not in ratings][:n]
    at = 0
    while at < len(rows):
        answer = ask(run.titles.title(rows[at])).lower()
        if answer == _ENOUGH:
            break
        if answer == _UNDO and at == 0:
            _take_back_last(run, ratings)
        elif answer == _UNDO:
            at -= 1
            ratings.pop(rows[at], None)
        elif not answer:
            at += 1
        elif (rating := read_rating(answer, run.dataset, halves)) is not None:
            ratings[rows[at]] = rating
            at += 1
        else:
            info(f"    Please: {how}")


def _ask_popularity() -> float:
    question = "\nWell known, or off the beaten track? (w, o; Enter: both)"
    while (answer := ask(question).lower()[:1]) not in _POPULARITY:
        info("    Please: w for well-known films, o for others, Enter for both")
    return _POPULARITY[answer]


def _take_back_last(run: "LoadedRun", ratings: dict[int, float]) -> None:
    if not ratings:
        info("    There is no answer to take back.")
        return
    row, _ = ratings.popitem()
    info(f"    Taken back: {run.titles.title(row)}")
