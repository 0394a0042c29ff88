"""Output of the commands: data to stdout in the chosen format, everything else to stderr."""

import codecs
import csv
import io
import json
import os
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from rich.console import Console
from rich.text import Text

from movierec_cli.cli import verbosity
from movierec_cli.cli.heat_map import heat_tables
from movierec_cli.cli.tables import View, laid_out

SCHEMA = 1
_PIPED_WIDTH = 1000  # a pipe has no width; nothing is wrapped or cut for it


class Format(StrEnum):
    """A format of data: ``table`` and ``md`` for people, ``json`` and ``csv`` for programs."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


@dataclass(frozen=True)
class Section:
    """One of several tables of a command: its view, and its complete and unrounded records."""

    key: str
    view: View
    records: Sequence[Mapping[str, Any]]


def emit(
    chosen: Format,
    view: View,
    records: Sequence[Mapping[str, Any]],
    envelope: Mapping[str, Any],
    records_key: str = "rows",
    keys: Sequence[str] = (),
) -> None:
    """Print one table to stdout in the chosen format, as `emit_all` does several.

    In JSON, ``records`` stand at ``records_key`` beside the keys of ``envelope``. In CSV, ``keys``
    are the header where there is no record.
    """
    if chosen is Format.csv:
        _write(_as_csv(records, keys))
    else:
        emit_all(chosen, [Section(records_key, view, records)], envelope)


def emit_all(chosen: Format, sections: Sequence[Section], envelope: Mapping[str, Any]) -> None:
    """Print several tables to stdout in the chosen format.

    JSON has one key for each table. CSV has them one after the other, each below a line with its
    key (``# genres``), an empty line between them.
    """
    if chosen is Format.json:
        print_json({**envelope, **{section.key: list(section.records) for section in sections}})
    elif chosen is Format.csv:
        _write("\n".join(f"# {section.key}\n{_as_csv(section.records)}" for section in sections))
    elif chosen is Format.md:
        _write("\n".join(_as_markdown(section.view) for section in sections))
    else:
        for position, section in enumerate(sections):
            if position:
                _write("\n")
            _print_table(section.view)


def print_json(content: Mapping[str, Any]) -> None:
    """Print an object with the schema version; NaN becomes null."""
    _write(json.dumps({"schema": SCHEMA, **_plain(content)}, indent=2, ensure_ascii=False) + "\n")


@cache
def stdout() -> Console:
    """Return the console for data."""
    return _console(sys.stdout)


@cache
def stderr() -> Console:
    """Return the console for everything else."""
    return _console(sys.stderr)


def info(message: str, style: str = "") -> None:
    """Print a line on stderr, unless ``--quiet`` is set."""
    if verbosity.CURRENT.notes:
        with _as_far_as_somebody_reads():
            stderr().print(Text(message, style=style))


def error(message: str, hint: str = "") -> None:
    """Print an error and its hint, the next step, on stderr."""
    with _as_far_as_somebody_reads():
        stderr().print(Text.assemble(("error", "bold red"), f": {message}"), soft_wrap=True)
        if hint:
            stderr().print()
            stderr().print(Text.assemble(("hint", "bold cyan"), f": {hint}"), soft_wrap=True)


def print_traceback(failure: BaseException) -> None:
    """Print the traceback of an error on stderr."""
    with _as_far_as_somebody_reads():
        stderr().file.write("".join(traceback.format_exception(failure)))


def mute() -> None:
    """Show nothing but errors from now on: another process of the group prints."""
    verbosity.CURRENT.muted = True
    discard(sys.stdout)


@contextmanager
def _as_far_as_somebody_reads() -> Iterator[None]:
    """Go on without stderr once its reader is gone or its disk is full: the work counts."""
    try:
        yield
    except OSError:
        discard(sys.stderr)


def discard(stream: Any) -> None:
    """Send unwritten output nowhere, so that Python can flush it at exit without an error."""
    with suppress(OSError, ValueError):  # it has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def shows_unicode() -> bool:
    """Return whether stdout can show block and braille characters."""
    return "utf" in (stdout().encoding or "").lower()


def bar(share: float, width: int) -> str:
    """Draw a bar for a share 0..1 of ``width`` characters."""
    if not shows_unicode():
        return "#" * round(share * width)
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def number(value: float | None, digits: int = 4) -> str:
    """Write a figure; a dash stands for a missing one."""
    return "–" if value is None or value != value else f"{value:,.{digits}f}"  # noqa: PLR0124


class _Console(Console):
    """A console that passes a closed pipe on as an error."""

    def on_broken_pipe(self) -> None:
        """Raise the error, where Rich would end the program with code 1."""
        raise BrokenPipeError


def _console(stream: Any) -> Console:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="movierec-plain")
    console = _Console(file=stream, highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


def _plain_characters(failure: UnicodeError) -> tuple[str, int]:
    """Replace what the terminal's encoding lacks: accents go, other characters become ``?``."""
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    text = failure.object[failure.start : failure.end].translate(_SUBSTITUTES)
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii"), failure.end


_SUBSTITUTES = str.maketrans({"–": "-", "…": "...", "★": "*", "·": "-", "≥": ">=", "×": "x"})
codecs.register_error("movierec-plain", _plain_characters)


def _write(text: str) -> None:
    """Write data to stdout: UTF-8, whichever encoding the terminal has."""
    file = stdout().file
    buffer = getattr(file, "buffer", None)
    if buffer is None:  # a stream of text in place of stdout
        file.write(text)
        return
    file.flush()
    buffer.write(text.encode("utf-8", "movierec-plain"))  # lone surrogates have no bytes
    buffer.flush()


def _print_table(view: View) -> None:
    console = stdout()
    console.print(Text(view.title, style="bold"))
    for table in laid_out(view, console.width) if view.rows and not view.styles else ():
        console.print(table)
    for table in heat_tables(view, console.width) if view.styles else ():
        console.print()  # it has no frame
        console.print(table)
    if view.styles and view.notes:
        console.print()
    for note in view.notes:
        console.print(Text(note, style="dim"))


def _as_csv(records: Sequence[Mapping[str, Any]], keys: Sequence[str] = ()) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if header := list(records[0] if records else keys):
        writer.writerow(header)
        writer.writerows(map(_csv_cell, record.values()) for record in records)
    return buffer.getvalue()


def _csv_cell(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, list) and any(isinstance(item, dict) for item in plain):
        return json.dumps(plain, ensure_ascii=False)
    return "|".join(map(str, plain)) if isinstance(plain, list) else plain


def _as_markdown(view: View) -> str:
    def line(cells: Iterable[str]) -> str:
        written = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
        return f"| {' | '.join(written)} |\n"

    rule = line("---:" if column.numeric else "---" for column in view.columns)
    header = line(column.header for column in view.columns)
    notes = "".join(f"\n{note}\n" for note in view.notes)
    table = f"\n{header}{rule}{''.join(map(line, view.rows))}" if view.rows else ""
    return f"**{view.title}**\n{table}{notes}"


def _plain(value: Any) -> Any:
    """Turn numpy values, tuples and NaN into values of JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        return None
    return value
