"""``movierec recommend``."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.completion import complete_occupation, complete_profile
from movierec_cli.cli.loading import load_run
from movierec_cli.cli.options import (
    FormatOption,
    GenreOption,
    JsonOption,
    NotGenreOption,
    RunOption,
    YearOption,
    chosen_format,
    dataset_label,
    parse_years,
)
from movierec_cli.cli.output import Format, emit, info, number
from movierec_cli.cli.tables import Column, View
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.query import Query
    from movierec_cli.core.recommend.rank import Recommendation
    from movierec_cli.core.runs.manifest import Manifest

_USER, _FILTERS = "User", "Filters"
_SHOWN = 6  # films of the user that the table names


def _option(panel: str, help: str, *names: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=panel, **settings)


@dataclass(frozen=True)
class QueryOptions:
    """Typed options that describe the user; ``None`` or empty where not given."""

    user: int | None = None
    like: Sequence[str] = ()
    dislike: Sequence[str] = ()
    rate: Sequence[str] = ()
    ratings: Path | None = None
    profile: str | None = None
    age: int | None = None
    gender: str | None = None
    occupation: str | None = None
    zip_code: str | None = None


def recommend(
    user: Annotated[
        int | None, _option(_USER, "A user of the data set.", "--user", metavar="ID")
    ] = None,
    like: Annotated[
        list[str] | None, _option(_USER, "A film that you like.", metavar="TITLE|ID")
    ] = None,
    dislike: Annotated[
        list[str] | None, _option(_USER, "A film that you dislike.", metavar="TITLE|ID")
    ] = None,
    rate: Annotated[
        list[str] | None,
        _option(_USER, "A film and your rating, 1 to 5.", metavar="TITLE=RATING"),
    ] = None,
    ratings: Annotated[
        Path | None,
        _option(_USER, "Your ratings: columns film or title, and rating.", metavar="FILE.csv"),
    ] = None,
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
        _option(_FILTERS, "Number of films, by default 10.", "-n", min=1, show_default=False),
    ] = None,
    genre: GenreOption = None,
    not_genre: NotGenreOption = None,
    year: YearOption = None,
    min_ratings: Annotated[int, _option(_FILTERS, "The least number of ratings.", min=0)] = 0,
    include_rated: Annotated[
        bool, _option(_FILTERS, "Rated films too.", "--include-rated")
    ] = False,
    diversity: Annotated[
        float, _option(_FILTERS, "0: by score alone; 1: most dissimilar.", min=0, max=1)
    ] = 0.0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which of your films led there.")
    ] = False,
    run: RunOption = "dnn",
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
      movierec recommend --age 30 --gender F --occupation student
      movierec recommend --profile ann --genre Comedy --year 1990-1995
      movierec recommend --all-users -o recommendations.csv
    """
    from movierec_cli.cli.interview import ask_profile_name, interview
    from movierec_cli.core.recommend import rank
    from movierec_cli.core.recommend.filters import Filters

    options = QueryOptions(
        user, tuple(like or ()), tuple(dislike or ()), tuple(rate or ()), ratings, profile, age,
        gender, occupation, zip_code,
    )  # fmt: skip
    filters = Filters(
        n, tuple(genre or ()), tuple(not_genre or ()), parse_years(year), min_ratings,
        include_rated, diversity,
    )  # fmt: skip
    if all_users or output is not None:
        _check_all_users(all_users, options, explain)
        _write_all_users(run, filters, output)
        return
    if save_profile is not None:
        _check_profile(save_profile, user)
    loaded = load_run(run)
    interviewed = options == QueryOptions()
    query = interview(loaded) if interviewed else _resolve(options, loaded)
    films = rank.recommend(loaded.model, loaded.dataset, query, filters, explain)
    name = f"user {user}" if user is not None else f"profile {profile}" if profile else "you"
    view = recommendations_view(f"For {name}", loaded.manifest, films, explain)
    if user is None and len(query.history.film_rows):
        view = replace(view, notes=[*view.notes, f"Your films: {_films_of(query, loaded)}."])
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in films],
        {"dataset": loaded.dataset.name, "run": run, "user": user},
        records_key="recommendations",
    )
    if interviewed and save_profile is None and len(query.history.film_rows):
        save_profile = ask_profile_name()
    if save_profile is not None:
        _save(save_profile, query, loaded)


def _check_all_users(all_users: bool, options: QueryOptions, explain: bool) -> None:
    if not all_users:
        raise UsageError(
            "-o is for --all-users; other recommendations are printed.",
            "Add --all-users, or print to a file: --format csv > FILE.csv",
        )
    if options != QueryOptions():
        raise UsageError(
            "--all-users means every user; the other options describe one.",
            "Leave out one of them.",
        )
    if explain:
        raise UsageError("--all-users does not explain.", "Explain one: --user 42 --explain")


