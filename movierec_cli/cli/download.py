"""``movierec download``."""

from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.completion import complete_edition
from movierec_cli.cli.output import info


def download(
    edition: Annotated[
        str,
        typer.Argument(
            metavar="[EDITION]",
            help="ml-100k, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m, ml-latest-small or ml-latest.",
            autocompletion=complete_edition,
        ),
    ] = "ml-100k",
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE|DIR", help="Use your own archive or folder of it."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Download from this address.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Download even if it is here already.")
    ] = False,
) -> None:
    """Download an edition of MovieLens, verify it, and keep it for the other commands.

    If the official site does not answer, a mirror is asked; the checksum decides.

    [bold]Examples[/]

      movierec download
      movierec download ml-1m
      movierec download ml-32m --from ~/Downloads/ml-32m.zip
    """
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.data import install, registry
    from movierec_cli.core.data.editions import EDITIONS, edition_name
    from movierec_cli.core.data.extent import catalog_extent
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.files import accessing, exists, size_in_words
    from movierec_cli.core.paths import Paths

    if source is not None and url is not None:
        raise UsageError("--from and --url exclude each other.", "Give one of them.")
    chosen = EDITIONS.get(edition_name(edition))
    if chosen is None:
        raise UsageError(
            f"There is no edition {edition!r}.",
            f"Choose one of: {', '.join(EDITIONS)}; or import your own ratings with: "
            "movierec import FILE --name NAME",
        )
    paths = Paths.from_environment()
    progress = ProgressBar(of_bytes=True)
    is_packaged = chosen.is_packaged and not (source or url or force)
    if source is not None:
        dataset = install.bring(chosen, source.expanduser(), paths, progress)
    else:
        dataset = install.download(chosen, paths, url, force, progress)
    if is_packaged and not exists(registry.archive_path(chosen.name, paths)):
        info(f"{chosen.title} comes with movierec; nothing was downloaded.")
    info(
        f"{chosen.title} is verified and ready: {len(dataset.users):,} users, "
        f"{catalog_extent(dataset)}, {len(dataset.ratings):,} ratings."
    )
    with accessing(paths.cache, "read"):
        size = registry.prepared_path(chosen.name, paths).stat().st_size
    info(f"It is kept in {paths.cache}, with {size_in_words(size)} of prepared data.")
    info(chosen.terms)
    if chosen.name != registry.DEFAULT_DATASET:
        info(f"Next: movierec train dnn --dataset {chosen.name}")
