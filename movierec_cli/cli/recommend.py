"""``movierec recommend``."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.completion import complete_occupation, complete_profile
from movierec_cli.cli.confirm import may_replace_profile
from movierec_cli.cli.film_lists import AmongOption, ExcludeOption, FilmLists
from movierec_cli.cli.group import Answer, ResolvedGroup
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
from movierec_cli.cli.own_ratings import RatingsOption, ReportOption, SinceOption, StrictOption
from movierec_cli.cli.query_options import QueryOptions, ResolvedQuery, typed_opinions
from movierec_cli.core.errors import UsageError
from movierec_cli.core.parallel.group import require_one

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Id
    from movierec_cli.core.recommend.filters import Filters

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
    seen: Annotated[
        list[str] | None,
        _option(_USER, "A film that you have seen: not recommended.", metavar="TITLE|ID"),
    ] = None,
    ratings: RatingsOption = None,
    strict: StrictOption = False,
    report: ReportOption = None,
    since: SinceOption = None,
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
        list[str] | None,
        _option(
            _USER,
            "A saved profile; several for films that all of them like.",
            metavar="NAME",
            autocompletion=complete_profile,
        ),
    ] = None,
    save_profile: Annotated[
        str | None, _option(_USER, "Save your ratings as a profile.", metavar="NAME")
    ] = None,
    force: Annotated[
        bool, _option(_USER, "Replace a profile of that name without asking.", "--force")
    ] = False,
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
    among: AmongOption = None,
    exclude: ExcludeOption = None,
    sort: Annotated[
        str,
        _option(
            FILTERS_PANEL,
            "Order of the list, whose films have the best scores in any case.",
            metavar="score|like",
        ),
    ] = "score",
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
        bool, typer.Option("--explain", help="Show which of your films led there, in percent.")
    ] = False,
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Also write the films to a CSV file that Letterboxd imports; with --all-users, "
            "the file of all users (csv, jsonl or parquet).",
        ),
    ] = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Recommend films to a user of the data set, or to a new user with a few favorites.

    Without options, it asks a few questions first. For a sequence run the order of your films
    counts, the last one most: profile, ratings files by date, --like, --dislike, --rate.

    [bold]Examples[/]

      movierec recommend --user 42
      movierec recommend --like Fargo --like "star wars" --dislike Evita --explain
      movierec recommend --ratings letterboxd.zip
      movierec recommend --age 30 --gender F --occupation student
      movierec recommend --profile ann --genre Comedy --year 1990-1995
      movierec recommend --ratings letterboxd.zip --among letterboxd.zip -o watch.csv
      movierec recommend --all-users -o recommendations.csv
    """
    from movierec_cli.cli.interview import ask_profile_name, ask_seen
    from movierec_cli.core.data.extent import catalog_extent
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend.filters import DEFAULT_N, Filters
    from movierec_cli.core.recommend.query import Demographics
    from movierec_cli.core.recommend.watchlist import check_watchlist

    filters = Filters(
        n, tuple(genre or ()), tuple(not_genre or ()), parse_years(year), min_ratings, max_ratings,
        include_rated, diversity, popularity, sort=sort,
    )  # fmt: skip
    options = QueryOptions(
        user=user,
        opinions=typed_opinions(like or (), dislike or (), rate or ()),
        seen=seen or (),
        ratings=ratings or (),
        strict=strict,
        report=report,
        since=since,
        demographics=Demographics(age=age, gender=gender, occupation=occupation, zip_code=zip_code),
        profiles=profile or (),
        save_profile=save_profile,
    )
    lists = FilmLists(among or (), exclude or ())
    if all_users:
        target = _require_all_users(output, options, explain)
        loaded = load_run(run, dataset)
        _write_all_users(loaded, lists.filters(filters, loaded.titles), target)
        return
    require_one("movierec recommend for one user")
    options.check()
    if output is not None:
        check_watchlist(output)
    folder = Paths.from_environment().profiles
    is_new = save_profile is not None and save_profile not in (profile or ())
    if is_new and not may_replace_profile(str(save_profile), folder, force):
        return
    loaded = load_run(run, dataset)
    notes = [f"{loaded.dataset.name} has {catalog_extent(loaded.dataset)}."] if year else []
    resolve = options.resolve_group if options.is_group else options.resolve
    resolved = resolve(loaded, folder)
    filters = lists.filters(replace(filters, seen=resolved.seen), loaded.titles)
    if resolved.popularity is not None and not popularity:
        filters = replace(filters, popularity=resolved.popularity)
    shown_as = chosen_format(format, json)
    chosen = f" --run {run}" if run else f" --dataset {dataset}" if dataset else ""
    answer = resolved.answer(loaded, filters, explain, notes)
    _report_fewer(len(answer.films), n or DEFAULT_N)
    if options.is_described:  # before the table: a pipe that is closed early does not prevent it
        _keep(answer, output, resolved, save_profile, loaded, chosen)
    _emit(answer, shown_as, loaded, resolved.user_id)
    while shown_as is Format.table and not isinstance(resolved, ResolvedGroup):
        rows = ask_seen(answer.films, loaded) if resolved.popularity is not None else frozenset()
        if not rows:
            break
        resolved = replace(resolved, seen=resolved.seen | rows)
        filters = replace(filters, seen=filters.seen | rows)
        answer = resolved.answer(loaded, filters, explain, notes)
        _emit(answer, shown_as, loaded, resolved.user_id)
    if options.is_described:
        return
    if save_profile is None and isinstance(resolved, ResolvedQuery) and resolved.rated:
        save_profile = ask_profile_name()
        if save_profile is not None and not may_replace_profile(save_profile, folder, force):
            save_profile = None
    _keep(answer, output, resolved, save_profile, loaded, chosen)


