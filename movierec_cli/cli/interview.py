"""The interview of ``movierec recommend``: a few questions to a new user."""

from typing import TYPE_CHECKING

from movierec_cli.cli.ask_title import ask, ask_again, at_terminal
from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun

_ANSWERS = ("1", "2", "3", "4", "5", "q", "")
_HOW_TO_ANSWER = "1 bad to 5 great; Enter: not seen; q: enough of these"


def require_terminal() -> None:
    """Raise a `UsageError` if input or stderr is no terminal."""
    if not at_terminal():
        raise UsageError(
            "No user is named to recommend to.",
            "Try: movierec recommend --user 42, or: movierec recommend --like Fargo",
        )


def interview(run: "LoadedRun") -> dict[int, float]:
    """Ask for favorites and for ratings of popular films; return film row -> rating."""
    from movierec_cli.core.data.extent import catalog_extent

    require_terminal()
    info(f"{run.dataset.name}: {catalog_extent(run.dataset)}.")
    info("Name a few films that you love, and see more of their kind. Every answer is optional.\n")
    ratings = _ask_favorites(run)
    info(f"\nAnd these? ({_HOW_TO_ANSWER})")
    ratings |= _ask_ratings(run, ratings)
    if not ratings:
        info("\nWithout an answer, these are the films that most people like.")
    info("")
    return ratings


def ask_profile_name() -> str | None:
    """Ask for the name of a profile to save; ``None`` for none."""
    from movierec_cli.core.files import check_name

    while name := ask("\nSave these ratings as a profile? Name (Enter: no)"):
        try:
            return check_name(name, "profile")
        except UsageError as error:
            info(f"    {error.message}\n    {error.hint}")
    return None


def _ask_favorites(run: "LoadedRun") -> dict[int, float]:
    """Return film row -> rating."""
    from movierec_cli.core.recommend.query import LIKED
    from movierec_cli.core.recommend.title_search import TitleError

    ratings: dict[int, float] = {}
    question = "A film that you love (Enter: go on)"
    while typed := ask(question):
        question = "Another one (Enter: go on)"
        try:
            row = ask_again(run.titles, typed)
        except TitleError as error:
            if not error.candidates:
                info(f"{error.message} Try another spelling.")
            continue
        info(f"    {run.titles.title(row)}")
        ratings[row] = LIKED
    return ratings


def _ask_ratings(run: "LoadedRun", known: dict[int, float]) -> dict[int, float]:
    """Return film row -> rating of films that are not known yet."""
    from movierec_cli.core.recommend.interview import informative_films

    ratings: dict[int, float] = {}
    for row in informative_films(run.dataset):
        if row in known:
            continue
        question = run.titles.title(row)
        while (answer := ask(question).lower()) not in _ANSWERS:
            info(f"    Please: {_HOW_TO_ANSWER}")
        if answer == "q":
            break
        if answer:
            ratings[row] = float(answer)
    return ratings
