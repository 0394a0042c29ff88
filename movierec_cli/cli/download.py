"""``movierec download``."""

from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.output import info


def download(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE|DIR", help="Take it from your own ml-100k.zip or folder."
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Take it from a mirror.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch it even if it is there.")] = False,
) -> None:
    """Get MovieLens 100K, verify it, and keep it for the other commands.

    [bold]Examples[/]

      movierec download
      movierec download --from ~/Downloads/ml-100k.zip
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.data import movielens, registry
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.paths import Paths

    if source is not None and url is not None:
        raise UsageError("--from and --url exclude each other.", "Give one of them.")
    paths = Paths.from_environment()
    if source is not None:
        dataset = registry.bring(source.expanduser(), paths)
    else:
        dataset = registry.download(paths, url, force, ProgressBar(of_bytes=True))
    info(
        f"MovieLens 100K is verified and ready: {len(dataset.users):,} users, "
        f"{len(dataset.films):,} films, {len(dataset.ratings):,} ratings."
    )
    info(f"It is kept in {paths.cache}.")
    info(movielens.TERMS)