def _keep(
    answer: Answer,
    output: Path | None,
    resolved: ResolvedQuery | ResolvedGroup,
    profile: str | None,
    loaded: "LoadedRun",
    option: str,
) -> None:
    """Write the list of films and the profile that are asked for.

    ``option`` chooses the run or data set the next time.
    """
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend.watchlist import write_watchlist

    if output is not None:
        write_watchlist(answer.films, output)
        info(f"Wrote {len(answer.films)} films to {output}, which Letterboxd imports.")
    if profile is not None and isinstance(resolved, ResolvedQuery):
        resolved.save(profile, loaded, Paths.from_environment().profiles, option)


def _report_fewer(n_films: int, wanted: int) -> None:
    if n_films < wanted:
        films = "film is" if n_films == 1 else "films are"
        info(f"Only {n_films} {films} left to recommend; {wanted} were wanted.")


def _emit(answer: Answer, shown_as: Format, loaded: "LoadedRun", user_id: "Id | None") -> None:
    emit(
        shown_as,
        answer.view,
        answer.flattened if shown_as is Format.csv else list(map(asdict, answer.films)),
        {"dataset": loaded.dataset.name, "run": loaded.name, "user": user_id},
        records_key="recommendations",
    )


def _require_all_users(output: Path | None, options: QueryOptions, explain: bool) -> Path:
    """Return the file of ``--all-users``; raise a `UsageError` for options that do not fit it."""
    if output is None:
        raise UsageError(
            "--all-users needs a file to write to.",
            "Try: movierec recommend --all-users -o recommendations.csv",
        )
    if options.is_described or options.seen or explain:
        raise UsageError(
            "--all-users means every user and does not explain; the other options are for one.",
            "Leave out one of them, or explain one: --user 42 --explain",
        )
    return output


def _write_all_users(loaded: "LoadedRun", filters: "Filters", output: Path) -> None:
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.recommend.batch import write_recommendations

    loaded.run.require_same()
    n_films = write_recommendations(loaded.model, loaded.dataset, filters, output, ProgressBar())
    info(f"Wrote {n_films:,} films for {len(loaded.dataset.users):,} users to {output}.")
