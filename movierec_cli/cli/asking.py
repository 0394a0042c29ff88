"""Who asks: from the options of ``recommend``, a profile, a file, or a short interview."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.cli.console import info, stderr
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset
    from movierec_cli.core.people import Answers, Person
    from movierec_cli.core.search import TitleIndex


@dataclass(frozen=True)
class Told:
    """What the options say of the person who asks; `None` and empty where they say nothing."""

    user: int | None
    like: tuple[str, ...]
    dislike: tuple[str, ...]
    rate: tuple[str, ...]
    ratings: Path | None
    profile: str | None
    age: int | None
    gender: str | None
    occupation: str | None
    zip_code: str | None

    @property
    def of_favourites(self) -> bool:
        """Whether anything is told that makes up a new person."""
        return any(
            value not in (None, ())
            for value in (
                self.like, self.dislike, self.rate, self.ratings, self.profile,
                self.age, self.gender, self.occupation, self.zip_code,
            )
        )  # fmt: skip


def identify(
    told: Told, dataset: "Dataset", profiles: Path
) -> "tuple[Person, Answers | None, str]":
    """Return the person, what there is to remember of her, and how to call her."""
    from movierec_cli.core import people

    if told.user is not None:
        if told.of_favourites:
            raise UsageError(
                "--user asks for a user of the data set; the other options describe somebody else.",
                "Give --user alone, or leave it out.",
            )
        return people.known_user(dataset, told.user), None, f"user {told.user}"
    answers = _answers(told, dataset, profiles)
    who = f"profile {told.profile}" if told.profile else "you"
    return people.someone(dataset, answers), answers, who


def _answers(told: Told, dataset: "Dataset", profiles: Path) -> "Answers":
    from movierec_cli.core.people import Answers, load_profile, read_ratings
    from movierec_cli.core.search import TitleIndex

    titles = TitleIndex.build(dataset.films, dataset.ratings.film_rows)
    if not told.of_favourites:
        return _interview(dataset, titles)
    known = load_profile(told.profile, profiles) if told.profile else Answers(dataset=dataset.name)
    listed = read_ratings(told.ratings, titles) if told.ratings else {}
    if known.dataset != dataset.name:
        raise UsageError(
            f"The profile {told.profile!r} is about the films of {known.dataset}, not of "
            f"{dataset.name}.",
            f"Choose a run that was trained on {known.dataset}: --run NAME",
        )
    ratings = {**known.ratings, **listed, **_named(told, titles)}
    return replace(
        known,
        dataset=dataset.name,
        ratings=ratings,
        age=told.age if told.age is not None else known.age,
        gender=told.gender or known.gender,
        occupation=told.occupation or known.occupation,
        zip_code=told.zip_code or known.zip_code,
    )


def _named(told: Told, titles: "TitleIndex") -> dict[int, float]:
    """Return the ratings that --like, --dislike and --rate give, by film id."""
    from movierec_cli.core.people import DISLIKED, LIKED

    named: dict[int, tuple[str, float]] = {}
    opinions = [(title, LIKED) for title in told.like]
    opinions += [(title, DISLIKED) for title in told.dislike]
    opinions += [_parse_rate(text) for text in told.rate]
    for title, rating in opinions:
        row = titles.resolve(title)
        film_id = int(titles.films.ids[row])
        if film_id in named and named[film_id][1] != rating:
            raise UsageError(
                f"{titles.films.titles[row]} is given two ratings: {named[film_id][1]:g} for "
                f"{named[film_id][0]!r} and {rating:g} for {title!r}.",
                "Name each film once, as liked or as disliked.",
            )
        named[film_id] = (title, rating)
    return {film_id: rating for film_id, (_, rating) in named.items()}


def _parse_rate(text: str) -> tuple[str, float]:
    title, _, value = text.rpartition("=")
    try:
        return title, float(value)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a title and a rating.", 'For example: --rate "Fargo=4"'
        ) from error


def _interview(dataset: "Dataset", titles: "TitleIndex") -> "Answers":
    """Ask for opinions on a few well-known films that tell tastes apart, and for favourites."""
    from rich.prompt import Prompt
    from rich.text import Text

    from movierec_cli.core.interview import informative_films
    from movierec_cli.core.people import Answers

    if not (sys.stdin.isatty() and stderr().is_terminal):
        raise UsageError(
            "Nobody is named to recommend to.",
            "Try: movierec recommend --user 42, or: movierec recommend --like Fargo",
        )
    console = stderr()
    info("A few questions. Answer 1 (bad) to 5 (great); press Enter to skip; q to stop.")
    ratings: dict[int, float] = {}
    for row in informative_films(dataset):
        title = str(dataset.films.titles[row])
        answer = Prompt.ask(
            Text(f"  {title}"),
            console=console,
            choices=["1", "2", "3", "4", "5", "q", ""],
            show_choices=False,
            default="",
            show_default=False,
        )
        if answer == "q":
            break
        if answer:
            ratings[int(dataset.films.ids[row])] = float(answer)
    while favourite := Prompt.ask(
        "  Another favourite (Enter to finish)", console=console, default="", show_default=False
    ):
        try:
            row = titles.resolve(favourite)
        except UsageError as error:
            info(f"    {error.message} {error.hint}")
            continue
        info(f"    {dataset.films.titles[row]}")
        ratings[int(dataset.films.ids[row])] = 5.0
    return Answers(dataset=dataset.name, ratings=ratings)
