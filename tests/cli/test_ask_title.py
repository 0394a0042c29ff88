"""The question at a terminal where a typed title may mean several films."""

import io
from typing import Any

import pytest

from movierec_cli.cli import ask_title
from movierec_cli.cli.ask_title import ask_again, resolve_film
from movierec_cli.core.recommend.title_search import TitleError, TitleIndex
from tests.helpers import make_dataset

TITLES = TitleIndex(
    make_dataset(
        [(0, 1, 4.0)],
        1,
        ["Sabrina (1954)", "Sabrina (1995)", "Fargo (1996)", "Godfather, The (1972)"],
    )
)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Simulate a terminal at which some lines are typed before the input ends."""

    def type_lines(*lines: str) -> None:
        monkeypatch.setattr(ask_title, "at_terminal", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_lines


def test_without_a_terminal_several_films_are_an_error() -> None:
    with pytest.raises(TitleError, match="may be any of 2 films"):
        resolve_film(TITLES, "sabrina")


def test_the_answer_is_a_number(typing: Any, capsys: pytest.CaptureFixture[str]) -> None:
    typing("2")
    assert resolve_film(TITLES, "sabrina") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "'sabrina' may be any of 2 films.\n  1  Sabrina (1995)\n  2  Sabrina (1954)\n"
        "Number, or more of the title (Enter: none of them): "
    )


@pytest.mark.parametrize("answers", [("sabrina 1954",), ("sabrina", "2"), ("10",)])
def test_the_answer_is_another_title_or_an_id(typing: Any, answers: tuple[str, ...]) -> None:
    typing(*answers)
    assert resolve_film(TITLES, "sabrina") == 0


@pytest.mark.parametrize("answers", [("",), ()])
def test_without_an_answer_it_is_an_error(typing: Any, answers: tuple[str, ...]) -> None:
    typing(*answers)
    with pytest.raises(TitleError, match="may be any of 2 films"):
        resolve_film(TITLES, "sabrina")


def test_similar_films_are_offered_only_in_an_interview(typing: Any) -> None:
    typing("1")
    with pytest.raises(TitleError, match="There is no film 'Argo'"):
        resolve_film(TITLES, "Argo")
    assert ask_again(TITLES, "Argo") == 2


def test_another_title_than_the_typed_one_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve_film(TITLES, "Fargo (1997)") == 2
    assert capsys.readouterr() == ("", "'Fargo (1997)' is read as Fargo (1996).\n")
