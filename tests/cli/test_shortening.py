"""Texts in narrow cells: every cut is visible and at a place that costs little."""

import pytest
from rich.cells import cell_len

from movierec_cli.cli.shortening import (
    shorten_list,
    shorten_shares,
    shorten_title,
)


@pytest.mark.parametrize(
    ("title", "width", "short"),
    [
        ("Fargo", 5, "Fargo"),
        ("Shanghai Triad (Yao a yao)", 16, "Shanghai Triad …"),
        ("Dr. Strangelove or: How I Learned", 26, "Dr. Strangelove or: How I…"),
        ("Dr. Strangelove or: How I Learned", 23, "Dr. Strangelove or…"),
        ("Empire Strikes Back, The", 20, "Empire Strikes Back…"),
        ("Antidisestablishmentarianism", 10, "Antidises…"),
        ("七人の侍", 7, "七人の…"),
    ],
)
def test_a_title_loses_its_parentheses_then_its_end(title: str, width: int, short: str) -> None:
    assert shorten_title(title, width) == short
    assert cell_len(short) <= width


@pytest.mark.parametrize(
    ("width", "short"),
    [
        (20, "Action, Crime, Drama"),
        (19, "Action, Crime …"),
        (10, "Action …"),
        (6, "Actio…"),
    ],
)
def test_a_list_loses_whole_entries(width: int, short: str) -> None:
    assert shorten_list("Action, Crime, Drama", width) == short


SHARES = "50 % Star Wars: A New Hope; 30 % Fargo; 20 % widely liked; -4 % Evita"


@pytest.mark.parametrize(
    ("width", "short"),
    [
        (len(SHARES), SHARES),
        (65, "50 % Star Wars: A New…; 30 % Fargo; 20 % widely liked; -4 % Evita"),
        (60, "50 % Star Wars: A New Hope; 30 % Fargo; 20 % widely liked"),
        (49, "50 % Star Wars: A New Hope; 30 % Fargo; 20 % rest"),
        (47, "50 % Star Wars: A New…; 30 % Fargo; 20 % rest"),
        (37, "50 % Star Wars: A New Hope; 50 % rest"),
        (12, "50 % Star W…"),
    ],
)
def test_shares_are_added_up_from_the_last(width: int, short: str) -> None:
    assert shorten_shares(SHARES, width) == short


def test_a_title_with_a_semicolon_stays_one_name() -> None:
    assert shorten_shares("60 % A; B 5 %; 30 % C; 10 % D", 24) == "60 % A; B 5 %; 40 % rest"
