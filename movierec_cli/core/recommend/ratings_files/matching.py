"""The films of a catalog that the rows of ratings files mean: by ids, then by title and year."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.recommend.query import row_of
from movierec_cli.core.recommend.ratings_files.entries import Entry, Outcome
from movierec_cli.core.recommend.title_search import TitleError, TitleIndex
from movierec_cli.core.recommend.title_words import normalize

_SHOWN = 4  # candidates in a note

_LANDMARKS = {
    110: "Braveheart (1995)",
    260: "Star Wars: Episode IV - A New Hope (1977)",
    296: "Pulp Fiction (1994)",
    318: "Shawshank Redemption, The (1994)",
    356: "Forrest Gump (1994)",
    480: "Jurassic Park (1993)",
    527: "Schindler's List (1993)",
    593: "Silence of the Lambs, The (1991)",
}
"""Ids and titles of much rated films in MovieLens 1M and all later editions."""


@dataclass(frozen=True)
class Match:
    """The film row of an entry, or the reason that there is none; the note adds to either."""

    row: int | None
    outcome: Outcome = Outcome.matched
    note: str = ""


def has_movielens_ids(dataset: Dataset) -> bool:
    """Return whether a catalog numbers its films as MovieLens does from 1M on."""
    rows = {film: row_of(dataset.films.ids, film) for film in _LANDMARKS}
    found = {film: row for film, row in rows.items() if row is not None}
    titles = dataset.films.titles
    return len(found) > 2 and all(titles[row] == _LANDMARKS[film] for film, row in found.items())


@dataclass(frozen=True, eq=False)
class FilmMatcher:
    """Finds the films of entries; one serves many."""

    titles: TitleIndex

    def match(self, entry: Entry, has_own_ids: bool) -> Match:
        """Return the film of an entry.

        An id of the data set counts where ``has_own_ids`` is true or the title agrees.
        """
        films = self.titles.dataset.films
        row = row_of(films.ids, entry.film) if entry.film else None
        if row is not None and (has_own_ids or entry.titles) and self._agrees(row, entry):
            return Match(row)
        row = self._imdb.get(entry.imdb) if entry.imdb else None
        row = self._tmdb.get(entry.tmdb) if row is None and entry.tmdb else row
        if row is not None:
            return Match(row)
        if not entry.titles:
            return Match(None, Outcome.missing)
        found = [self._by_title(title, entry.year) for title in entry.titles]
        best = next((match for match in found if match.row is not None), found[0])
        if best.row is not None and self._is_another(best.row, entry):
            title = films.titles[best.row]
            return Match(None, Outcome.missing, f"{title} has another id at IMDb or TMDb")
        return best

    def _agrees(self, row: int, entry: Entry) -> bool:
        """Return whether an entry has no title, or one of the film."""
        titles = self.titles.dataset.films.titles
        found = (self._by_title(title, entry.year) for title in entry.titles)
        named = {titles[match.row] for match in found if match.row is not None}
        return not entry.titles or titles[row] in named

    def _is_another(self, row: int, entry: Entry) -> bool:
        """Return whether the ids of an entry are not those of a film."""
        films = self.titles.dataset.films
        imdb, tmdb = films.imdb_ids[row], films.tmdb_ids[row]
        if entry.imdb and imdb:
            return bool(entry.imdb != imdb)
        return bool(entry.tmdb and tmdb and entry.tmdb != tmdb)

    def _by_title(self, title: str, year: int | None) -> Match:
        """Return the film of a title and year."""
        year = year or year_in(title)
        if year is not None and year > self._last_year + 1:
            return Match(None, Outcome.missing)
        try:
            found = self.titles.look_up_title(title, year)
        except TitleError as error:
            return _unmatched(title, year, error, self.titles)
        note = f"{self.titles.title(found.row)} in the catalog" if found.note else ""
        return Match(found.row, note=note)

    @cached_property
    def _last_year(self) -> float:
        """The year of the newest films; infinite without years."""
        years = map(year_in, self.titles.dataset.films.titles.tolist())
        return max((year for year in years if year is not None), default=inf)

    @cached_property
    def _imdb(self) -> dict[str, int]:
        return self._by_popularity(self.titles.dataset.films.imdb_ids.tolist())

    @cached_property
    def _tmdb(self) -> dict[int, int]:
        return self._by_popularity(self.titles.dataset.films.tmdb_ids.tolist())

    def _by_popularity(self, ids: Iterable[Any]) -> dict[Any, int]:
        """Return id -> row; of films with the same id, the most rated one."""
        best: dict[Any, int] = {}
        for row, known in enumerate(ids):
            before = best.get(known)
            if before is None or self.titles.popularity[row] > self.titles.popularity[before]:
                best[known] = row
        return best


def _unmatched(title: str, year: int | None, error: TitleError, titles: TitleIndex) -> Match:
    """Return the reason for an error: with the year, only films of that name are ambiguous."""
    names = [titles.title(row) for row in error.candidates]
    name = normalize(title)
    if not error.is_ambiguous or (year is not None and name not in map(normalize, names)):
        return Match(None, Outcome.missing)
    return Match(None, Outcome.ambiguous, f"may be: {'; '.join(names[:_SHOWN])}")
