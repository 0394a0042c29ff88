"""``movierec recommend``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from movierec_cli.cli.batch import EveryoneRequest, recommend_to_everyone
from movierec_cli.cli.completion import complete_occupation, complete_profile, complete_run
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

if TYPE_CHECKING:
    from movierec_cli.core.recommend.query import Answers
    from movierec_cli.core.recommend.rank import Recommendation
    from movierec_cli.core.runs.store import Manifest

_WHO, _WHAT = "Who asks", "What to recommend"


def recommend(
    user: Annotated[
        int | None,
        typer.Option("--user", metavar="ID", help="A user of the data set.", rich_help_panel=_WHO),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE|ID", help="A film that you like.", rich_help_panel=_WHO),
    ] = None,
    dislike: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE|ID", help="A film that you dislike.", rich_help_panel=_WHO),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TITLE=RATING", help="A film and your rating, 1 to 5.", rich_help_panel=_WHO
        ),
    ] = None,
    ratings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Your ratings: columns film or title, and rating.",
            rich_help_panel=_WHO,
        ),
    ] = None,
    age: Annotated[int | None, typer.Option(help="In years.", rich_help_panel=_WHO)] = None,
    gender: Annotated[
        str | None, typer.Option(metavar="M|F", help="As in the data.", rich_help_panel=_WHO)
    ] = None,
    occupation: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="One of the data set's.",
            rich_help_panel=_WHO,
            autocompletion=complete_occupation,
        ),
    ] = None,
    zip_code: Annotated[
        str | None,
        typer.Option(
            "--zip",
            metavar="CODE",
            help="Zip code; only the networks of the report read it.",
            rich_help_panel=_WHO,
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A person remembered earlier.",
            rich_help_panel=_WHO,
            autocompletion=complete_profile,
        ),
    ] = None,
    save_profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Remember this person.", rich_help_panel=_WHO),
    ] = None,
    all_users: Annotated[
        bool,
        typer.Option(
            "--all-users", help="Every user of the data set, into a file.", rich_help_panel=_WHO
        ),
    ] = False,
    n: Annotated[
        int, typer.Option("-n", min=1, help="How many films.", rich_help_panel=_WHAT)
    ] = 10,
    genre: GenreOption = None,
    not_genre: NotGenreOption = None,
    year: YearOption = None,
    min_ratings: Annotated[
        int,
        typer.Option(min=0, help="Films with so many ratings or more.", rich_help_panel=_WHAT),
    ] = 0,
    include_rated: Annotated[
        bool, typer.Option("--include-rated", help="Rated films too.", rich_help_panel=_WHAT)
    ] = False,
    diversity: Annotated[
        float,
        typer.Option(min=0, max=1, help="0: best match; 1: as varied.", rich_help_panel=_WHAT),
    ] = 0.0,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say which of your films led there.", rich_help_panel=_WHAT),
    ] = False,
    run: RunOption = "dnn",
    rerank: Annotated[
        str | None,
        typer.Option(
            "--rerank",
            metavar="NAME",
            autocompletion=complete_run,
            help="Rank what --run retrieves with another run, such as two-tower.",
            rich_help_panel=_WHAT,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.csv|jsonl|parquet",
            help="Where --all-users writes to.",
            rich_help_panel=_WHAT,
        ),
    ] = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Recommend films: to a user of the data set, or to anyone who names a few favorites.

    With no options it asks a few questions first.

    [bold]Examples[/]

      movierec recommend --user 42
      movierec recommend --like Fargo --like "star wars" --dislike Evita --explain
      movierec recommend --age 30 --gender F --occupation student
      movierec recommend --profile ann --genre Comedy --year 1990-1995
      movierec recommend --all-users -o recommendations.csv
    """
    from dataclasses import asdict

    from movierec_cli.cli.interview import interview, offer_to_remember
    from movierec_cli.cli.query import Told, films_of, known_answers
    from movierec_cli.core import api
    from movierec_cli.core.errors import UsageError
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.recommend import profiles
    from movierec_cli.core.runs.names import check_name

    told = Told(
        user,
        tuple(like or ()),
        tuple(dislike or ()),
        tuple(rate or ()),
        ratings,
        profile,
        age,
        gender,
        occupation,
        zip_code,
    )
    filters: dict[str, Any] = {
        "n": n,
        "genres": tuple(genre or ()),
        "not_genres": tuple(not_genre or ()),
        "years": parse_years(year),
        "min_ratings": min_ratings,
        "include_rated": include_rated,
        "diversity": diversity,
    }
    if all_users or output is not None:
        recommend_to_everyone(
            EveryoneRequest(run, rerank, filters, output, explain), all_users, told
        )
        return
    if save_profile is not None:
        check_name(save_profile, "profile")
        if user is not None:
            raise UsageError(
                "A user of the data set is no profile.", "Name favorites: --like TITLE"
            )
    paths = Paths.from_environment()
    loaded = load_run(run)
    ranker = None if rerank is None else load_run(rerank)
    answers = None
    if told.of_somebody_new:
        answers = known_answers(told, loaded, paths.profiles)
    elif user is None:
        answers = interview(loaded)
    films = api.recommend(
        loaded,
        user=user,
        **({} if answers is None else _as_options(answers)),
        **filters,
        explain=explain,
        rerank=ranker,
    )
    who = f"user {user}" if answers is None else f"profile {profile}" if profile else "you"
    view = recommendations_view(f"For {who}", loaded.manifest, films, explain, rerank)
    if answers is not None and answers.ratings:
        view = replace(view, notes=[*view.notes, f"Your films: {films_of(answers, loaded)}."])
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in films],
        {"dataset": loaded.dataset.name, "run": run, "rerank": rerank, "user": user},
        records_key="recommendations",
    )
    if answers is None:
        return
    if answers.ratings and not told.of_somebody_new and save_profile is None:
        save_profile = offer_to_remember()
    if save_profile is not None:
        if save_profile in profiles.list_profiles(paths.profiles):
            info(f"It replaces what was remembered as {save_profile}.")
        profiles.save_profile(save_profile, answers, paths.profiles)
        info(f"Remembered. Next time: movierec recommend --profile {save_profile}")


