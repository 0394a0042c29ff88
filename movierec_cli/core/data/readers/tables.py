"""Delimited text files as rows of cells, and the problems in them by file, line and column."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from movierec_cli.core.errors import DataError

MAX_PROBLEMS = 20
"""Reading ends when so many problems are found."""

_PEEK = 64 * 1024
_DELIMITERS = ("\t", ";", ",", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_VALUE = 60  # characters of a value in a message
_LONGEST_CELL = 2**24  # characters; a quote without its end makes a cell of the rest of the file
_MANY_COLUMNS = 12  # columns that a message lists
_MARK = "movierec.mark"  # name of an error handler, see `_marked`
_NO_TEXT = "is not readable as text in UTF-8"


@dataclass
class Problems:
    """The problems in the files of one import, in the order of their lines."""

    hint: str = "Correct these lines, then import the file again."
    messages: list[str] = field(default_factory=list)

    def add(self, place: str, line: int, column: str, value: str, wrong: str) -> None:
        """Add that the value in a line and column is ``wrong``; end reading if there are many.

        Raises
        ------
        DataError
            With all problems, if there are `MAX_PROBLEMS` now.
        """
        where = f"{place}, line {line:,}" + (f", column {_shown(column)}" if column else "")
        reason = _NO_TEXT if _has_wrong_bytes(value) else wrong
        self.messages.append(f"{where}: {_shown(value)!r} {reason}")
        if len(self.messages) == MAX_PROBLEMS:
            self.messages.append("There may be more: reading ended here.")
            self.raise_any()

    def raise_any(self) -> None:
        """Raise a `DataError` with all problems, if there are any."""
        if not self.messages:
            return
        if len(self.messages) == 1:
            raise DataError(f"{self.messages[0]}.", self.hint)
        lines = "\n".join(f"  {message}" for message in self.messages)
        raise DataError(
            f"There are problems in the data, and nothing was kept:\n{lines}", self.hint
        )


@dataclass(frozen=True)
class TextFormat:
    """The form of a delimited text file.

    Attributes
    ----------
    delimiter
        One character, or ``::``.
    header
        Names of the columns where the file has no header; ``None`` where its first line is one.
    quoted
        True if cells may be quoted, so that they may contain the delimiter.
    """

    delimiter: str = ","
    encoding: str = "utf-8-sig"
    header: tuple[str, ...] | None = None
    quoted: bool = True


@dataclass(frozen=True)
class Table:
    """An opened table: its columns and its rows.

    Attributes
    ----------
    columns
        Names of the columns as they are in the file.
    rows
        Line number and cells of each row that is as long as the header.
    skipped_lines
        Number of lines before the first row.
    """

    place: str
    text_format: TextFormat
    columns: Sequence[str]
    rows: Iterator[tuple[int, list[str]]]
    skipped_lines: int


def sniff(file: io.BufferedReader | BinaryIO) -> TextFormat:
    """Return the form of a file with a header, from its beginning, without moving in it."""
    start = file.peek(_PEEK)[:_PEEK]  # type: ignore[union-attr]
    encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "utf-8-sig")
    text = start.decode(encoding, errors="replace").lstrip()
    named = _SEPARATOR_LINE.match(text)
    if named:
        return TextFormat(named[1], encoding)
    first_line = text.splitlines()[0] if text else ""
    counts = {delimiter: first_line.count(delimiter) for delimiter in _DELIMITERS}
    return TextFormat(max(_DELIMITERS, key=lambda name: counts[name]), encoding)


def text_lines(content: bytes) -> list[str]:
    """Return the lines of a text; wrong bytes become lone surrogates, see `checked_text`."""
    encoding = sniff(io.BufferedReader(io.BytesIO(content))).encoding
    return content.decode(encoding, errors=_MARK).splitlines()


def read_table(
    file: BinaryIO,
    place: str,
    text_format: TextFormat,
    problems: Problems,
    *,
    may_end_early: bool = False,
) -> Table:
    """Start reading a table: blank lines and a ``sep=`` line are passed over.

    With ``may_end_early``, a row shorter than the header ends with empty cells; spreadsheets leave
    these out.

    Raises
    ------
    DataError
        If it has no header, or one that is no text.
    """
    text = io.TextIOWrapper(file, text_format.encoding, errors=_MARK, newline="")
    lines = _cells(text, text_format, place)
    if text_format.header is not None:
        header, skipped = list(text_format.header), 0
    else:
        header, skipped = [], 0
        for number, cells in lines:
            if any(cell.strip() for cell in cells) and not cells[0].lower().startswith("sep="):
                header, skipped = [_header_cell(cell, place, number) for cell in cells], number
                break
        if not header:
            raise DataError(f"{place} is empty.", "It needs a header, such as: user,film,rating")
    if may_end_early:
        lines = ((line, cells + [""] * (len(header) - len(cells))) for line, cells in lines)
    return Table(place, text_format, header, _rows(lines, len(header), place, problems), skipped)


def _header_cell(cell: str, place: str, line: int) -> str:
    text = checked_text(cell)
    if text is None:
        raise DataError(
            f"{place}, line {line}: the header has {_shown(cell)!r}, which {_NO_TEXT}.",
            "Save the file as a table in CSV, in UTF-8.",
        )
    return text


def _cells(
    text: io.TextIOWrapper, text_format: TextFormat, place: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that is not blank, or of the first of several lines."""
    if len(text_format.delimiter) > 1:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield number, line.rstrip("\r\n").split(text_format.delimiter)
        return
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(
        text,
        delimiter=text_format.delimiter,
        quoting=csv.QUOTE_MINIMAL if text_format.quoted else csv.QUOTE_NONE,
        skipinitialspace=text_format.delimiter != "\t",
    )
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"{place}, line {number:,}: {error}.", "Check the quotes in this line."
            ) from error
        if cells:
            yield number, cells


