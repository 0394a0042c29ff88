"""The interview of ``movierec recommend``: a few questions to a new user."""

import sys
from typing import TYPE_CHECKING

from movierec_cli.cli.output import info, stderr
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun

_ANSWERS = ("1", "2", "3", "4", "5", "q", "")
_HOW_TO_ANSWER = "1 bad to 5 great; Enter: not seen; q: enough of these"


def require_terminal() -> None:
    """Raise a `UsageError` if input or stderr is no terminal."""
    if not (sys.stdin.isatty() and stderr().is_terminal):
        raise UsageError(
            "No user is named to recommend to.",
            "Try: movierec recommend --user 42, or: movierec recommend --like Fargo",
        )


def interview(run: "LoadedRun") -> dict[int, float]:
    """Ask for favorites and for ratings of popular films; return film row -> rating."""
    require_terminal()
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

    while name := _ask("\nSave these ratings as a profile? Name (Enter: no)"):
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
    while typed := _ask(question):
        question = "Another one (Enter: go on)"
        try:
            row = run.titles.resolve(typed)
        except TitleError as error:
            candidates = [f"\n      {run.titles.label(row)}" for row in error.candidates]
            step = "Type an id, or more of the title:" if candidates else "Try another spelling."
            info(f"    {error.message} {step}{''.join(candidates)}")
            continue
        info(f"    {run.dataset.films.titles[row]}")
        ratings[row] = LIKED
    return ratings


def _ask_ratings(run: "LoadedRun", known: dict[int, float]) -> dict[int, float]:
    """Return film row -> rating of films that are not known yet."""
    from movierec_cli.core.recommend.interview import informative_films

    ratings: dict[int, float] = {}
    for row in informative_films(run.dataset):
        if row in known:
            continue
        question = str(run.dataset.films.titles[row])
        while (answer := _ask(question).lower()) not in _ANSWERS:
            info(f"    Please: {_HOW_TO_ANSWER}")
        if answer == "q":
            break
        if answer:
            ratings[row] = float(answer)
    return ratings


def _ask(question: str) -> str:
    """Ask on stderr, so that stdout stays data; the end of input is an empty answer."""
    from rich.text import Text

    stderr().print(Text(f"{question}: "), end="")
    try:
        return input().strip()
    except EOFError:
        info("")
        return ""
    except KeyboardInterrupt:
        info("")
        raise
