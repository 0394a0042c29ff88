"""Ratings of Trakt are read from each layout of JSON."""

import json

import pytest

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.title_search import TitleIndex
from tests.core.recommend.ratings_files.conftest import Read, films, outcomes, seen

FARGO = {
    "title": "Fargo",
    "year": 1996,
    "ids": {"trakt": 207, "slug": "fargo-1996", "imdb": "tt0116282", "tmdb": 275},
}
ITEM = {"rated_at": "2024-01-01T00:00:00.000Z", "rating": 9, "type": "movie", "movie": FARGO}
SHOW = {"rating": 8, "type": "show", "show": {"title": "Fargo", "year": 2014, "ids": {}}}
EPISODE = {"rating": 8, "type": "episode", "episode": {"title": "Fargo"}, "show": {}}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ITEM, SHOW, EPISODE]),
        "\ufeff\n" + json.dumps([ITEM], indent=2),
        json.dumps(ITEM),
        f"{json.dumps(ITEM)}\n{json.dumps(SHOW)}\n",
        json.dumps({"rating": 9, "type": "movie", "movie": {"title": "Fargo", "year": 1996}}),
        json.dumps({"movies": [{"rating": 9, **FARGO}], "shows": [SHOW["show"]], "episodes": []}),
        json.dumps({"movies": [{"rating": 9, "movie": FARGO}]}),
        json.dumps([{"rating": 9, "movie": {**FARGO, "rating": 8.1}}]),
        json.dumps([{"rating": "9", "title": "Fargo", "year": 1996, "imdb_id": "tt0116282"}]),
        json.dumps([{"rating": 9.0, "movie": {"title": None, "ids": {"imdb": None, "tmdb": 275}}}]),
    ],
)  # fmt: skip
def test_ratings_are_read(content: str, read: Read, latest: TitleIndex) -> None:
    own = read(content, latest, "trakt.json")
    assert films(own) == {"Fargo (1996)": 4.5}
    assert set(outcomes(own).values()) <= {"matched", "series or episode"}
    assert own.report.lines()[0].startswith("Trakt: ")


def test_watched_films_are_seen_and_listed_ones_are_not(read: Read, latest: TitleIndex) -> None:
    watched = {"plays": 2, "last_watched_at": "2024-01-01T00:00:00.000Z", "movie": FARGO}
    own = read(json.dumps([watched]), latest, "watched-movies.json")
    assert (own.ratings, seen(own)) == ({}, {"Fargo (1996)"})
    listed = {"listed_at": "2024-01-01T00:00:00.000Z", "type": "movie", "movie": FARGO}
    own = read(json.dumps([listed]), latest, "listed.json")
    assert (own.ratings, own.seen) == ({}, frozenset())
    with pytest.raises(DataError, match="not rated"):
        own.report.require_match()


@pytest.mark.parametrize("rating", [0, 11, "9/10", "0_5", True, [9], 10**400, -1, 1e300])
def test_what_is_no_rating_is_left_out(rating: object, read: Read, latest: TitleIndex) -> None:
    own = read(json.dumps([{**ITEM, "rating": rating}, ITEM]), latest, "trakt.json")
    assert outcomes(own) == {1: "wrong row", 2: "matched"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not readable as JSON"),
        ("[" * 100_000, "is not readable as JSON"),
        (b"[\xff]", "not in UTF-8"),
        ("[]", "has no ratings of Trakt"),
        ('{"films": 3}', "has no ratings of Trakt"),
        ("[1, null]", "has no ratings of Trakt"),
    ],
)
def test_other_json_is_refused(
    content: str | bytes, message: str, read: Read, latest: TitleIndex
) -> None:
    with pytest.raises(DataError, match=message):
        read(content, latest, "trakt.json")
