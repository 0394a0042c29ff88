"""Ratings files of Trakt in JSON."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from movierec_cli.core.data.readers.tables import checked_text
from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.entries import (
    TENTHS,
    Entry,
    Outcome,
    RatingsFile,
    is_series,
    parse_date,
    parse_imdb,
    parse_rating,
    parse_tmdb,
    parse_year,
)

_KINDS = ("movie", "show", "season", "episode")
_LARGEST = 10**15  # an id or a year has fewer digits
_WATCHED = ("watched_at", "last_watched_at", "plays")

Item = dict[str, Any]


def read_trakt(content: bytes, place: str) -> RatingsFile:
    """Read ratings, or watched films, of Trakt.

    An item has the film below ``movie`` (a list of items, one item, or one on each line), or the
    films lie in a list ``movies`` beside lists of shows and episodes.

    Raises
    ------
    DataError
        If the content is not JSON, or has another layout.
    """
    items = list(_items(_parsed(content, place)))
    if not items:
        raise DataError(
            f"{place} is JSON, but has no ratings of Trakt.",
            'It needs items such as: {"rating": 9, "type": "movie", "movie": {"title": "Fargo"}}',
        )
    entries = tuple(
        _entry(place, number, kind, item) for number, (kind, item) in enumerate(items, start=1)
    )
    return RatingsFile("Trakt", place, TENTHS, entries)


def _parsed(content: bytes, place: str) -> Any:
    try:
        text = content.decode("utf-8-sig")
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "it is not in UTF-8"
        raise DataError(
            f"{place} is not readable as JSON: {reason}.", "Export the file again."
        ) from error


def _items(content: Any) -> Iterator[tuple[str, Item]]:
    """Yield the type and the item of each film, show and episode."""
    if isinstance(content, dict) and any(f"{kind}s" in content for kind in _KINDS):
        for kind in _KINDS:
            of_kind = content.get(f"{kind}s")
            for item in of_kind if isinstance(of_kind, list) else []:
                if isinstance(item, dict):
                    yield kind, item
        return
    for item in content if isinstance(content, list) else [content]:
        if isinstance(item, dict):
            inner = next((kind for kind in _KINDS if isinstance(item.get(kind), dict)), "")
            kind = item.get("type", inner)
            if inner or "rating" in item:
                yield str(kind), item


def _entry(place: str, number: int, kind: str, item: Item) -> Entry:
    film = item.get("movie")
    film = film if isinstance(film, dict) else item
    ids = film.get("ids")
    ids = ids if isinstance(ids, dict) else film
    title = _text(film.get("title"))
    entry = Entry(
        place,
        number,
        titles=(title,) if title else (),
        year=parse_year(_text(film.get("year"))),
        rated_on=parse_date(_text(item.get("rated_at"))),
        imdb=parse_imdb(_text(ids.get("imdb") or ids.get("imdb_id"))) or "",
        tmdb=parse_tmdb(_text(ids.get("tmdb") or ids.get("tmdb_id"))) or 0,
    )
    if is_series(kind):
        return replace(entry, outcome=Outcome.series, note=kind)
    if not entry.label:
        return replace(entry, outcome=Outcome.wrong, note="names no film")
    if item.get("rating") is None:
        is_seen = any(item.get(key) for key in _WATCHED)
        return entry if is_seen else replace(entry, outcome=Outcome.unrated)
    rated = _text(item["rating"])
    rating = parse_rating(rated, TENTHS)
    if rating is None:
        wrong = f"{rated[:60]!r} is not a rating of {TENTHS}"
        return replace(entry, outcome=Outcome.wrong, note=wrong)
    return replace(entry, rating=rating)


def _text(value: Any) -> str:
    """Return a text or number as text in one line; others are empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return ""
    return checked_text(str(value)) or ""
