"""Typed titles in the terminal: a question where a title may mean several films."""

import sys
from typing import TYPE_CHECKING

from movierec_cli.cli.output import info, stderr

if TYPE_CHECKING:
    from collections.abc import Callable

    from movierec_cli.core.data.titles import Film
    from movierec_cli.core.recommend.title_search import TitleError, TitleIndex


def at_terminal() -> bool:
    """Return whether a question can be asked: input and stderr are terminals."""
    return sys.stdin.isatty() and stderr().is_terminal


def resolve_film(titles: "TitleIndex", film: "Film") -> int:
    """Return the row of a typed film; a note on stderr names it where it has another title.

    At a terminal, a title that may mean several films is a question.

    Raises
    ------
    TitleError
        If it means no film, or none is chosen; without a terminal, also if it means several.
    """
    return _resolve(titles, film, lambda error: error.is_ambiguous and at_terminal())


def ask_again(titles: "TitleIndex", film: "Film") -> int:
    """Return the row of a film typed in answer to a question; similar films are offered, too.

    Raises
    ------
    TitleError
        If no film is found or chosen.
    """
    return _resolve(titles, film, lambda error: bool(error.candidates))


def _resolve(
    titles: "TitleIndex", film: "Film", is_question: "Callable[[TitleError], bool]"
) -> int:
    from movierec_cli.core.recommend.title_search import TitleError

    while True:
        try:
            found = titles.look_up(film)
        except TitleError as error:
            if not is_question(error):
                raise
            info(error.message)
            chosen = _choose(titles, error.candidates)
            if chosen is None:
                raise
            if isinstance(chosen, int):
                return chosen
            film = chosen
        else:
            if found.note:
                info(found.note)
            return found.row


def _choose(titles: "TitleIndex", rows: list[int]) -> int | str | None:
    """Ask for one of some films by its number.

    Return its row, the text of another answer, or ``None`` for an empty one.
    """
    from movierec_cli.core.recommend.title_search import SHOWN

    shown = rows[:SHOWN]
    for number, row in enumerate(shown, start=1):
        info(f"  {number}  {titles.title(row)}")
    answer = ask("Number, or more of the title (Enter: none of them)")
    if answer.isdecimal() and 1 <= int(answer) <= len(shown):
        return shown[int(answer) - 1]
    return answer or None


def ask(question: str) -> str:
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
