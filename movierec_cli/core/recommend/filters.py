"""Filters: the length of a list, and the films that may be in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, FloatArray, Histories
from movierec_cli.core.data.genres import find_genre
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.topk import exclude

DEFAULT_N = 10
"""The length of a list where none is asked for."""

SORTS = ("score", "like")
"""Orders of a list: by the score or by the like probability, falling."""


@dataclass(frozen=True)
class Filters:
    """The wanted films.

    Attributes
    ----------
    n
        Number of films; ``None`` for `DEFAULT_N`, or fewer where fewer are left.
    genres, not_genres
        Films that have any of the first and none of the second; empty for all.
    years
        The first and the last year, ``None`` for any.
    min_ratings, max_ratings
        The least and the greatest number of ratings of a film; ``None`` for any.
    include_rated
        Whether films that the user has rated may appear.
    diversity
        0..1; 0 ranks by score alone, 1 makes the list as dissimilar as possible.
    popularity
        -1..1; towards -1 less known films, 0 ranks by score alone, towards 1 well-known films.
    seen
        Rows of films that the user has seen and not rated; left out as rated ones are.
    among, excluded
        Rows of the only films that may appear, ``None`` for all; and of films that may not.
    sort
        One of `SORTS`: the order of the list, whose films have the best scores in any case.

    Raises
    ------
    UsageError
        If ``n``, ``diversity`` or ``popularity`` is out of range, the years or the numbers of
        ratings are in the wrong order, or there is no such ``sort``.
    """

    n: int | None = None
    genres: tuple[str, ...] = ()
    not_genres: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    min_ratings: int = 0
    max_ratings: int | None = None
    include_rated: bool = False
    diversity: float = 0.0
    popularity: float = 0.0
    seen: frozenset[int] = frozenset()
    among: frozenset[int] | None = None
    excluded: frozenset[int] = frozenset()
    sort: str = "score"

    def __post_init__(self) -> None:
        if self.n is not None and self.n < 1:
            raise UsageError(f"{self.n} films cannot be recommended.", "Ask for at least 1: -n 10")
        if not 0 <= self.diversity <= 1:
            raise UsageError(
                f"Diversity is 0 to 1, not {self.diversity:g}.", "Try: --diversity 0.3"
            )
        if not -1 <= self.popularity <= 1:
            raise UsageError(
                f"Popularity is -1 to 1, not {self.popularity:g}.", "Try: --popularity -0.5"
            )
        if self.max_ratings is not None and self.max_ratings < self.min_ratings:
            raise UsageError(
                f"No film has at least {self.min_ratings} and at most {self.max_ratings} ratings.",
                f"Try: --min-ratings {max(self.max_ratings, 0)} --max-ratings {self.min_ratings}",
            )
        if self.years is not None and self.years[0] > self.years[1]:
            raise UsageError(
                f"The years {self.years[0]} to {self.years[1]} are in the wrong order.",
                f"Try: --year {self.years[1]}-{self.years[0]}",
            )
        if self.sort not in SORTS:
            raise UsageError(f"A list has no order {self.sort!r}.", "Choose: --sort score or like")


def filtered(
    scores: FloatArray, histories: Histories, dataset: Dataset, filters: Filters
) -> FloatArray:
    """Return a copy of scores [n_users, n_films] with ``-inf`` for each film to leave out.

    Left out are films that the filters do not allow. Films that they exclude and films that the
    user has rated or seen are left out under every id. Of a film that the catalog holds under
    several ids, only the best one is kept.
    """
    scores = scores.copy() if filters.include_rated else exclude(scores, histories)
    seen = frozenset() if filters.include_rated else filters.seen
    scores[:, sorted(seen | filters.excluded)] = -np.inf
    left_out = np.isneginf(scores)
    scores[:, ~allowed(dataset, filters)] = -np.inf
    for group in same_titles(dataset):
        best = group[np.argmax(scores[:, group], axis=1)]  # [n_users]
        kept = scores[np.arange(len(scores)), best]
        kept[left_out[:, group].any(axis=1)] = -np.inf
        scores[:, group] = -np.inf
        scores[np.arange(len(scores)), best] = kept
    return scores


def same_titles(dataset: Dataset) -> list[NDArray[np.int64]]:
    """Return the rows of each film that the catalog holds under several ids."""
    rows: dict[str, list[int]] = {}
    for row, title in enumerate(dataset.films.titles.tolist()):
        rows.setdefault(title, []).append(row)
    return [np.array(group) for group in rows.values() if len(group) > 1]


def allowed(dataset: Dataset, filters: Filters) -> NDArray[np.bool_]:
    """Return a mask of the films with the wanted genres, years and number of ratings, [n_films].

    They are ``filters.among``, where it is given.

    Raises
    ------
    UsageError
        If a genre does not exist.
    """
    films = dataset.films
    mask = np.ones(len(films), np.bool_)
    if filters.among is not None:
        mask[:] = False
        mask[sorted(filters.among)] = True
    if filters.genres:
        mask &= films.genres[:, _columns(dataset, filters.genres)].any(axis=1)
    if filters.not_genres:
        mask &= ~films.genres[:, _columns(dataset, filters.not_genres)].any(axis=1)
    if filters.years is not None:
        first, last = filters.years
        mask &= [first <= (year_in(title) or -1) <= last for title in films.titles.tolist()]
    if filters.min_ratings or filters.max_ratings is not None:
        counts = np.bincount(dataset.ratings.film_rows, minlength=len(films))
        mask &= counts >= filters.min_ratings
        if filters.max_ratings is not None:
            mask &= counts <= filters.max_ratings
    return mask


def _columns(dataset: Dataset, genres: Sequence[str]) -> list[int]:
    return [find_genre(name, dataset.genres) for name in genres]


def code_of(kind: str, typed: str, names: Sequence[str]) -> int:
    """Return the position of a typed name, in any case; a `UsageError` lists the names."""
    known = [name.lower() for name in names]
    if typed.lower() not in known:
        raise UsageError(f"There is no {kind} {typed!r}.", f"Choose from: {', '.join(names)}")
    return known.index(typed.lower())