def _as_options(answers: "Answers") -> dict[str, Any]:
    """Return what a person has told as arguments of `api.recommend`."""
    return {
        "ratings": answers.ratings,
        "age": answers.age,
        "gender": answers.gender,
        "occupation": answers.occupation,
        "zip_code": answers.zip_code,
    }


def recommendations_view(
    title: str,
    manifest: "Manifest",
    films: "list[Recommendation]",
    explain: bool = False,
    ranked_by: str | None = None,
) -> View:
    """Return the table of recommendations, scores named after what they mean."""
    from movierec_cli.core.data.titles import without_year

    found_by = manifest.name if ranked_by is None else f"{manifest.name}, ranked by {ranked_by}"
    rates = films[0].rating is not None
    likes = films[0].like_probability is not None
    columns = [
        Column("#", numeric=True),
        Column("Title", style="bold"),
        Column("Year"),
    ]
    columns += [] if explain else [Column("Genres", style="dim")]  # 80 columns hold one of them
    columns += [Column("Rating", numeric=True)] if rates else [Column("Score", numeric=True)]
    columns += [Column("You'd like it", numeric=True)] if likes else []
    columns += [Column("Because you rated")] if explain else []
    rows = []
    for film in films:
        row = [
            str(film.rank),
            without_year(film.title),
            str(film.year or "–"),
            *([] if explain else [", ".join(film.genres)]),
            number(film.rating, 2) if rates else number(film.score, 3),
        ]
        if likes:
            row.append("–" if film.like_probability is None else f"{film.like_probability:.0%}")
        if explain:
            row.append("; ".join(f"{without_year(r.title)} ({r.rating:g})" for r in film.reasons))
        rows.append(row)
    meaning = "Rating: predicted, 1 to 5." if rates else "Score: what the films are ranked by."
    if likes:
        meaning += " You'd like it: probability of a rating of 4 or 5 once watched."
    return View(
        title=f"{title}, by {found_by} ({dataset_label(manifest.dataset['name'])})",
        columns=columns,
        rows=rows,
        notes=[meaning],
    )
