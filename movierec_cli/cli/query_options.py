"""The options of ``movierec recommend`` that describe a user, and the query that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from movierec_cli.cli.output import info
from movierec_cli.cli.own_ratings import read_own_ratings, require_ratings
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.api import LoadedRun
    from movierec_cli.core.recommend.query import Demographics, Query

Text = TypeVar("Text")


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
    demographics: "Demographics"
    profile: str | None
    save_profile: str | None

    @property
    def is_described(self) -> bool:
        """True if there is no need to ask; seen films alone tell no taste."""
        from movierec_cli.core.recommend.query import UNKNOWN

        named = (self.user, self.profile)
        return any(name is not None for name in named) or bool(
            self.ratings or self.opinions or self.demographics != UNKNOWN
        )

    def check(self) -> None:
        """Raise a `UsageError` for options that do not fit each other, before anything is read."""
        from movierec_cli.core.files import check_name

        require_ratings(self.ratings, self.strict, self.report)
        if self.save_profile is None:
            return
        check_name(self.save_profile, "profile")
        if self.user is not None:
            raise UsageError(
                "A user of the data set cannot be saved as a profile.",
                "Name favorites: --like TITLE",
            )

    def resolve(self, run: "LoadedRun", folder: Path) -> "ResolvedQuery":
        """Read profile and ratings files, resolve titles, and ask where nothing is described.

        Of a film that is rated twice, the later counts: profile, ratings files, options.
        """
        from movierec_cli.cli.ask_title import resolve_film
        from movierec_cli.cli.interview import interview
        from movierec_cli.core.recommend.profiles import load_profile
        from movierec_cli.core.recommend.query import resolve_films, resolve_query

        rated: dict[int, float] = {}
        seen = frozenset(resolve_film(run.titles, title) for title in self.seen)
        demographics = self.demographics
        if self.profile is not None:
            stored = load_profile(self.profile, folder)
            rated, seen = stored.film_ratings(run.dataset), seen | stored.seen_films(run.dataset)
            demographics = demographics.over(stored)
        if self.ratings:
            own = read_own_ratings(self.ratings, run.titles, self.strict, self.report)
            rated, seen = rated | own.ratings, seen | own.seen
        if self.is_described:
            rated |= resolve_films(run.titles, self.opinions, resolve_film)
        else:
            rated |= interview(run)
        query = resolve_query(run.dataset, self.user, rated, demographics)
        return ResolvedQuery(self._name, rated, seen, demographics, query)

    @property
    def _name(self) -> str:
        if self.user is not None:
            return f"user {self.user}"
        return "you" if self.profile is None else f"profile {self.profile}"


@dataclass(frozen=True)
class ResolvedQuery:
    """The user to recommend to.

    Attributes
    ----------
    name
        The name in the heading.
    rated
        Film row -> rating; empty for a user of the data set.
    seen
        Rows of the films that are seen and not rated.
    """

    name: str
    rated: dict[int, float]
    seen: frozenset[int]
    demographics: "Demographics"
    query: "Query"

    def save(self, name: str, run: "LoadedRun", folder: Path, option: str) -> None:
        """Save a profile; ``option`` chooses the run or data set the next time."""
        from movierec_cli.core.recommend import profiles

        profile = profiles.make_profile(run.dataset, self.rated, self.demographics, self.seen)
        if name in profiles.list_profiles(folder):
            info(f"This replaces the profile {name}.")
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
