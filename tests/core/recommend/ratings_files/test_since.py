"""Only newer ratings: older ones and those without a date count as seen, and it is said."""

from datetime import date
from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.entries import parse_date
from movierec_cli.core.recommend.ratings_files.reading import OwnRatings, read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.conftest import films, seen

DAY = date(2024, 1, 1)


def read(folder: Path, titles: TitleIndex, content: str, name: str = "mine.csv") -> OwnRatings:
    (folder / name).write_text(content)
    return read_ratings([folder / name], titles, since=DAY)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Date,Name,Year,Letterboxd URI,Rating\n2023-12-31,Fargo,1996,x,4\n"
         "2024-01-01,Heat,1995,x,5", "ratings.csv"),
        ("Const,Your Rating,Date Rated,Title,Year\ntt0116282,8,2023-12-31,Fargo,1996\n"
         "tt0113277,10,2024-01-01,Heat,1995", "imdb.csv"),
        ("rated_at,type,title,year,rating\n2023-12-31T23:59:59Z,movie,Fargo,1996,8\n"
         "2024-01-01T00:00:00Z,movie,Heat,1995,10", "trakt.csv"),
        ('[{"rated_at": "2023-12-31T23:59:59.000Z", "rating": 8, "type": "movie",'
         '"movie": {"title": "Fargo"}}, {"rated_at": "2024-01-01T00:00:00.000Z", "rating": 10,'
         '"type": "movie", "movie": {"title": "Heat"}}]', "trakt.json"),
        ("title,rating,timestamp\nFargo,4,1704067199\nHeat,5,1704067200", "mine.csv"),
    ],
)  # fmt: skip
def test_every_source_has_its_dates(
    content: str, name: str, tmp_path: Path, old: TitleIndex
) -> None:
    own = read(tmp_path, old, content, name)
    assert (films(own), seen(own)) == ({"Heat (1995)": 5.0}, {"Fargo (1996)"})
    assert (
        "Ratings since 2024-01-01: 1; 1 older and 0 without a date count as seen."
        in own.report.lines()
    )


def test_a_rating_without_a_date_counts_as_seen(tmp_path: Path, old: TitleIndex) -> None:
    own = read(tmp_path, old, "film,rating,date\nFargo,4,\nHeat,5,2024-05-01\nToy Story,3,May\n")
    assert (films(own), seen(own)) == ({"Heat (1995)": 5.0}, {"Fargo (1996)", "Toy Story (1995)"})
    assert "1; 0 older and 2 without a date" in own.report.lines()[1]


def test_a_film_that_was_rated_again_has_its_newer_rating(tmp_path: Path, old: TitleIndex) -> None:
    own = read(tmp_path, old, "film,rating,date\nHeat,5,2024-05-01\nHeat,1,2020-05-01\n")
    assert (films(own), seen(own)) == ({"Heat (1995)": 5.0}, set())


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("film,rating\nHeat,5\n", "no rating since 2024-01-01: it has no dates", "Leave out"),
        ("film,rating,date\nHeat,5,2023-05-01\n", "the latest is of 2023-05-01",
         "--since 2023-05-01"),
    ],
)  # fmt: skip
def test_a_day_after_all_ratings_is_refused(
    content: str, message: str, hint: str, tmp_path: Path, old: TitleIndex
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, old, content)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-31", date(2024, 1, 31)),
        ("2024-01-31T12:00:00Z", date(2024, 1, 31)),
        ("2024-01-31 12:00:00", date(2024, 1, 31)),
        ("881250949", date(1997, 12, 4)),
        ("2024-02-31", None),
        ("31.01.2024", None),
        ("1/2/2024", None),
        ("2024", None),
        ("", None),
    ],
)
def test_dates_are_those_of_iso_8601_or_seconds(text: str, day: date | None) -> None:
    assert parse_date(text) == day
