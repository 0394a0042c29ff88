"""Films found by titles as they are typed.

A typed title is resolved by the first of these rules that finds a film:

1. the title as it stands in the catalog;
2. a name of the film: the title in another spelling (case, accents, punctuation, article, number
   words, digits, Roman numerals, initials, "Doctor"), or an alternative title;
3. all words of a title, see `TitleIndex.look_up_title`;
4. one typing error in a title, where it is unmistakable.

Everything else is refused with the nearest titles. A typed year is binding.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.extent import catalog_extent, newer_films
from movierec_cli.core.data.titles import Film, year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.recommend.title_names import (
    Reading,
    names_in,
    readings,
    well_known,
    words_mean,
)
from movierec_cli.core.recommend.title_table import NameTable
from movierec_cli.core.recommend.title_words import article, key, normalize, same_words, telling

Match = Literal["exact", "contains", "near"]
"""Match of a film with a search: by a name, by words of a name, or by similarity alone."""

SHOWN = 8
"""The greatest number of candidates that a message lists."""

_SUGGESTED = 5


class TitleError(UsageError):
    """A typed title that means no film, or several: the rows of ``candidates``, best first.

    ``is_ambiguous`` is true if the title may mean each candidate, and false if the candidates are
    only similar.
    """

    def __init__(
        self, message: str, hint: str, candidates: list[int], is_ambiguous: bool = False
    ) -> None:
        super().__init__(message, hint)
        self.candidates = candidates
        self.is_ambiguous = is_ambiguous


@dataclass(frozen=True)
class Resolution:
    """The film that a typed title means; the note says so where the title is another one."""

    row: int
    note: str = ""


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """Search by title in the films of a data set; the index is built at the first search."""

    dataset: Dataset

    @cached_property
    def popularity(self) -> NDArray[np.int64]:
        """The number of ratings of each film, [n_films]."""
        return np.bincount(self.dataset.ratings.film_rows, minlength=len(self.dataset.films))

    @cached_property
    def _table(self) -> NameTable:
        return NameTable.of(self.dataset.films.titles.tolist())

    @cached_property
    def _has_years(self) -> bool:
        return any(year_in(title) for title in self.dataset.films.titles.tolist())

    @cached_property
    def _extent(self) -> str:
        return f"{self.dataset.name} has {catalog_extent(self.dataset)}."

    @cached_property
    def _newer(self) -> str:
        return newer_films(self.dataset)

    def title(self, row: int) -> str:
        """Return the title of a film, without spaces around it."""
        return str(self.dataset.films.titles[row]).strip()

    def label(self, row: int) -> str:
        """Return id and title of a film."""
        return f"{self.dataset.films.ids[row]} {self.title(row)}"

    def search(self, query: str) -> list[int]:
        """Return the rows of all films that ``query`` may mean, the most likely first."""
        return list(self.matches(query))

    def matches(self, query: str) -> dict[int, Match]:
        """Return row -> match of all films that ``query`` may mean, the most likely first.

        Films of that name come first, then those with every word, or its beginning. Similar films
        are returned only if there are no others.
        """
        for reading in reversed(readings(query)):
            words = normalize(reading.names.main)
            exact = [row for rows in self._named(reading) for row in rows]
            begun = self._films(self._table.with_words(words, begun=True))
            found: dict[int, Match] = {
                **dict.fromkeys(self._of_year(begun, reading.year), "contains"),
                **dict.fromkeys(self._of_year(exact, reading.year), "exact"),
            }
            if found:
                return dict(sorted(found.items(), key=lambda item: item[1] != "exact"))
        return dict.fromkeys(self._nearest(query), "near")

    def resolve(self, film: Film) -> int:
        """Return the row of the one film that an id or a title means; raises as `look_up`."""
        return self.look_up(film).row

    def look_up(self, film: Film) -> Resolution:
        """Resolve an id or a title; a text is an id only if no film has it as its title.

        Raises
        ------
        TitleError
            If it means no film, or several; the hint lists the candidates.
        """
        text = str(film).strip()
        row = self._with_id(text)
        if row is None:
            return self.look_up_title(text)
        if not isinstance(film, str):
            return Resolution(row)
        begun = np.flatnonzero(np.char.startswith(self.dataset.films.titles, text)).tolist()
        names = {other: names_in(self.title(other)) for other in begun if other != row}
        if any(name.main == text for name in names.values()):
            found = self.look_up_title(text)
            return Resolution(found.row, f"{text} is read as a title; as an id: {self.label(row)}.")
        heads = [self.label(other) for other, name in names.items() if name.head == text]
        also = f"{text} is read as the id of {self.title(row)}; there is also {'; '.join(heads)}."
        return Resolution(row, also if heads else "")

    def look_up_title(self, title: str, year: int | None = None) -> Resolution:
        """Resolve a title, which may end with its year; digits are no id here.

        A title that the catalog holds under two ids means the more popular one. The year is
        binding; one year more or less is accepted for a name that no other film fits.

        Raises
        ------
        TitleError
            As `look_up`.
        """
        literal = self._by_popularity(np.flatnonzero(self.dataset.films.titles == title).tolist())
        if rows := self._of_year(literal, year):
            return Resolution(rows[0])
        typed = title if year is None or year_in(title) else f"{title} ({year})"
        options = readings(title, year)
        for reading in options:
            for rows in self._named(reading):
                if fitting := self._of_year(rows, reading.year):
                    return self._one_of(fitting, typed, reading)
        for reading in options:
            if (row := self._of_near_year(reading)) is not None:
                return self._noted(row, typed)
        possible: list[int] = []
        for reading in reversed(options):  # a bare number at the end is rather a year
            words, has_year = normalize(reading.names.main), reading.year is not None
            rows = self._of_year(self._films(self._table.with_words(words)), reading.year)
            possible += rows
            if len(self._distinct(rows)) == 1:
                if words_mean(words, self.title(rows[0]), has_year=has_year):
                    return self._noted(rows[0], typed)
            elif not rows:
                misspelled = self._table.misspelled(words, has_year=has_year)
                rows = self._of_year(self._films(misspelled), reading.year)
                if len(self._distinct(rows)) == 1:
                    return self._noted(rows[0], typed)
        if len(self._distinct(possible)) > 1:
            raise self._ambiguous(typed, possible)
        raise self._unknown(typed, is_part=bool(possible))

    def _named(self, reading: Reading) -> Iterator[list[int]]:
        """Yield the films with a name that is typed, the surest first.

        Without a year, an article that is typed has to be that of the name: "The Heat" is not
        "Heat". With the year, also what is typed in parentheses or behind a colon may be the name,
        and a title with a number and without its subtitle.
        """
        names, table = reading.names, self._table
        typed = key(normalize(names.main))
        begins = article(names.main) if reading.year is None else ""
        for place in (table.main, table.others):
            rows = self._by_popularity(place.get(typed, ()))
            yield [row for row in rows if not begins or begins in self._articles(row)]
        others = [*well_known(typed), *(key(normalize(name)) for name in names.alternatives)]
        if reading.year is not None:
            given = [normalize(name) for name in (*names.asides, names.after_author)]
            given += [name for name in map(normalize, names.subtitles) if len(telling(name)) > 1]
            head = normalize(names.head)
            others += map(key, [*given, head] if head[-1:].isdigit() else given)
        for other in others:
            yield self._by_popularity(table.named(other))

    def _of_near_year(self, reading: Reading) -> int | None:
        """Return the only film of the typed name that is a year older or newer.

        In a catalog without years, return the only film of that name.
        """
        if reading.year is None:
            return None
        named = key(normalize(reading.names.main))
        rows = [row for other in (named, *well_known(named)) for row in self._table.named(other)]
        near = (reading.year - 1, reading.year + 1) if self._has_years else (None,)
        rows = [row for row in self._by_popularity(rows) if year_in(self.title(row)) in near]
        return rows[0] if len(self._distinct(rows)) == 1 else None

    def _articles(self, row: int) -> set[str]:
        names = names_in(self.title(row))
        return set(map(article, (names.main, *names.alternatives, *names.asides)))

    def _nearest(self, query: str) -> list[int]:
        """Return films to suggest: those of the name, with all words, and of similar names."""
        found: list[int] = []
        for reading in reversed(readings(query)):
            names, table = reading.names, self._table
            words = normalize(names.main)
            for name in (names.main, *names.asides, *names.subtitles, names.head):
                found += self._by_popularity(table.named(key(normalize(name))))
            with_words = self._films(table.with_words(table.respelled(words)))
            with_words += self._films(table.with_words(words, begun=True))
            found += self._of_year(with_words, reading.year)
            similar = table.similar(words)
            order = sorted(similar, key=lambda row: (-similar[row], -self.popularity[row], row))
            found += self._of_year(order, reading.year)
            found += [*order, *with_words]
        return list(dict.fromkeys(found))

    def _one_of(self, rows: list[int], typed: str, reading: Reading) -> Resolution:
        """Return the one film among films of a typed name, or raise a `TitleError`."""
        wanted = reading.names.main
        if len(self._distinct(rows)) > 1:
            same = [row for row in rows if same_words(self._main(row)) == same_words(wanted)]
            rows = same or rows
        if len(self._distinct(rows)) > 1:
            raise self._ambiguous(typed, rows)
        found = self._main(rows[0])
        is_same = normalize(found) == normalize(wanted)
        if is_same and (reading.year is not None or article(found) == article(wanted)):
            return Resolution(rows[0])
        return self._noted(rows[0], typed)

    def _main(self, row: int) -> str:
        return names_in(self.title(row)).main

    def _noted(self, row: int, typed: str) -> Resolution:
        return Resolution(row, f"{typed!r} is read as {self.title(row)}.")

    def _ambiguous(self, typed: str, rows: list[int]) -> TitleError:
        rows = self._distinct(rows)
        message = f"{typed!r} may be any of {len(rows)} films."
        hint = f"Give the id or the year: {self._listed(rows)}"
        return TitleError(message, hint, rows, is_ambiguous=True)

    def _unknown(self, typed: str, *, is_part: bool) -> TitleError:
        nearest = self._distinct(self._nearest(typed))[:_SUGGESTED]
        hints = [f"Did you mean: {self._listed(nearest)}."] if nearest else []
        hints += [f"Newer films: {self._newer}"] if self._newer else []
        hint = " ".join(hints) or "Search with: movierec films WORD"
        return TitleError(f"There is no film {typed!r}; {self._extent}", hint, nearest, is_part)

    def _with_id(self, text: str) -> int | None:
        ids = self.dataset.films.ids
        if ids.dtype.kind != "i":
            rows = np.flatnonzero(ids == text)
        elif text.isdecimal() and text.isascii() and len(text) < 19 and str(int(text)) == text:
            rows = np.flatnonzero(ids == int(text))
        else:
            return None
        return int(rows[0]) if len(rows) else None

    def _of_year(self, rows: Iterable[int], year: int | None) -> list[int]:
        return [row for row in rows if year in (None, year_in(self.title(row)))]

    def _by_popularity(self, rows: Iterable[int]) -> list[int]:
        return sorted(set(rows), key=lambda row: (-self.popularity[row], row))

    def _films(self, places: Iterable[int]) -> list[int]:
        return self._by_popularity(self._table.rows[place] for place in places)

    def _distinct(self, rows: Iterable[int]) -> list[int]:
        """Return the first row of each title."""
        return list({self.title(row): row for row in reversed([*rows])}.values())[::-1]

    def _listed(self, rows: list[int]) -> str:
        more = f"; and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        return "; ".join(map(self.label, rows[:SHOWN])) + more
