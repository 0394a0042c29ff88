"""The report about ratings files: the rows that were read, matched and left out."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.extent import catalog_extent, newer_films
from movierec_cli.core.errors import DataError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.recommend.ratings_files.entries import STARS, Entry, Outcome, RatingsFile

COLUMNS = ("file", "line", "title", "year", "rating", "outcome", "film_id", "film", "note")
"""The columns of the list in CSV; ``rating`` is in stars."""

_PROBLEMS = (Outcome.wrong, Outcome.missing, Outcome.ambiguous)
_MAX_PROBLEMS = 20  # in an error
_SHOWN = 4  # films in a line of the report
_SHOWN_LINES = 8  # numbers of lines in a line of the report
_LEFT_OUT = {
    Outcome.series: "series or episode",
    Outcome.unrated: "film that is neither rated nor seen",
    Outcome.wrong: "wrong row",
}


@dataclass(frozen=True)
class Row:
    """A row of a ratings file with its result; ``film_row`` where the film is known."""

    entry: Entry
    outcome: Outcome
    film_row: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    """The results of all rows of ratings files.

    Attributes
    ----------
    files
        The files in the order in which they were given.
    rows
        Their rows in this order.
    conflicts
        Pairs of rows that rate the same film differently; the second counts.
    note
        A line about ratings that are left out by their date; empty for none.
    raised
        Number of ratings below the lowest of the data set, which count as that.
    """

    dataset: Dataset
    files: tuple[RatingsFile, ...]
    rows: tuple[Row, ...]
    conflicts: tuple[tuple[Row, Row], ...] = ()
    note: str = ""
    raised: int = 0

    def of(self, *outcomes: Outcome) -> list[Row]:
        """Return the rows with these results."""
        return [row for row in self.rows if row.outcome in outcomes]

    def lines(self) -> list[str]:
        """Return the report in a few lines."""
        matched, seen = len(self.of(Outcome.matched)), len(self.of(Outcome.seen))
        of_seen = f", and {seen:,} seen but not rated" if seen else ""
        n_left_out = len(self.of(*_PROBLEMS, *_LEFT_OUT))
        left_out = f"; left out: {_count(n_left_out, 'row')}" if n_left_out else ""
        lines = [
            *map(_described, self.files),
            *filter(None, [self.note]),
            f"Matched: {_count(matched, 'film')}{of_seen}{left_out}.",
        ]
        near = [row for row in self.of(Outcome.matched, Outcome.seen) if row.note]
        if near:
            pairs = [f"{row.entry.label} is {row.note}" for row in near]
            lines.append(f"Matched by another title or year: {_listed(pairs)}.")
        if missing := self.of(Outcome.missing):
            labels = _listed([row.entry.label for row in missing])
            lines.append(
                f"Not in the catalog: {_count(len(missing), 'film')}: {labels}. {self._extent()}"
            )
        if ambiguous := self.of(Outcome.ambiguous):
            labels = _listed([f"{row.entry.label} (line {row.entry.line:,})" for row in ambiguous])
            lines.append(f"Ambiguous: {_count(len(ambiguous), 'film')}: {labels}.")
        for outcome, label in _LEFT_OUT.items():
            if rows := self.of(outcome):
                at = _listed([f"{row.entry.line:,}" for row in rows], _SHOWN_LINES, ", ")
                noun = "line" if len(rows) == 1 else "lines"
                lines.append(f"{_count(len(rows), label).capitalize()}: {noun} {at}.")
        if self.conflicts:
            pairs = [self._conflict(pair) for pair in self.conflicts]
            lines.append(f"Rated twice, the last counts: {_listed(pairs)}.")
        if self.raised:
            lowest = f"{self.dataset.lowest_rating:g}, the lowest rating of {self.dataset.name}"
            lines.append(f"Raised to {lowest}: {_count(self.raised, 'rating')}.")
        return lines

    def details(self) -> list[str]:
        """Return a line for each row that is left out, ambiguous or matched by another title."""
        plain = (Outcome.matched, Outcome.seen, Outcome.repeated)
        return [self._line(row) for row in self.rows if row.outcome not in plain or row.note]

    def require_complete(self) -> None:
        """Check that no row is a problem.

        Raises
        ------
        DataError
            With every problem, up to twenty.
        """
        problems = [self._line(row) for row in self.of(*_PROBLEMS)]
        problems += [f"{self._conflict(pair)}: rated twice" for pair in self.conflicts]
        if problems:
            names = ", ".join(file.file for file in self.files)
            raise DataError(
                f"{names}: {_count(len(problems), 'problem')}, and nothing was kept:\n"
                f"{_indented(problems)}",
                "Correct these rows, or leave out --strict to go on without them.",
            )

    def require_match(self) -> None:
        """Check that a film was matched.

        Raises
        ------
        DataError
            With every problem, up to twenty, and the extent of the catalog.
        """
        if self.of(Outcome.matched, Outcome.seen):
            return
        names = ", ".join(file.file for file in self.files)
        if not self.rows:
            raise DataError(
                f"{names} names no film.", "Below the header, write a film on each line."
            )
        extent = f" {self._extent()}" if self.of(Outcome.missing) else ""
        raise DataError(
            f"{names} names no known film.{extent}\n{_indented(list(map(self._line, self.rows)))}",
            self._advice(),
        )

    def _advice(self) -> str:
        if any("the header" in row.note for row in self.of(Outcome.wrong)):
            return 'Quote a title that has a comma: "Godfather, The (1972)",5'
        newer = newer_films(self.dataset) if self.of(Outcome.missing) else ""
        return f"Newer films: {newer}" if newer else "Correct these rows."

    def _extent(self) -> str:
        newer = newer_films(self.dataset)
        extent = f"{self.dataset.name} has {catalog_extent(self.dataset)}"
        return f"{extent}; {newer.partition(':')[0]}." if newer else f"{extent}."

    def _line(self, row: Row) -> str:
        """Return place, film and result of a row; the file only where there are several."""
        place = row.entry.place if len(self.files) > 1 else f"line {row.entry.line:,}"
        label = f" {row.entry.label}:" if row.entry.label else ""
        note = f" ({row.note})" if row.note else ""
        return f"{place}:{label} {row.outcome}{note}"

    def _conflict(self, pair: tuple[Row, Row]) -> str:
        earlier, later = (row.entry for row in pair)
        title = self.dataset.films.titles[pair[1].film_row]
        place = f"lines {earlier.line:,} and {later.line:,}"
        if earlier.file != later.file:
            place = f"{earlier.place} and {later.place}"
        return f"{title} in {place} ({earlier.rating:g}, then {later.rating:g} stars)"


def write_report(report: Report, path: Path) -> None:
    """Write all rows with their results as CSV in UTF-8.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    films = report.dataset.films
    with atomic_write(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in report.rows:
            entry, at = row.entry, row.film_row
            film = ("", "") if at is None else (films.ids[at], films.titles[at])
            rating = "" if entry.rating is None else f"{entry.rating:g}"
            title = next(iter(entry.titles), "")
            cells = (
                entry.file,
                entry.line,
                title,
                entry.year,
                rating,
                row.outcome,
                *film,
                row.note,
            )
            writer.writerow(cells)
        text.detach()


def _described(file: RatingsFile) -> str:
    """Return source, place, size and scale of a file, and its unused columns."""
    unit = " stars" if file.scale.highest == STARS.highest else ""
    is_rated = any(entry.rating is not None for entry in file.entries)
    ratings = f"ratings of {file.scale}{unit}" if is_rated else "without ratings"
    unused = f" Not used: {_listed(file.unused, _SHOWN_LINES, ', ')}." if file.unused else ""
    return f"{file.source}: {file.file}, {_count(len(file.entries), 'row')}, {ratings}.{unused}"


def _count(number: int, noun: str) -> str:
    """Return a number of rows, films or the like; a noun may have more words behind it."""
    first, space, rest = noun.partition(" that ")
    return f"{number:,} {first}{'' if number == 1 else 's'}{space}{rest}"


def _listed(items: Iterable[str], shown: int = _SHOWN, separator: str = "; ") -> str:
    items = list(items)
    more = f"{separator}and {len(items) - shown:,} more" if len(items) > shown else ""
    return separator.join(items[:shown]) + more


def _indented(problems: list[str]) -> str:
    lines = [f"  {problem}" for problem in problems[:_MAX_PROBLEMS]]
    if len(problems) > _MAX_PROBLEMS:
        lines.append(f"  and {len(problems) - _MAX_PROBLEMS:,} more")
    return "\n".join(lines)
