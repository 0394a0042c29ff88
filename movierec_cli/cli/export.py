"""``movierec export``: the vectors of a run for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.loading import load_run
from movierec_cli.cli.options import DEFAULT_RUN, DatasetOfRunOption, RunOption
from movierec_cli.cli.output import info

app = typer.Typer(help="Write the vectors of a run for other programs.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Write the vectors of a run for other programs."""


@app.command()
def vectors(
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE.npz|parquet|tsv", help="Its end is the format."
        ),
    ],
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
) -> None:
    """Write the user and film vectors with ids and titles, for use in any vector database.

    .npz: the arrays user_ids, user_vectors, film_ids, film_titles, film_vectors and
    similarity_vectors. .parquet: a row for each user and film. .tsv: vectors and metadata for the
    embedding projector. The dot product of a user's and a film's vector is the score; the cosine
    of two similarity vectors is the similarity of two films.

    [bold]Examples[/]

      movierec export vectors -o vectors.npz
      movierec export vectors --run dnn -o vectors.tsv
    """
    from movierec_cli.core.recommend.export import write_vectors

    loaded = load_run(run, dataset)
    written = write_vectors(loaded.model, loaded.dataset, output)
    users, films = len(loaded.dataset.users), len(loaded.dataset.films)
    paths = " and ".join(map(str, written))
    info(f"Wrote the vectors of {users:,} users and {films:,} films to {paths}.")