def _rows(
    lines: Iterable[tuple[int, list[str]]], width: int, place: str, problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows as long as the header; blank ones are passed over, others are problems."""
    for number, cells in lines:
        if len(cells) == width and cells[0]:
            yield number, cells
        elif not any(map(str.strip, cells)):
            continue
        elif len(cells) == width or (len(cells) > width and not any(cells[width:])):
            yield number, cells[:width]  # spreadsheets add empty cells at the end
        else:
            wrong = f"has {len(cells):,} cells, the header {width:,}"
            problems.add(place, number, "", ",".join(cells), wrong)


def find_columns(
    table: Table,
    usual: Mapping[str, Sequence[str]],
    chosen: Mapping[str, str | None],
    option: str = "--{}-column",
) -> dict[str, int]:
    """Return the position of each column that is there, by the usual names or the chosen ones.

    Parameters
    ----------
    usual
        Column -> its usual names in lower case, best first.
    chosen
        Column -> the name in this file, where the user gave it.

    Raises
    ------
    DataError
        If a chosen column does not exist, or two have the same name.
    """
    names = [_plain(name) for name in table.columns]
    taken = {_plain(name) for name in chosen.values() if name}
    found = {}
    for column, aliases in usual.items():
        given = chosen.get(column)
        wanted = [_plain(given)] if given else [name for name in aliases if name not in taken]
        name = next((name for name in wanted if name in names), None)
        if name is None and given:
            raise DataError(
                f"{table.place} has no column {given!r}.", f"It has: {listed(table.columns)}"
            )
        if name is not None and names.count(name) > 1:
            raise DataError(
                f"{table.place} has {names.count(name)} columns {name!r}.",
                f"Rename one, or choose another with {option.format(column)}.",
            )
        if name is not None:
            found[column] = names.index(name)
    return found


def listed(columns: Sequence[str]) -> str:
    """Return the names of columns for a message, the first dozen of many."""
    more = f" and {len(columns) - _MANY_COLUMNS:,} more" if len(columns) > _MANY_COLUMNS else ""
    return ", ".join(name[:_LONGEST_VALUE] for name in columns[:_MANY_COLUMNS]) + more


def _shown(value: str) -> str:
    """Return a value for a message: not too long, and with `�` for each wrong byte."""
    text = "".join("�" if _has_wrong_bytes(c) else c for c in value[:_LONGEST_VALUE])
    return text if len(value) <= _LONGEST_VALUE else f"{text}…"


def _has_wrong_bytes(text: str) -> bool:
    """Return whether a text has lone surrogates: of wrong bytes, see `_marked`."""
    return not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)


def _marked(error: UnicodeError) -> tuple[str, int]:
    """Decode wrong bytes as lone surrogates, which `Problems` reports with line and column."""
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff" * (error.end - error.start), error.end


codecs.register_error(_MARK, _marked)


def _plain(name: str) -> str:
    """Return a column's name without case, spaces, underscores, and a type as RecBole adds one."""
    return re.sub(r"[\s_]+", "", name.partition(":")[0].lower())


def checked_text(cell: str) -> str | None:
    """Return a cell without surrounding space and line breaks; ``None`` if it is no text."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = " ".join(cell.split())
    has_controls = any(c < " " or c == "\x7f" for c in text)
    return None if has_controls or _has_wrong_bytes(text) else text
