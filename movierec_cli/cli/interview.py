"""The interview of ``movierec recommend``: a few questions to somebody new."""

import sys
from typing import TYPE_CHECKING

from movierec_cli.cli.output import info, stderr
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.query import Answers

_HOW_TO_RATE = "1 bad to 5 great; Enter: not seen; q: enough of these"


def require_terminal() -> None:
    """Check that there is somebody to ask.

    Raises
    ------
    UsageError
        If input or stderr is no terminal.
    """
    if not (sys.stdin.isatty() and stderr().is_terminal):
        raise UsageError(
            "Nobody is named to recommend to.",
            "Try: movierec recommend --user 42, or: movierec recommend --like Fargo",
        )


def interview(run: "LoadedRun") -> "Answers":
    """Ask for favorites, and for opinions on well-known films that tell tastes apart."""
    from movierec_cli.core.recommend.query import Answers

    require_terminal()
    info("Tell me a few films and I will find more for you. Everything may be left out.\n")
    ratings = _favorites(run)
    info(f"\nAnd these? ({_HOW_TO_RATE})")
    ratings |= _opinions(run, ratings)
    if not ratings:
        info("\nNothing told: these are the films that most people like.")
    info("")
    return Answers(run.dataset.name, ratings)


def offer_to_remember() -> str | None:
    """Ask under which name to remember the answers; ``None`` for not at all."""
    from movierec_cli.core.files import check_name

    while name := _ask("\nRemember this under a name? (Enter: no)"):
        try:
            return check_name(name, "profile")
        except UsageError as error:
            info(f"    {error.message}\n    {error.hint}")
    return None


def _favorites(run: "LoadedRun") -> dict[int, float]:
    from movierec_cli.core.recommend.query import LIKED

    films = run.dataset.films
    ratings: dict[int, float] = {}
    question = "A film that you love (Enter: go on)"
    while typed := _ask(question):
        question = "Another one (Enter: go on)"
        try:
            row = run.titles.resolve(typed)
        except UsageError as error:
            _show_candidates(error)
            continue
        info(f"    {films.titles[row]}")
        ratings[int(films.ids[row])] = LIKED
    return ratings


def _show_candidates(error: UsageError) -> None:
    """Show what a title may mean, a film a line."""
    info(f"    {error.message}")
    if ": " not in error.hint or error.hint.startswith("Search"):
        info("    Try another spelling, or a part of the title.")
        return
    question, _, films = error.hint.partition(": ")
    info(f"    {question}:")
    for film in films.split("; "):
        info(f"      {film}")


def _opinions(run: "LoadedRun", known: dict[int, float]) -> dict[int, float]:
    from movierec_cli.core.recommend.interview import informative_films

    films = run.dataset.films
    ratings: dict[int, float] = {}
    for row in informative_films(run.dataset):
        film_id = int(films.ids[row])
        if film_id in known:
            continue
        answer = _ask_choice(str(films.titles[row]), ("1", "2", "3", "4", "5", "q", ""))
        if answer == "q":
            break
        if answer:
            ratings[film_id] = float(answer)
    return ratings


def _ask_choice(question: str, choices: tuple[str, ...]) -> str:
    while (answer := _ask(question).lower()) not in choices:
        info(f"    Please: {_HOW_TO_RATE}")
    return answer


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
