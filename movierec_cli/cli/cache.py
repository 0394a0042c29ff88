"""``movierec cache``: list, verify and remove the cached data sets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.confirm import confirmed
from movierec_cli.cli.options import FormatOption, JsonOption, YesOption, chosen_format
from movierec_cli.cli.output import Format, emit, error, info
from movierec_cli.cli.tables import Column, View
from movierec_cli.core.errors import DataError, IntegrityError

if TYPE_CHECKING:
    from movierec_cli.core.data.cache import Entry
    from movierec_cli.core.paths import Paths

app = typer.Typer(help="List, verify or clear the cached data.", no_args_is_help=True)


@app.command("info")
def info_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the cached data sets and unfinished files.

    [bold]Examples[/]

      movierec cache info
    """
    from movierec_cli.core.data.cache import list_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    _show("Cache", list_cache(paths), paths, chosen_format(format, json))


@app.command()
def verify(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Read all cached data and verify it.

    The files of an archive must have the checksums (MD5) of the originals. A prepared data set must
    have the checksum that was stored with it, and must be equal to the archive. Ends with code 5 if
    anything is damaged, 3 if a file cannot be read.

    [bold]Examples[/]

      movierec cache verify
    """
    from movierec_cli.core.data.cache import verify_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    entries = verify_cache(paths)
    _show("Cache, verified", entries, paths, chosen_format(format, json), verified=True)
    unreadable = [entry.failure for entry in entries if entry.failure]
    for failure in unreadable:
        error(failure.message, failure.hint)
    damaged = [entry for entry in entries if entry.damage]
    if damaged:
        raise IntegrityError(
            f"Damaged: {', '.join(entry.path.name for entry in damaged)}.",
            f"Fix it with: {' && '.join(dict.fromkeys(entry.fix for entry in damaged))}",
        )
    if unreadable:
        raise typer.Exit(DataError.exit_code)


@app.command()
def clear(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be removed.")
    ] = False,
    yes: YesOption = False,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Remove the cached data, which can be downloaded again; never runs or profiles.

    [bold]Examples[/]

      movierec cache clear --dry-run
      movierec cache clear -y
    """
    from movierec_cli.core.data.cache import clear_cache, list_cache
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    entries = [entry for entry in list_cache(paths) if entry.state != "being written"]
    if not dry_run:
        content = f"{_amount(entries)} in {paths.cache}. Runs, profiles and imported data stay."
        if entries and not yes and not confirmed(content, "Remove?", "--yes"):
            info("Nothing was removed.")
            return
        clear_cache(entries)
    title = "Would be removed" if dry_run else "Removed"
    _show(title, entries, paths, chosen_format(format, json), dry_run=dry_run)


def _show(
    title: str,
    entries: "Sequence[Entry]",
    paths: "Paths",
    chosen: Format,
    verified: bool = False,
    **envelope: Any,
) -> None:
    """Print the entries, with the results of the verification if they are ``verified``."""
    from movierec_cli.core.files import size_in_words

    columns = ("Data set", "Kind", "State", "Size", "File")
    view = View(
        title=f"{title}: {_amount(entries)}",
        columns=[Column(header, numeric=header == "Size") for header in columns],
        rows=[[e.dataset, e.kind, e.state, size_in_words(e.bytes), e.path.name] for e in entries],
        notes=[
            f"Folder: {paths.cache}",
            *([] if entries else ["Download a data set with: movierec download"]),
            *(entry.damage for entry in entries if entry.damage),
        ],
    )
    results = ("checksum", "damage", "fix") if verified else ()
    records = [
        {
            "dataset": entry.dataset,
            "kind": entry.kind,
            "state": entry.state,
            "bytes": entry.bytes,
            "path": str(entry.path),
            **{name: getattr(entry, name) or None for name in results},
        }
        for entry in entries
    ]
    envelope = {"folder": str(paths.cache), "bytes": sum(e.bytes for e in entries)} | envelope
    keys = ("dataset", "kind", "state", "bytes", "path", *results)
    emit(chosen, view, records, envelope, "entries", keys)


def _amount(entries: "Sequence[Entry]") -> str:
    from movierec_cli.core.files import size_in_words

    if not entries:
        return "nothing"
    files = "1 file" if len(entries) == 1 else f"{len(entries)} files"
    return f"{files}, {size_in_words(sum(entry.bytes for entry in entries))}"
