"""``movierec profiles``: saved ratings and demographics."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from movierec_cli.cli.completion import complete_profile
from movierec_cli.cli.confirm import confirmed, may_replace_profile
from movierec_cli.cli.loading import load_dataset, load_each, report_failures
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    JsonOption,
    YesOption,
    chosen_format,
)
from movierec_cli.cli.output import Format, emit, info
from movierec_cli.cli.own_ratings import (
    ReportOption,
    SinceOption,
    StrictOption,
    check_report,
    parse_since,
    read_own_ratings,
)
from movierec_cli.cli.tables import plain_view

app = typer.Typer(help="Import, list, show and remove profiles.", no_args_is_help=True)

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
        profile = profiles.load_profile(name, folder)
        counts = {"ratings": len(profile.ratings), "seen": len(profile.seen)}
        return {"name": name, "dataset": profile.dataset, **counts}

    records, failures = load_each(profiles.list_profiles(folder), described)
    hint = "None yet. Make one with: movierec recommend --like Fargo --save-profile NAME"
    view = plain_view("Profiles", records, [] if records or failures else [hint])
    emit(
        chosen_format(format, json),
        view,
        records,
        {},
        "profiles",
        ("name", "dataset", "ratings", "seen"),
    )
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
    known = {
        str(film_id): (film_id, title)
        for film_id, title in zip(films.ids.tolist(), films.titles.tolist(), strict=True)
    }

    def described(film: str) -> dict[str, Any]:
        film_id, title = known.get(film, (film, None))
        return {"film_id": film_id, "title": title}

    records = [{**described(film), "rating": rating} for film, rating in profile.ratings.items()]
    demographics = asdict(UNKNOWN.over(profile))
    notes = [f"{key}: {value}" for key, value in demographics.items() if value is not None]
    if profile.seen:
        notes.append(f"seen, not rated: {len(profile.seen):,} films")
    view = plain_view(f"Profile {name} ({profile.dataset})", records, notes)
    envelope = {
        "profile": name,
        "dataset": profile.dataset,
        **demographics,
        "seen": list(map(described, profile.seen)),
    }
    emit(chosen_format(format, json), view, records, envelope, "ratings")


@app.command("import")
def import_(
    name: NameArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Ratings of Letterboxd, IMDb, Trakt or MovieLens, of a spreadsheet (CSV), or a "
            "profile that a page has saved (JSON).",
        ),
    ],
    strict: StrictOption = False,
    report: ReportOption = None,
    since: SinceOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a profile of this name without asking.")
    ] = False,
    dataset: DatasetOption = DEFAULT_DATASET,
) -> None:
    """Make a profile of your ratings from other sites or a spreadsheet.

    Films that are not in the catalog are left out and reported. Films without a rating count as
    seen: they are not recommended. Of several ratings of a film, the last one counts.

    [bold]Examples[/]

      movierec profiles import ann letterboxd.zip
      movierec profiles import ann ratings.csv --report films.csv --dataset ml-latest-small
      movierec profiles import ann profile.json
    """
    from movierec_cli.core.files import check_name
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles
    from movierec_cli.core.recommend.query import UNKNOWN
    from movierec_cli.core.recommend.title_search import TitleIndex

    check_name(name, "profile")
    check_report(report)
    folder = Paths.from_environment().profiles
    if not may_replace_profile(name, folder, force):
        return
    saved = profiles.read_profile(files[0]) if len(files) == 1 else None
    if saved is not None:
        own_data = load_dataset(saved.dataset)
        saved.film_ratings(own_data), saved.seen_films(own_data)  # checks that the films exist
        profiles.save_profile(name, saved, folder)
        info(f"Saved. Next: movierec recommend --profile {name} --dataset {own_data.name}")
        return
    data = load_dataset(dataset)
    own = read_own_ratings(files, TitleIndex(data), strict, report, parse_since(since))
    profiles.save_profile(name, profiles.make_profile(data, own.ratings, UNKNOWN, own.seen), folder)
    info(f"Saved. Next: movierec recommend --profile {name} --dataset {data.name}")


@app.command()
def remove(name: NameArgument, yes: YesOption = False) -> None:
    """Remove a profile, after a question.

    [bold]Examples[/]

      movierec profiles remove ann
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles

    folder = Paths.from_environment().profiles
    if not yes and name in profiles.list_profiles(folder):
        content = f"The profile {name} in {folder} cannot be restored."
        if not confirmed(content, "Remove it?", "--yes"):
            info("Nothing was removed.")
            return
    profiles.remove_profile(name, folder)
    info(f"Removed {name}.")
