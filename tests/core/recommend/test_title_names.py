"""What a title says about the names of its film, and what is typed about the year."""

import pytest

from movierec_cli.core.data.titles import without_year
from movierec_cli.core.recommend.title_names import names_in, readings, words_mean


@pytest.mark.parametrize(
    ("title", "main", "others"),
    [
        ("Seven (Se7en) (1995)", "Seven", {"Se7en"}),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", {"Se7en"}),
        ("Seven aka Se7en", "Seven", {"Se7en"}),
        ("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight) (1996)", "Hard 8", {"Sydney", "Hard Eight"}),
        ("Red (a.k.a. Blue/Green) (1977)", "Red", {"Blue", "Green"}),
        ("Comet (A.K.A. Star) (Étoile, L') (1994)", "Comet", {"Star", "Étoile, L'", "Étoile"}),
        ("Boot, Das (1981)", "Boot, Das", {"Boot"}),
        ("Dr. Comet or: How I Flew (1963)", "Dr. Comet or: How I Flew", {"Dr. Comet"}),
        ("Boats: Episode IV - A Sail (1977)", "Boats: Episode IV - A Sail", {"A Sail"}),
        ("(500) Days of Rain (2009)", "(500) Days of Rain", set()),
        ("Fargo (1996)", "Fargo", set()),
        ("Land of Boats III (1995) (V)", "Land of Boats III", set()),
    ],
)
def test_the_names_in_a_title(title: str, main: str, others: set[str]) -> None:
    names = names_in(title)
    assert names.main == main
    assert {*names.alternatives, *names.asides} - {without_year(title)} == others


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Fargo (1996)", [("Fargo", 1996)]),
        ("fargo 1996", [("fargo 1996", None), ("fargo", 1996)]),
        ("fargo, 1996", [("fargo, 1996", None), ("fargo", 1996)]),
        ("Blade Runner 2049", [("Blade Runner 2049", None), ("Blade Runner", 2049)]),
        ("Boats (2007-)", [("Boats", 2007)]),
        ("1984", [("1984", None)]),
        ("Apollo 13", [("Apollo 13", None)]),
    ],
)
def test_the_year_at_the_end(typed: str, expected: list[tuple[str, int | None]]) -> None:
    assert [(reading.names.main, reading.year) for reading in readings(typed)] == expected


def test_a_year_from_elsewhere_has_to_agree() -> None:
    assert [reading.year for reading in readings("Fargo (1996)", 1996)] == [1996]
    assert readings("Fargo (1996)", 2014) == []


@pytest.mark.parametrize(
    ("words", "title", "year_needed"),
    [
        ("1st contact", "Star Trek: First Contact", False),  # a subtitle
        ("star trek contact", "Star Trek: First Contact", False),  # three words of four
        ("terminator 2", "Terminator 2: Judgment Day", False),  # a number identifies it
        ("borat", "Borat: Cultural Learnings of America", True),  # the title without its subtitle
        ("puppet masters", "Robert A. Heinlein's The Puppet Masters", True),
    ],
)
def test_words_that_are_enough(words: str, title: str, year_needed: bool) -> None:
    assert words_mean(words, title, has_year=True)
    assert words_mean(words, title, has_year=False) is not year_needed


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("iron man", "Man in the Iron Mask, The"),  # in another order
        ("prom night", "Prom Night III: The Last Kiss"),  # without the number
        ("last kiss", "Prom Night III: The Last Kiss"),
        ("saw", "Last Time I Saw Paris, The"),
        ("on the beach", "Bhaji on the Beach"),  # one word that tells something
        ("san francisco", "Homeward Bound: Lost in San Francisco with a Dog"),  # a small part
    ],
)
def test_words_that_are_not_enough(words: str, title: str) -> None:
    assert not words_mean(words, title, has_year=True)


def test_a_full_name_before_a_title_is_its_author() -> None:
    assert names_in("Bram Stoker's Dracula (1992)").after_author == "Dracula"
    assert names_in("The Warrior's Way (2010)").after_author == ""
