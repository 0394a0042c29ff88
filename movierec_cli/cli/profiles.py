"""``movierec profiles``: saved ratings and demographics."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from movierec_cli.cli.completion import complete_profile
from movierec_cli.cli.loading import load_dataset, load_each, report_failures
from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format
from movierec_cli.cli.output import Format, emit, info
from movierec_cli.cli.tables import plain_view

app = typer.Typer(help="List, show and remove profiles.", no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A profile.", autocompletion=complete_profile)
]


@app.command("list")
def list_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the profiles.

    [bold]Examples[/]

      movierec profiles list
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles

    folder = Paths.from_environment().profiles

    def described(name: str) -> dict[str, Any]:
        return {"name": name, "ratings": len(profiles.load_profile(name, folder).ratings)}

    records, failures = load_each(profiles.list_profiles(folder), described)
    hint = "None yet. Make one with: movierec recommend --like Fargo --save-profile NAME"
    view = plain_view("Profiles", records, [] if records or failures else [hint])
    emit(chosen_format(format, json), view, records, {}, records_key="profiles")
    report_failures(failures)


@app.command()
def show(name: NameArgument, format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Show the ratings and demographics of a profile.

    [bold]Examples[/]

      movierec profiles show ann
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles
    from movierec_cli.core.recommend.query import UNKNOWN

    profile = profiles.load_profile(name, Paths.from_environment().profiles)
    films = load_dataset(profile.dataset).films
    titles = dict(zip(films.ids.tolist(), films.titles.tolist(), strict=True))
    records = [
        {"film_id": film_id, "title": titles.get(film_id), "rating": rating}
        for film_id, rating in profile.ratings.items()
    ]
    demographics = asdict(UNKNOWN.over(profile))
    notes = [f"{key}: {value}" for key, value in demographics.items() if value is not None]
    view = plain_view(f"Profile {name}", records, notes)
    emit(chosen_format(format, json), view, records, {"profile": name, **demographics}, "ratings")


@app.command()
def remove(name: NameArgument) -> None:
    """Remove a profile.

    [bold]Examples[/]

      movierec profiles remove ann
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles

    profiles.remove_profile(name, Paths.from_environment().profiles)
    info(f"Removed {name}.")
