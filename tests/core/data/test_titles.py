"""What can be read off a title."""

import pytest

from movierec_cli.core.data.titles import folded, without_year, year_in


@pytest.mark.parametrize(
    ("title", "year", "rest"),
    [
        ("Paper Boat (1995)", 1995, "Paper Boat"),
        ("Paper Boat (1995) ", 1995, "Paper Boat"),
        ("Boat, The (Das Boot) (1981)", 1981, "Boat, The (Das Boot)"),
        ("2001 (1968)", 1968, "2001"),
        ("Boat (1975-1979)", 1975, "Boat"),
        ("Boat: Wasser (2006–2007)", 2006, "Boat: Wasser"),
        ("Boat (2007-)", 2007, "Boat"),
        ("Boat II (1995) (V)", 1995, "Boat II"),
        (
            "Land Before Time III: The Time of the Great Giving (1995) (V)",
            1995,
            "Land Before Time III: The Time of the Great Giving",
        ),
        ("Boat (2007- )", 2007, "Boat"),
        ("Boat (12007)", None, "Boat (12007)"),
        ("Boat (٢٠٠٧)", None, "Boat (٢٠٠٧)"),
        ("unknown", None, "unknown"),
        ("Boat (1995) (again)", None, "Boat (1995) (again)"),
        ("", None, ""),
    ],
)
def test_the_year_stands_in_brackets_at_the_end(title: str, year: int | None, rest: str) -> None:
    assert year_in(title) == year
    assert without_year(title) == rest


def test_case_and_accents_do_not_count() -> None:
    assert folded("Élan VITAL, L'") == "elan vital, l'"
    assert folded("Straße") == "strasse"
