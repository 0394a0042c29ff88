"""``movierec recommend``."""

from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.console import Column, Format, View, emit, number
from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format, dataset_label

if TYPE_CHECKING:
    from movierec_cli.core.recommend import Recommendation
    from movierec_cli.core.runs import Manifest


def recommend(
    user: Annotated[int, typer.Option("--user", metavar="ID", help="A user of the data set.")],
    run: Annotated[str, typer.Option("--run", metavar="NAME", help="The run to use.")] = "dnn",
    n: Annotated[int, typer.Option("-n", min=1, help="How many films.")] = 10,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Recommend films that a user has not rated.

    [bold]Examples[/]

      movierec recommend --user 42
      movierec recommend --user 42 --run two-tower -n 20 --json
    """
    from dataclasses import asdict

    from movierec_cli.core import recommend as core
    from movierec_cli.core.data.registry import load_dataset
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs import load_run

    paths = Paths.from_environment()
    trained = load_run(run, paths.runs)
    dataset = load_dataset(trained.manifest.dataset["name"], paths)
    trained.require_dataset(dataset)
    person = core.known_user(dataset, user)
    films = core.recommend(trained.model, dataset, person, n)
    emit(
        chosen_format(format, json),
        _view(f"user {user}", trained.manifest, films),
        [asdict(film) for film in films],
        {"dataset": dataset.name, "run": run, "user": user},
        records_key="recommendations",
    )


def _view(who: str, manifest: "Manifest", films: "list[Recommendation]") -> View:
    from movierec_cli.core.titles import without_year

    rates = films[0].rating is not None
    scores = [Column("Rating", numeric=True)] if rates else [
        Column("Match", numeric=True),
        Column("Likes it", numeric=True),
    ]  # fmt: skip
    rows = []
    for film in films:
        shown = (
            [number(film.rating, 2)]
            if rates
            else [number(film.match, 3), "–" if film.liking is None else f"{film.liking:.0%}"]
        )
        rows.append(
            [
                str(film.rank),
                without_year(film.title),
                str(film.year or "–"),
                ", ".join(film.genres),
                *shown,
            ]
        )
    meaning = (
        "Rating: predicted, 1 to 5."
        if rates
        else "Match: what the films are ranked by. Likes it: probability of a rating of 4 or 5."
    )
    return View(
        title=f"For {who}, by {manifest.name} ({dataset_label(manifest.dataset['name'])})",
        columns=[
            Column("#", numeric=True),
            Column("Title", style="bold"),
            Column("Year"),
            Column("Genres", style="dim"),
            *scores,
        ],
        rows=rows,
        notes=[meaning],
    )