def _write_all_users(run: str, filters: "Filters", output: Path | None) -> None:
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.recommend.batch import FORMATS, output_format, write_recommendations

    if output is None:
        raise UsageError("--all-users needs a file to write to.", "Add: -o recommendations.csv")
    output_format(output, FORMATS)
    loaded = load_run(run)
    n_films = write_recommendations(loaded.model, loaded.dataset, filters, output, ProgressBar())
    info(f"Wrote {n_films:,} films for {len(loaded.dataset.users):,} users to {output}.")


def _check_profile(name: str, user: int | None) -> None:
    from movierec_cli.core.files import check_name

    check_name(name, "profile")
    if user is not None:
        raise UsageError(
            "A user of the data set cannot be saved as a profile.", "Name favorites: --like TITLE"
        )


def _resolve(options: QueryOptions, run: "LoadedRun") -> "Query":
    """Make the query: a profile, then a file of ratings, then options; the later replace."""
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend.query import DISLIKED, LIKED, Demographics, resolve_query

    demographics = Demographics(options.age, options.gender, options.occupation, options.zip_code)
    known: dict[int, float] = {}
    if options.profile is not None:
        from movierec_cli.core.recommend.profiles import load_profile

        stored = load_profile(options.profile, Paths.from_environment().profiles)
        known |= stored.film_ratings(run.dataset)
        demographics = demographics.over(stored.demographics)
    if options.ratings is not None:
        from movierec_cli.core.recommend.ratings_file import read_ratings

        known |= read_ratings(options.ratings, run.titles)
    opinions = [
        *((title, LIKED) for title in options.like),
        *((title, DISLIKED) for title in options.dislike),
        *map(_parse_rate, options.rate),
    ]
    return resolve_query(run.titles, options.user, opinions, demographics, known)


def _parse_rate(text: str) -> tuple[str, float]:
    title, _, value = text.rpartition("=")
    try:
        rating: float | None = float(value)
    except ValueError:
        rating = None
    if not title or rating is None:
        raise UsageError(f"{text!r} is not a title and a rating.", 'For example: --rate "Fargo=4"')
    return title, rating


def _films_of(query: "Query", run: "LoadedRun") -> str:
    """Return the resolved titles of the user's films with ratings, the best rated first."""
    history = query.history
    order = (-history.ratings).argsort(kind="stable")
    titles = run.dataset.films.titles[history.film_rows[order[:_SHOWN]]].tolist()
    ratings = history.ratings[order[:_SHOWN]].tolist()
    shown = [f"{title} {rating:g}" for title, rating in zip(titles, ratings, strict=True)]
    more = len(order) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _save(name: str, query: "Query", run: "LoadedRun") -> None:
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend.profiles import Profile, list_profiles, save_profile

    folder = Paths.from_environment().profiles
    if name in list_profiles(folder):
        info(f"This replaces the profile {name}.")
    save_profile(name, Profile.of_query(query, run.dataset), folder)
    info(f"Saved. Next time: movierec recommend --profile {name}")


def recommendations_view(
    title: str, manifest: "Manifest", films: "list[Recommendation]", explain: bool = False
) -> View:
    """Return the table of recommendations; a predicted rating takes the place of the score."""
    from movierec_cli.core.data.titles import without_year

    rates = films[0].rating is not None
    likes = films[0].like_probability is not None
    columns = [Column("#", numeric=True), Column("Title", style="bold"), Column("Year")]
    columns += [] if explain else [Column("Genres", style="dim")]  # 80 columns hold one of them
    columns += [Column("Rating" if rates else "Score", numeric=True)]
    columns += [Column("You'd like it", numeric=True)] if likes else []
    columns += [Column("Because you rated")] if explain else []
    rows = []
    for film in films:
        row = [str(film.rank), without_year(film.title), str(film.year or "–")]
        row += [] if explain else [", ".join(film.genres)]
        row += [number(film.rating, 2) if rates else number(film.score, 3)]
        row += ["–" if film.like_probability is None else f"{film.like_probability:.0%}"] * likes
        reasons = [f"{without_year(r.title)} ({r.rating:g})" for r in film.reasons]
        row += ["; ".join(reasons)] if explain else []
        rows.append(row)
    meaning = "Rating: predicted, 1 to 5." if rates else "Score: the films are ranked by it."
    if likes:
        meaning += " You'd like it: probability of a rating of 4 or 5 once watched."
    return View(
        title=f"{title}, by {manifest.name} ({dataset_label(manifest.dataset['name'])})",
        columns=columns,
        rows=rows,
        notes=[meaning],
    )
