"""Values of options that several commands share."""

import pytest

from movierec_cli.cli.options import parse_years
from movierec_cli.core.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        (None, None),
        ("1994", (1994, 1994)),
        ("1990-1995", (1990, 1995)),
        ("1990s", (1990, 1999)),
        ("90s", (1990, 1999)),
        ("'90s", (1990, 1999)),
        ("2010s", (2010, 2019)),
        ("80s-90s", (1980, 1999)),
        ("30s-1950", (1930, 1950)),
    ],
)
def test_years_are_years_spans_and_decades(
    typed: str | None, years: tuple[int, int] | None
) -> None:
    assert parse_years(typed) == years


@pytest.mark.parametrize("typed", ["95", "", "1995s", "95s", "199", "1990-", "nineties"])
def test_other_texts_are_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is not a year or a span of years") as caught:
        parse_years(typed)
    assert caught.value.hint == "Try: --year 1990-1995, or --year 90s"


@pytest.mark.parametrize("typed", ["20s", "00s"])
def test_a_decade_of_two_centuries_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match=f"{typed} may be 19{typed} or 20{typed}"):
        parse_years(typed)
