"""``movierec config``: settings that last."""

from typing import Annotated

import typer

from movierec_cli.cli.completion import complete_dataset
from movierec_cli.cli.output import info, stdout

app = typer.Typer(help="Choose the default data set.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Choose the default data set."""


@app.command()
def dataset(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A data set.", autocompletion=complete_dataset),
    ] = None,
) -> None:
    """Show the default data set, or choose another one.

    MOVIEREC_DATASET and --dataset beat it.

    [bold]Examples[/]

      movierec config dataset
      movierec config dataset ml-latest-small
    """
    from movierec_cli.core.data.default import configure_dataset, default_dataset
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    if name is None:
        stdout().file.write(f"{default_dataset(paths)}\n")
        return
    chosen = configure_dataset(name, paths)
    info(f"{chosen} is the default data set now.")
