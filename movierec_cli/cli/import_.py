"""``movierec import``: people's own ratings as a data set."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.confirm import confirmed
from movierec_cli.cli.output import info
from movierec_cli.cli.progress import ProgressBar

if TYPE_CHECKING:
    from movierec_cli.core.data.install import Imported

_file_option = partial(typer.Option, metavar="FILE", dir_okay=False, rich_help_panel="More tables")
_column_option = partial(typer.Option, metavar="NAME", rich_help_panel="Columns and scale")


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A CSV, TSV or Parquet file; a zip or folder of MovieLens files."
        ),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the data set.")],
    films: Annotated[
        Path | None,
        _file_option("--films", help="Films: film id, title, year, genres, imdb_id, tmdb_id."),
    ] = None,
    users: Annotated[
        Path | None,
        _file_option("--users", help="Users: user id, age, gender, occupation, zip."),
    ] = None,
    user_column: Annotated[
        str | None, _column_option("--user-column", help="Column of user ids.")
    ] = None,
    film_column: Annotated[
        str | None, _column_option("--film-column", help="Column of film ids.")
    ] = None,
    rating_column: Annotated[
        str | None, _column_option("--rating-column", help="Column of ratings.")
    ] = None,
    time_column: Annotated[
        str | None, _column_option("--time-column", help="Column of times, seconds or dates.")
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            "--scale",
            metavar="LOWEST-HIGHEST",
            help="Scale of the ratings; without it, it is found where that is certain.",
            rich_help_panel="Columns and scale",
        ),
    ] = None,
    implicit: Annotated[
        bool,
        typer.Option(
            "--implicit",
            help="Take a row without a rating as a like.",
            rich_help_panel="Columns and scale",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read, and show what was read.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a data set of this name without asking.")
    ] = False,
) -> None:
    """Import your own ratings, for every command that takes --dataset.

    The file of ratings has a header. Columns are found by their usual names, such as user, film,
    rating and timestamp; ids may be numbers or text. Ratings are kept in stars: the highest of the
    scale is 5 stars. Of several ratings of a film by a user, the last counts.

    [bold]Examples[/]

      movierec import ratings.csv --name mine
      movierec import ratings.tsv --name mine --scale 0-10 --films films.csv
      movierec import ml-1m.zip --name my-movielens
    """
    from movierec_cli.core.data import install
    from movierec_cli.core.data.readers.own_files import OwnFiles
    from movierec_cli.core.data.readers.scale import parse_scale
    from movierec_cli.core.data.registry import imported_path
    from movierec_cli.core.files import exists
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    files = OwnFiles(
        ratings=path.expanduser(),
        films=films,
        users=users,
        columns={
            "user": user_column,
            "film": film_column,
            "rating": rating_column,
            "time": time_column,
        },
        scale=None if scale is None else parse_scale(scale),
        implicit=implicit,
    )
    install.check_import_name(name)
    is_replaced = exists(imported_path(name, paths)) and not (force or dry_run)
    if is_replaced and not confirmed(
        f"There is a data set {name} already; its runs are of no use with another one.",
        "Replace it?",
        "--force",
    ):
        info("Nothing was kept.")
        return
    imported = install.read_import(files, name, ProgressBar(of_bytes=True))
    for line in _summary(imported):
        info(line)
    if dry_run:
        info("Nothing was kept: --dry-run.")
        return
    install.keep_import(imported, paths)
    info(f"It is the data set {name} now. Next: movierec train dnn --dataset {name}")


def _summary(imported: "Imported") -> list[str]:
    """Return what was read, a line for each kind."""
    import numpy as np

    from movierec_cli.core.data.extent import catalog_extent

    dataset, assembled = imported.dataset, imported.assembled
    ratings, films, users = dataset.ratings, dataset.films, dataset.users
    scale = imported.scale
    of_scale = f"on a scale of {scale}, kept as 0 to 5 stars" if scale else "all of them likes"
    if scale is not None and scale.highest == 5:
        of_scale = f"{scale} stars"
    lines = [f"Ratings: {len(ratings):,}, {of_scale}."]
    if assembled.duplicates:
        lines.append(
            f"Repeated: {assembled.duplicates:,}; of several ratings of a film by a user, the last "
            "counts."
        )
    if assembled.with_several_titles:
        lines.append(
            f"Titles: {assembled.with_several_titles:,} with others in later ratings; the first of "
            "a film counts."
        )
    if assembled.unused:
        lines.append(f"Columns not used: {', '.join(assembled.unused)}; --films reads films.")
    if dataset.has_times:
        first, last = (
            np.datetime64(int(time), "s").astype("datetime64[D]")
            for time in (ratings.timestamps.min(), ratings.timestamps.max())
        )
        lines.append(f"Times: {first} to {last}.")
    else:
        is_given = bool(ratings.timestamps.any())
        lines.append("Times: all the same, and not used." if is_given else "Times: none.")
    with_titles = int((films.titles != films.ids.astype(np.str_)).sum())
    of_titles = f", {with_titles:,} with a title" if 0 < with_titles < len(films) else ""
    if not with_titles and np.isnat(films.released).all():  # years are those of titles
        of_titles = ", without titles"
    genres = f"{len(dataset.genres)} genres" if dataset.genres else "no genres"
    lines.append(f"Catalog: {catalog_extent(dataset)}{of_titles}; {genres}.")
    known = [
        label
        for label, has in (
            ("age", np.any(users.age >= 0)),
            ("gender", np.any(users.gender >= 0)),
            ("occupation", bool(dataset.occupations)),
        )
        if has
    ]
    lines.append(f"Users: {len(users):,}; {', '.join(known) or 'no demographics'}.")
    if assembled.users_without_ratings:
        lines.append(f"Left out, without a rating: {assembled.users_without_ratings:,} users.")
    return lines
