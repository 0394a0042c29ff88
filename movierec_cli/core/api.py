"""The Python interface of movierec: load a trained run and ask it for films.

A film is its id in the data set, or a title as people type it, see
`movierec_cli.core.recommend.title_search`. Every expected failure is a
`movierec_cli.core.errors.MovierecError` with a message, a hint and an exit code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset, Id
from movierec_cli.core.data.extent import catalog_extent
from movierec_cli.core.data.titles import Film
from movierec_cli.core.models.base import Model
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend import rank
from movierec_cli.core.recommend import similar as similarity
from movierec_cli.core.recommend.arguments import check_arguments
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import (
    DISLIKED,
    LIKED,
    Demographics,
    resolve_films,
    resolve_query,
    user_query,
)
from movierec_cli.core.recommend.rank import Recommendation
from movierec_cli.core.recommend.similar import Neighbor, SimilarFilm
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.manifest import Manifest
from movierec_cli.core.runs.store import Run

if TYPE_CHECKING:
    from movierec_cli.core.recommend.title_search import TitleIndex

__all__ = [
    "Film",
    "LoadedRun",
    "Neighbor",
    "Recommendation",
    "SimilarFilm",
    "load_run",
    "neighbors",
    "recommend",
    "similar",
]


@dataclass(frozen=True, eq=False, repr=False)
class LoadedRun:
    """A trained model together with the data set that it was trained on.

    ``model.score(histories, users)`` scores films for any user, [n_users, n_films].
    """

    run: Run
    dataset: Dataset
    model: Model

    def __repr__(self) -> str:
        """Return the run, its model and its data in one line."""
        of_data = f"{self.dataset.name} ({catalog_extent(self.dataset)})"
        return f"<run {self.name!r}: {self.manifest.model} {self.manifest.preset} on {of_data}>"

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.run.manifest.name

    @property
    def manifest(self) -> Manifest:
        """Model, preset, split, configuration and metrics of the run."""
        return self.run.manifest

    @cached_property
    def titles(self) -> "TitleIndex":
        """The catalog, searched by title."""
        from movierec_cli.core.recommend.title_search import TitleIndex  # noqa: PLC0415

        return TitleIndex(self.dataset)

    def film_rows(self, films: Iterable[Film]) -> frozenset[int]:
        """Return the rows of films given by id or title; errors as `TitleIndex.resolve`."""
        return frozenset(self.titles.resolve(film) for film in films)


@check_arguments
def load_run(
    name: str = "dnn", paths: Paths | None = None, progress: Progress = SILENT
) -> LoadedRun:
    """Load a run that ``movierec train`` has made, and its data set.

    Loads neither torch nor pandas and takes some hundredths of a second.

    The folders of runs and data are by default those of the command line, see ``MOVIEREC_HOME``.

    Raises
    ------
    DataError
        If there is no such run, or the data has changed since it was trained.
    IntegrityError
        If the run is damaged.
    """
    paths = paths or Paths.from_environment()
    run = runs.load_run(name, paths.runs)
    dataset = registry.load_dataset(run.manifest.dataset["name"], paths, progress)
    run.require_dataset(dataset)
    return LoadedRun(run, dataset, run.model)


@check_arguments
def recommend(  # noqa: PLR0913 - each value is given by its name
    run: LoadedRun,
    *,
    user: Id | None = None,
    like: Iterable[Film] = (),
    dislike: Iterable[Film] = (),
    ratings: Mapping[int, float] | Mapping[str, float] | Mapping[Film, float] | None = None,
    age: int | None = None,
    gender: str | None = None,
    occupation: str | None = None,
    zip_code: str | None = None,
    seen: Iterable[Film] = (),
    n: int | None = None,
    genres: Iterable[str] = (),
    not_genres: Iterable[str] = (),
    years: tuple[int, int] | None = None,
    min_ratings: int = 0,
    max_ratings: int | None = None,
    among: Iterable[Film] | None = None,
    exclude: Iterable[Film] = (),
    include_rated: bool = False,
    diversity: float = 0.0,
    popularity: float = 0.0,
    sort: str = "score",
    explain: bool = False,
) -> list[Recommendation]:
    """Recommend films to a user of the data set or to a new user, best first.

    Nothing is required of a new user. Without favorites, demographics rank the films; without
    demographics, popularity does.

    Parameters
    ----------
    user
        The id of a user of the data set, with all ratings. Excludes the values of a new user.
    like, dislike
        Favorite films, which count as ratings of 5, and disliked films, which count as 1.
    ratings
        Film -> rating in stars, 1 to 5 (0.5 to 5 in many data sets).
    age, gender, occupation, zip_code
        1 to 120 years, ``"M"`` or ``"F"``, one of ``run.dataset.occupations``, any text.
    seen
        Films that the user has seen; they are not recommended.
    among, exclude
        The only films to recommend from, ``None`` for all; and films that are never recommended.
    n, genres, not_genres, years, min_ratings, max_ratings, include_rated, diversity, popularity,
    sort
        As in `movierec_cli.core.recommend.filters.Filters`.
    explain
        Whether to fill in ``explanation``, the terms that each score is the sum of.

    Returns
    -------
    The recommendations, fewer than ``n`` where fewer are left. ``score`` ranks the films, on the
    model's own scale; ``like_probability`` is the probability of a rating of 4 or 5, 0 to 1 (not
    from the two-tower ``original``); ``rating`` the predicted rating, 1 to 5 (from a two-tower).

    Raises
    ------
    UsageError
        If a user, film, genre or occupation does not exist, or a value is out of range or of
        another type.
    DataError
        If no film is left.
    """
    filters = Filters(
        n, tuple(genres), tuple(not_genres), years, min_ratings, max_ratings, include_rated,
        diversity, popularity, sort=sort,
        seen=run.film_rows(seen),
        among=None if among is None else run.film_rows(among),
        excluded=run.film_rows(exclude),
    )  # fmt: skip
    opinions: list[tuple[Film, float]] = [
        *((film, LIKED) for film in like),
        *((film, DISLIKED) for film in dislike),
        *(ratings or {}).items(),
    ]
    resolved = resolve_films(run.titles, opinions)
    demographics = Demographics(age=age, gender=gender, occupation=occupation, zip_code=zip_code)
    query = resolve_query(run.dataset, user, resolved, demographics)
    return rank.recommend(run.model, run.dataset, query, filters, explain)


@check_arguments
def similar(run: LoadedRun, film: Film, n: int = 10) -> list[SimilarFilm]:
    """Return the ``n`` films most similar to one: the same users like them.

    Raises
    ------
    UsageError
        If the film cannot be resolved, ``n`` is below 1, or the run has no vectors (a two-tower).
    """
    return similarity.similar(run.model, run.dataset, run.titles.resolve(film), n)


@check_arguments
def neighbors(run: LoadedRun, user: Id, n: int = 10) -> list[Neighbor]:
    """Return the ``n`` users with the most similar taste.

    Raises
    ------
    UsageError
        If there is no such user, ``n`` is below 1, or the run has no vectors (a two-tower).
    """
    return similarity.neighbors(run.model, run.dataset, user_query(run.dataset, user), n)
