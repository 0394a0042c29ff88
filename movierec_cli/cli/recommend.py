"""``movierec recommend``."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.completion import complete_occupation, complete_profile
from movierec_cli.cli.loading import load_run
from movierec_cli.cli.options import (
    DEFAULT_RUN,
    FILTERS_PANEL,
    DatasetOfRunOption,
    FormatOption,
    GenreOption,
    JsonOption,
    NotGenreOption,
    RunOption,
    YearOption,
    chosen_format,
    parse_years,
)
from movierec_cli.cli.output import Format, emit, info
from movierec_cli.cli.own_ratings import (
    RatingsOption,
    ReportOption,
    StrictOption,
    read_own_ratings,
    require_ratings,
)
from movierec_cli.cli.recommendations import films_of, recommendations_view
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.profiles import Profile

_USER = "User"


def _option(panel: str, help: str, *names: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=panel, **settings)


def recommend(
    user: Annotated[
        str | None, _option(_USER, "A user of the data set.", "--user", metavar="ID")
    ] = None,
    like: Annotated[
        list[str] | None, _option(_USER, "A film that you like.", metavar="TITLE|ID")
    ] = None,
    dislike: Annotated[
        list[str] | None, _option(_USER, "A film that you dislike.", metavar="TITLE|ID")
    ] = None,
    rate: Annotated[
        list[str] | None,
        _option(_USER, "A film and your rating in stars, 1 to 5.", metavar="TITLE=RATING"),
    ] = None,
    ratings: RatingsOption = None,
    strict: StrictOption = False,
    report: ReportOption = None,
    age: Annotated[int | None, _option(_USER, "In years.")] = None,
    gender: Annotated[str | None, _option(_USER, "As in the data.", metavar="M|F")] = None,
    occupation: Annotated[
        str | None,
        _option(_USER, "As in the data.", metavar="NAME", autocompletion=complete_occupation),
    ] = None,
    zip_code: Annotated[
        str | None,
        _option(_USER, "Zip code; only the original presets read it.", "--zip", metavar="CODE"),
    ] = None,
    profile: Annotated[
        str | None,
        _option(_USER, "A saved profile.", metavar="NAME", autocompletion=complete_profile),
    ] = None,
    save_profile: Annotated[
        str | None, _option(_USER, "Save your ratings as a profile.", metavar="NAME")
    ] = None,
    all_users: Annotated[
        bool, _option(_USER, "Every user of the data set, into a file.", "--all-users")
    ] = False,
    n: Annotated[
        int | None,
        _option(FILTERS_PANEL, "Number of films, by default 10.", "-n", min=1, show_default=False),
    ] = None,
    genre: GenreOption = None,
    not_genre: NotGenreOption = None,
    year: YearOption = None,
    min_ratings: Annotated[int, _option(FILTERS_PANEL, "The least number of ratings.", min=0)] = 0,
    max_ratings: Annotated[
        int | None, _option(FILTERS_PANEL, "The greatest number of ratings.", min=0)
    ] = None,
    include_rated: Annotated[
        bool, _option(FILTERS_PANEL, "Rated films too.", "--include-rated")
    ] = False,
    diversity: Annotated[
        float, _option(FILTERS_PANEL, "0: by score alone; 1: most dissimilar.", min=0, max=1)
    ] = 0.0,
    popularity: Annotated[
        float,
        _option(FILTERS_PANEL, "-1: less known films; 1: well-known films.", min=-1, max=1),
    ] = 0.0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which of your films led there.")
    ] = False,
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.csv|jsonl|parquet", help="The file of --all-users."
        ),
    ] = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Recommend films to a user of the data set, or to a new user with a few favorites.

    Without options, it asks a few questions first.

    [bold]Examples[/]

      movierec recommend --user 42
      movierec recommend --like Fargo --like "star wars" --dislike Evita --explain
      movierec recommend --ratings letterboxd.zip
      movierec recommend --age 30 --gender F --occupation student
      movierec recommend --profile ann --genre Comedy --year 1990-1995
      movierec recommend --all-users -o recommendations.csv
    """
    from movierec_cli.cli.ask_title import resolve_film
    from movierec_cli.cli.interview import ask_profile_name, interview
    from movierec_cli.core.data.extent import catalog_extent
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles, rank
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.query import (
        DISLIKED,
        LIKED,
        UNKNOWN,
        Demographics,
        resolve_films,
        resolve_query,
    )

    filters = Filters(
        n, tuple(genre or ()), tuple(not_genre or ()), parse_years(year), min_ratings, max_ratings,
        include_rated, diversity, popularity,
    )  # fmt: skip
    typed = Demographics(age=age, gender=gender, occupation=occupation, zip_code=zip_code)
    opinions = [
        *((title, LIKED) for title in like or ()),
        *((title, DISLIKED) for title in dislike or ()),
        *map(_parse_rate, rate or ()),
    ]
    is_described = user is not None or profile is not None or bool(ratings)
    is_described |= bool(opinions) or typed != UNKNOWN
    if all_users or output is not None:
        target = _require_all_users(output, all_users, is_described or explain)
        _write_all_users(load_run(run, dataset), filters, target)
        return
    if save_profile is not None:
        _require_savable(save_profile, user)
    require_ratings(ratings, strict, report)
    folder = Paths.from_environment().profiles
    stored = None if profile is None else profiles.load_profile(profile, folder)
    loaded = load_run(run, dataset)
    data = loaded.dataset
    rated: dict[int, float] = {}  # film row -> rating; the later replace the earlier
    seen: frozenset[int] = frozenset()  # and not rated
    if stored is not None:
        rated, seen = stored.film_ratings(data), stored.seen_films(data)
        typed = typed.over(stored)
    if ratings:
        own = read_own_ratings(ratings, loaded.titles, strict, report)
        rated, seen = rated | own.ratings, seen | own.seen
    if is_described:
        rated |= resolve_films(loaded.titles, opinions, resolve_film)
    else:
        rated |= interview(loaded)
    query = resolve_query(data, user, rated, typed)
    filters = replace(filters, seen=seen)
    films = rank.recommend(loaded.model, data, query, filters, explain)
    name = f"user {user}" if user is not None else f"profile {profile}" if profile else "you"
    notes = [f"Your films: {films_of(rated, loaded)}."] if rated else []
    notes += [f"{data.name} has {catalog_extent(data)}."] if year else []
    view = recommendations_view(f"For {name}", loaded.manifest, films, explain, notes)
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in films],
        {"dataset": data.name, "run": loaded.name, "user": user and query.users.ids[0].item()},
        records_key="recommendations",
    )
    if rated and not is_described and save_profile is None:
        save_profile = ask_profile_name()
    if save_profile is not None:
        option = f" --run {run}" if run else f" --dataset {dataset}" if dataset else ""
        made = profiles.make_profile(data, rated, typed, seen)
        _save_profile(save_profile, made, folder, option)


