"""``movierec cache``: the data sets that are kept, looked at, verified and removed."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format
from movierec_cli.cli.output import Format, emit, info, stderr
from movierec_cli.cli.tables import Column, View
from movierec_cli.core.errors import IntegrityError, UsageError

if TYPE_CHECKING:
    from movierec_cli.core.data.cache import Entry, Verified
    from movierec_cli.core.paths import Paths

app = typer.Typer(help="Look at, verify or clear the cached data.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Look at, verify or clear the cached data."""


@app.command("info")
def info_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List what is cached: data sets, and what was left unfinished.

    [bold]Examples[/]

      movierec cache info
    """
    from movierec_cli.core.data.cache import list_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    entries = list_cache(paths)
    notes = _notes(entries, paths)
    _emit_entries("Cache", entries, notes, chosen_format(format, json), _envelope(entries, paths))


@app.command()
def verify(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Read everything that is cached again and check what is in it.

    What is used of the archive has to be as GroupLens published it (MD5); a data set that was
    prepared for the commands has to have the checksum that was stored with it, and to be what is in
    the archive. Ends with code 5 if anything is damaged.

    [bold]Examples[/]

      movierec cache verify
    """
    from movierec_cli.core.data.cache import verify_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    verified = verify_cache(paths)
    n_damaged = sum(bool(one.damage) for one in verified)
    view = View(
        title=f"Cache, read again: {n_damaged or 'nothing'} damaged",
        columns=[
            Column("Data set", style="bold"),
            Column("Kind"),
            Column("State"),
            Column("What is wrong"),
        ],
        rows=[[one.entry.dataset, one.entry.kind, _state(one), one.damage] for one in verified],
        notes=_notes([one.entry for one in verified], paths),
    )
    records = [
        _record(one.entry)
        | {
            "state": _state(one),
            "checksum": one.checksum or None,
            "damage": one.damage or None,
            "fix": one.fix or None,
        }
        for one in verified
    ]
    envelope = _envelope([one.entry for one in verified], paths)
    emit(chosen_format(format, json), view, records, envelope, "entries")
    fixes = list(dict.fromkeys(one.fix for one in verified if one.damage))
    if fixes:
        raise IntegrityError(
            f"Damaged: {', '.join(one.entry.path.name for one in verified if one.damage)}.",
            f"Mend it with: {' && '.join(fixes)}",
        )


@app.command()
def clear(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be removed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Remove the cached data, which can be had again; never trained models or profiles.

    [bold]Examples[/]

      movierec cache clear --dry-run
      movierec cache clear -y
    """
    from movierec_cli.core.data.cache import State, clear_cache, list_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    entries = [entry for entry in list_cache(paths) if entry.state is not State.being_written]
    if not dry_run:
        if not (yes or _confirmed(entries, paths)):
            info("Nothing was removed.")
            return
        entries = clear_cache(entries)
    title = "Would be removed" if dry_run else "Removed"
    notes = [f"Folder: {paths.cache}"]
    envelope = _envelope(entries, paths) | {"dry_run": dry_run}
    _emit_entries(title, entries, notes, chosen_format(format, json), envelope)


def _confirmed(entries: "Sequence[Entry]", paths: "Paths") -> bool:
    """Ask on stderr, so that stdout stays data; the end of input is a no."""
    if not entries:
        return True
    if not (sys.stdin.isatty() and stderr().is_terminal):
        raise UsageError(
            "There is no terminal to confirm it in.", "Add -y: movierec cache clear -y"
        )
    what = f"{_amount(entries)} in {paths.cache}. Models and profiles stay."
    stderr().print(Text(f"{what}\nRemove? [y/N] "), end="")
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        info("")
        return False


def _emit_entries(
    title: str,
    entries: "Sequence[Entry]",
    notes: Sequence[str],
    chosen: Format,
    envelope: dict[str, Any],
) -> None:
    from movierec_cli.core.files import size_in_words

    view = View(
        title=f"{title}: {_amount(entries)}",
        columns=[
            Column("Data set", style="bold"),
            Column("What"),
            Column("Size", numeric=True),
            Column("File"),
        ],
        rows=[[e.dataset, _what(e), size_in_words(e.bytes), e.path.name] for e in entries],
        notes=notes,
    )
    emit(chosen, view, [_record(entry) for entry in entries], envelope, "entries")


def _what(entry: "Entry") -> str:
    """Say what a file is; that one is kept goes without saying."""
    from movierec_cli.core.data.cache import Kind

    return f"{entry.kind}, {entry.state}" if entry.kind is Kind.unfinished else str(entry.kind)


def _envelope(entries: "Sequence[Entry]", paths: "Paths") -> dict[str, Any]:
    return {"folder": str(paths.cache), "bytes": _total(entries)}


def _notes(entries: "Sequence[Entry]", paths: "Paths") -> list[str]:
    """Say where it is, and what the words mean that are seldom seen."""
    from movierec_cli.core.data.cache import State

    notes = [f"Folder: {paths.cache}"]
    if not entries:
        notes.append("Get MovieLens 100K with: movierec download")
    if any(entry.state is State.left_behind for entry in entries):
        notes.append(
            "Left behind: by a process that was killed; the next write of the same file removes it."
        )
    return notes


def _amount(entries: "Sequence[Entry]") -> str:
    from movierec_cli.core.files import size_in_words

    if not entries:
        return "nothing"
    files = "1 file" if len(entries) == 1 else f"{len(entries)} files"
    return f"{files}, {size_in_words(_total(entries))}"


def _total(entries: "Sequence[Entry]") -> int:
    return sum(entry.bytes for entry in entries)


def _state(one: "Verified") -> str:
    if one.damage:
        return "damaged"
    return "ok" if one.checksum else str(one.entry.state)


def _record(entry: "Entry") -> dict[str, Any]:
    return {
        "dataset": entry.dataset,
        "kind": str(entry.kind),
        "state": str(entry.state),
        "bytes": entry.bytes,
        "path": str(entry.path),
    }
