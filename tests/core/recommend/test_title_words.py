"""Titles that differ only in spelling have the same words."""

import pytest

from movierec_cli.core.recommend.title_words import (
    article_first,
    key,
    normalize,
    same_words,
    spelling_rules,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Godfather, The (1972)", "the godfather", "THE GODFATHER!", " godfather "),
        ("Godfather: Part II, The", "the godfather part 2", "godfather ii", "Godfather Part Two"),
        ("Cérémonie, La", "la ceremonie"),
        ("Enfer, L'", "L'Enfer", "l’enfer"),
        ("Twelve Monkeys", "12 monkeys"),
        ("Thirty-Two Short Films", "32 short films"),
        ("One Hundred and One Dalmatians", "101 Dalmatians"),
        ("Nineteen Eighty-Four", "1984"),
        ("Twenty Thousand Leagues", "20,000 Leagues", "20000 leagues"),
        ("Twelfth Night", "12th night"),
        ("Twenty-First Day", "21st day"),
        ("Fifth Element, The", "the 5th element"),
        ("Apollo 13", "apollo xiii", "Apollo Thirteen"),
        ("Rocky V", "rocky 5", "Rocky five"),
        ("Kill Bill: Vol. 1", "kill bill volume one", "kill bill 1"),
        ("8 1/2", "8½"),
        ("Alien³", "alien 3"),
        ("E.T. the Extra-Terrestrial", "ET the Extra Terrestrial", "e t the extraterrestrial"),
        ("L.A. Confidential", "LA confidential"),
        ("M*A*S*H", "mash"),
        ("Dr. Strangelove", "doctor strangelove"),
        ("Mr. Smith", "Mister Smith"),
        ("Meet Me in St. Louis", "meet me in saint louis"),
        ("Kramer vs. Kramer", "Kramer versus Kramer", "Kramer v. Kramer"),
        ("Romeo + Juliet", "Romeo & Juliet", "romeo and juliet"),
        ("Schindler's List", "schindlers list", "Schindler´s List"),
        ("Spider-Man", "spiderman", "spider man"),
        ("Three Colors: Red", "three colours red"),
        ("Kjærlighetens kjøtere", "kjaerlighetens kjotere"),
        ("Кин-дза-дза!", "КИН ДЗА ДЗА"),
    ],
)
def test_one_title_in_several_spellings(spellings: tuple[str, ...]) -> None:
    assert len({key(normalize(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alien", "Alien 2"),
        ("Alien 3", "Aliens"),
        ("Rocky", "Rocky V"),
        ("Apollo 13", "Apollo 1 3"),
        ("Malcolm X", "Malcolm 10"),
        ("V for Vendetta", "5 for Vendetta"),
        ("I, Robot", "1 Robot"),
        ("Mission", "Mix"),
        ("Twelve", "Twelfth"),
        ("$", "?"),
    ],
)
def test_other_titles_stay_apart(one: str, other: str) -> None:
    assert key(normalize(one)) != key(normalize(other))


def test_the_words_as_written_keep_article_and_number() -> None:
    assert same_words("Nine, The (2009)") == same_words("the NINE") == "the nine"
    assert same_words("9 (2009)") == "9"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Godfather, The", "The Godfather"),
        ("Good, The Bad and The Ugly, The", "The Good, The Bad and The Ugly"),
        ("Postino, Il", "Il Postino"),
        ("Avventura, L'", "L'Avventura"),
        ("Giornata particolare, Una", "Una Giornata particolare"),
        ("Play It Again, Sam", "Play It Again, Sam"),
        ("Heat", "Heat"),
    ],
)
def test_a_moved_article_goes_back_to_the_front(title: str, written: str) -> None:
    assert article_first(title) == written


def test_the_spellings_for_other_programs_have_the_numbers_of_the_titles() -> None:
    spellings = spelling_rules(["101 Dalmatians (1961)", "1984 (1956)"])["spellings"]
    assert isinstance(spellings, dict)
    words = ("one hundred and one", "nineteen eighty four", "forty two", "twenty first", "xiii")
    assert [spellings[each] for each in words] == ["101", "1984", "42", "21st", "13"]
    assert spellings["doctor"] == "dr"
    assert "one hundred and two" not in spellings
