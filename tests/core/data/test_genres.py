"""Genres are found by the names that people use."""

import pytest

from movierec_cli.core.data.genres import find_genre
from movierec_cli.core.errors import UsageError

GENRES = ("unknown", "Action", "Children's", "Comedy", "Film-Noir", "Sci-Fi", "Western", "War")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Sci-Fi", "Sci-Fi"),
        ("scifi", "Sci-Fi"),
        ("sci fi", "Sci-Fi"),
        ("Science Fiction", "Sci-Fi"),
        ("noir", "Film-Noir"),
        ("film noir", "Film-Noir"),
        ("kids", "Children's"),
        ("Children", "Children's"),
        ("childrens", "Children's"),
        ("comedies", "Comedy"),
        ("westerns", "Western"),
        ("WAR", "War"),
    ],
)
def test_a_genre_is_found_by_its_usual_names(typed: str, meant: str) -> None:
    assert GENRES[find_genre(typed, GENRES)] == meant


def test_the_name_of_another_edition_is_found() -> None:
    assert find_genre("Children's", ("Action", "Children")) == 1


@pytest.mark.parametrize("typed", ["", "s", "warrior", "animation", "act"])
def test_what_is_no_genre_gets_the_list(typed: str) -> None:
    with pytest.raises(UsageError, match="There is no genre") as caught:
        find_genre(typed, GENRES)
    assert "Choose from: unknown, Action, Children's" in caught.value.hint
