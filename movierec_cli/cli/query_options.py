"""The options of ``movierec recommend`` that describe a user, and the query that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.cli.group import Answer, ResolvedGroup, resolve_group
from movierec_cli.cli.output import info
from movierec_cli.cli.own_ratings import parse_since, read_own_ratings, require_ratings
from movierec_cli.cli.recommendations import films_of, flattened, recommendations_view
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.data.dataset import Id
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.query import Demographics, Query


@dataclass(frozen=True, kw_only=True)
class QueryOptions:
    """One user as described by options; the attributes are the options.

    ``opinions`` are typed films with ratings, of ``--like``, ``--dislike`` and ``--rate``.
    """

    user: str | None
    opinions: Sequence[tuple[str, float]]
    seen: Sequence[str]
    ratings: Sequence[Path]
    strict: bool
    report: Path | None
    since: str | None
    demographics: "Demographics"
    profiles: Sequence[str]
    save_profile: str | None

    @property
    def is_described(self) -> bool:
        """True if there is no need to ask; seen films alone tell no taste."""
        from movierec_cli.core.recommend.query import UNKNOWN

        return self.user is not None or bool(
            self.profiles or self.ratings or self.opinions or self.demographics != UNKNOWN
        )

    @property
    def is_group(self) -> bool:
        """True for several profiles together."""
        return len(self.profiles) > 1

    def check(self) -> None:
        """Raise a `UsageError` for options that do not fit each other, before anything is read."""
        from movierec_cli.core.files import check_name

        require_ratings(self.ratings, self.strict, self.report, self.since)
        parse_since(self.since)
        if self.is_group:
            self._check_group()
        if self.save_profile is None:
            return
        check_name(self.save_profile, "profile")
        if self.user is not None:
            raise UsageError(
                "A user of the data set cannot be saved as a profile.",
                "Name favorites: --like TITLE",
            )

    def _check_group(self) -> None:
        if len(set(self.profiles)) < len(self.profiles):
            raise UsageError("A profile is named twice.", "Name each profile once.")
        if self.save_profile is not None or replace(self, profiles=()).is_described:
            raise UsageError(
                "Several profiles together are as they were saved; the other options describe one.",
                "Save a profile with these options first: --profile NAME --save-profile NAME",
            )

    def resolve(self, run: "LoadedRun", folder: Path) -> "ResolvedQuery":
        """Read profile and ratings files, resolve titles, and ask where nothing is described.

        Of a film that is rated twice, the later counts: profile, ratings files, options.
        """
        from movierec_cli.cli.ask_title import resolve_film
        from movierec_cli.cli.interview import interview
        from movierec_cli.core.recommend.profiles import load_profile
        from movierec_cli.core.recommend.query import merged, resolve_films, resolve_query

        rated: dict[int, float] = {}
        popularity = None
        seen = self._seen(run)
        demographics = self.demographics
        for name in self.profiles:
            stored = load_profile(name, folder)
            rated, seen = stored.film_ratings(run.dataset), seen | stored.seen_films(run.dataset)
            demographics = demographics.over(stored)
        if self.ratings:
            since = parse_since(self.since)
            own = read_own_ratings(self.ratings, run.titles, self.strict, self.report, since)
            rated, seen = merged(rated, own.ratings), seen | own.seen
        if self.is_described:
            rated = merged(rated, resolve_films(run.titles, self.opinions, resolve_film))
        else:
            answers = interview(run)
            rated |= answers.ratings
            popularity = answers.popularity
        query = resolve_query(run.dataset, self.user, rated, demographics)
        user_id = None if self.user is None else query.users.ids[0].item()
        return ResolvedQuery(self._name, user_id, rated, seen, demographics, query, popularity)

    def resolve_group(self, run: "LoadedRun", folder: Path) -> ResolvedGroup:
        """Read several profiles."""
        return resolve_group(self.profiles, self._seen(run), run, folder)

    def _seen(self, run: "LoadedRun") -> frozenset[int]:
        from movierec_cli.cli.ask_title import resolve_film

        return frozenset(resolve_film(run.titles, title) for title in self.seen)

    @property
    def _name(self) -> str:
        if self.user is not None:
            return f"user {self.user}"
        return f"profile {self.profiles[0]}" if self.profiles else "you"


@dataclass(frozen=True)
class ResolvedQuery:
    """The user to recommend to.

    Attributes
    ----------
    name
        The name in the heading.
    user_id
        The id of a user of the data set; ``None`` for others.
    rated
        Film row -> rating; empty for a user of the data set.
    seen
        Rows of the films that are seen and not rated.
    popularity
        The popularity of `Filters` that the user was asked for; ``None`` without an interview.
    """

    name: str
    user_id: "Id | None"
    rated: dict[int, float]
    seen: frozenset[int]
    demographics: "Demographics"
    query: "Query"
    popularity: float | None = None

    def answer(
        self, run: "LoadedRun", filters: "Filters", explain: bool, notes: Sequence[str]
    ) -> Answer:
        """Return the films for the user."""
        from movierec_cli.core.recommend import rank

        films = rank.recommend(run.model, run.dataset, self.query, filters, explain)
        notes = [*([f"Your films: {films_of(self.rated, run)}."] if self.rated else []), *notes]
        view = recommendations_view(f"For {self.name}", run.manifest, films, notes)
        return Answer(films, view, [flattened(film) for film in films])

    def save(self, name: str, run: "LoadedRun", folder: Path, option: str) -> None:
        """Save a profile; ``option`` chooses the run or data set the next time."""
        from movierec_cli.core.recommend import profiles

        profile = profiles.make_profile(run.dataset, self.rated, self.demographics, self.seen)
        profiles.save_profile(name, profile, folder)
        info(f"Saved. Next time: movierec recommend --profile {name}{option}")


def typed_opinions(
    like: Sequence[str], dislike: Sequence[str], rate: Sequence[str]
) -> list[tuple[str, float]]:
    """Return titles with ratings; a `UsageError` names a text that is no title and rating."""
    from movierec_cli.core.recommend.query import DISLIKED, LIKED

    return [
        *((title, LIKED) for title in like),
        *((title, DISLIKED) for title in dislike),
        *map(_parse_rate, rate),
    ]


def _parse_rate(text: str) -> tuple[str, float]:
    title, _, value = text.rpartition("=")
    try:
        rating = float(value)
    except ValueError:
        title, rating = "", 0.0
    if not title:
        raise UsageError(f"{text!r} is not a title and a rating.", 'For example: --rate "Fargo=4"')
    return title, rating