def _require_savable(name: str, user: str | None) -> None:
    """Refuse a profile of a user of the data set, or an impossible name."""
    from movierec_cli.core.files import check_name

    check_name(name, "profile")
    if user is not None:
        raise UsageError(
            "A user of the data set cannot be saved as a profile.", "Name favorites: --like TITLE"
        )


def _save_profile(name: str, profile: "Profile", folder: Path, option: str) -> None:
    """Save a profile; ``option`` chooses the run or data set the next time."""
    from movierec_cli.core.recommend import profiles

    if name in profiles.list_profiles(folder):
        info(f"This replaces the profile {name}.")
    profiles.save_profile(name, profile, folder)
    info(f"Saved. Next time: movierec recommend --profile {name}{option}")


def _require_all_users(output: Path | None, all_users: bool, describes_one: bool) -> Path:
    """Return the file of ``--all-users``; raise a `UsageError` for options that do not fit it."""
    if output is None or not all_users:
        raise UsageError(
            "--all-users needs a file to write to, and -o is for --all-users.",
            "Try: movierec recommend --all-users -o recommendations.csv",
        )
    if describes_one:
        raise UsageError(
            "--all-users means every user and does not explain; the other options are for one.",
            "Leave out one of them, or explain one: --user 42 --explain",
        )
    return output


def _write_all_users(loaded: "LoadedRun", filters: "Filters", output: Path) -> None:
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.recommend.batch import write_recommendations

    n_films = write_recommendations(loaded.model, loaded.dataset, filters, output, ProgressBar())
    info(f"Wrote {n_films:,} films for {len(loaded.dataset.users):,} users to {output}.")


def _parse_rate(text: str) -> tuple[str, float]:
    title, _, value = text.rpartition("=")
    try:
        rating = float(value)
    except ValueError:
        title, rating = "", 0.0
    if not title:
        raise UsageError(f"{text!r} is not a title and a rating.", 'For example: --rate "Fargo=4"')
    return title, rating
