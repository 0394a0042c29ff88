"""``movierec page``."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.loading import load_run
from movierec_cli.cli.options import DEFAULT_RUN, DatasetOfRunOption, RunOption
from movierec_cli.cli.output import info

_MEGABYTE = 1e6


def page(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="The page.")
    ] = Path("films.html"),
    max_size: Annotated[
        float,
        typer.Option(
            min=0.1, help="The most megabytes; a larger catalog is cut to the most rated films."
        ),
    ] = 8.0,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
) -> None:
    """Write one HTML file that recommends in the browser: search, rate, see what follows.

    The file holds the films and the model. It needs no server and no network, and what you enter
    stays in it. It needs a dnn run of the default preset.

    [bold]Examples[/]

      movierec page
      movierec page -o films.html --open
      movierec page --run dnn-ml-latest-small --max-size 6
    """
    from movierec_cli.core.files import atomic_write, size_in_words
    from movierec_cli.core.page import make_page

    loaded = load_run(run, dataset)
    made = make_page(loaded.model, loaded.manifest, loaded.dataset, int(max_size * _MEGABYTE))
    with atomic_write(output) as file:
        file.write(made.content)
    size = size_in_words(len(made.content))
    if made.n_films < made.n_catalog:
        info(f"With the {made.n_films:,} most rated of {made.n_catalog:,} films; --max-size N.")
    info(f"The page is in {output}, {size}. Open it in any browser.")
    if open_:
        webbrowser.open(output.absolute().as_uri())
