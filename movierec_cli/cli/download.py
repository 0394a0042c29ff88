"""``movierec download``."""

from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.output import info


def download(
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE|DIR", help="Use your own ml-100k.zip or folder."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Download from a mirror.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Download even if the cache has it.")
    ] = False,
) -> None:
    """Download MovieLens 100K, verify it, and keep it for the other commands.

    [bold]Examples[/]

      movierec download
      movierec download --from ~/Downloads/ml-100k.zip
    """
    from movierec_cli.cli.progress import DownloadProgress
    from movierec_cli.core.data import install
    from movierec_cli.core.data.registry import DEFAULT_DATASET, EDITIONS
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.paths import Paths

    if source is not None and url is not None:
        raise UsageError("--from and --url exclude each other.", "Give one of them.")
    paths = Paths.from_environment()
    edition = EDITIONS[DEFAULT_DATASET]
    if source is not None:
        dataset = install.bring(edition, source.expanduser(), paths)
    else:
        dataset = install.download(edition, paths, url, force, DownloadProgress())
    info(
        f"{edition.title} is verified and ready: {len(dataset.users):,} users, "
        f"{len(dataset.films):,} films, {len(dataset.ratings):,} ratings."
    )
    info(f"It is kept in {paths.cache}.")
    info(edition.terms)
