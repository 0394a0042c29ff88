"""The Python face of movierec: load a trained run, ask it for films.

The commands ``recommend``, ``similar`` and ``neighbors`` go through these very functions. Films
are named by their id in the data set or by a title as people type it, see
`movierec_cli.core.recommend.title_search`. Every expected failure is a
`movierec_cli.core.errors.MovierecError` with a message, a hint and an exit code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from movierec_cli.core.data import registry
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.base import Model
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend import query as people
from movierec_cli.core.recommend import rank as recommending
from movierec_cli.core.recommend import similar as likeness
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import DISLIKED, LIKED, Answers, Person
from movierec_cli.core.recommend.rank import Recommendation
from movierec_cli.core.recommend.similar import Neighbor
from movierec_cli.core.recommend.title_search import TitleIndex
from movierec_cli.core.runs import store as runs
from movierec_cli.core.runs.store import Manifest, Run

__all__ = [
    "Film",
    "LoadedRun",
    "Neighbor",
    "Recommendation",
    "load_run",
    "neighbors",
    "recommend",
    "similar",
]

Film = str | int
"""A film as a person names it: its id, or a title in any spelling that can be made out."""


@dataclass(frozen=True, eq=False)
class LoadedRun:
    """A trained model together with the data set that it was trained on.

    Attributes
    ----------
    run
        The manifest and the weights.
    dataset
        Users, films and ratings; the rows of the weights are rows of these tables.
    model
        Scores films for anyone: ``model.score(histories, users)``, [n_users, n_films].
    """

    run: Run
    dataset: Dataset
    model: Model

    @property
    def manifest(self) -> Manifest:
        """What the run is: model, preset, split, configuration, figures."""
        return self.run.manifest

    @cached_property
    def titles(self) -> TitleIndex:
        """The catalog, ready to be searched by title."""
        return TitleIndex.build(self.dataset.films, self.dataset.ratings.film_rows)


def load_run(
    name: str = "dnn", paths: Paths | None = None, progress: Progress = SILENT
) -> LoadedRun:
    """Load a run that ``movierec train`` has made, and its data.

    Loads neither torch nor pandas and takes some hundredths of a second; load once, ask often.

    Parameters
    ----------
    name
        As in ``movierec runs list``.
    paths
        Where runs and data are; by default where the command line keeps them, which is said by
        ``MOVIEREC_HOME``.
    progress
        Told what is worth knowing, such as that a damaged data set had to be made anew.

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


def recommend(  # noqa: PLR0913 - a face for people: everything by its name
    run: LoadedRun,
    *,
    user: int | None = None,
    like: Iterable[Film] = (),
    dislike: Iterable[Film] = (),
    ratings: Mapping[int, float] | Mapping[str, float] | Mapping[Film, float] | None = None,
    age: int | None = None,
    gender: str | None = None,
    occupation: str | None = None,
    zip_code: str | None = None,
    n: int = 10,
    genres: Iterable[str] = (),
    not_genres: Iterable[str] = (),
    years: tuple[int, int] | None = None,
    min_ratings: int = 0,
    include_rated: bool = False,
    diversity: float = 0.0,
    explain: bool = False,
    rerank: LoadedRun | None = None,
) -> list[Recommendation]:
    """Recommend ``n`` films to a user of the data set, or to anyone; best first.

    Nothing has to be known of the person: without a favorite, demographics rank the films, and
    without these what is liked by most.

    Parameters
    ----------
    user
        The id of a user of the data set, with all ratings; alone, not with what describes
        somebody else.
    like, dislike
        Favorite films, which count as ratings of 5, and disliked ones, which count as 1.
    ratings
        Film -> rating, 1 to 5.
    age
        In years, 1 to 120.
    gender
        ``"M"`` or ``"F"``.
    occupation
        One of ``run.dataset.occupations``.
    zip_code
        As text.
    n
        How many films.
    genres, not_genres
        Films that have any of the first and none of the second.
    years
        The first and the last year, both included.
    min_ratings
        Films with at least so many ratings in the data.
    include_rated
        Whether rated films may appear.
    diversity
        0 (by score alone) to 1 (as varied as can be): maximal marginal relevance.
    explain
        Whether to fill in ``reasons``: which of the person's films led there. Not with
        ``rerank``.
    rerank
        Another run, such as a two-tower, to rank the 100 films that ``run`` puts first.

    Returns
    -------
    ``n`` recommendations. ``score`` is what the films are ranked by, on the scale of the model;
    ``like_probability`` is the probability of a rating of 4 or 5, 0 to 1 (not from the two-tower
    ``original``); ``rating`` the predicted rating, 1 to 5 (from a two-tower).

    Raises
    ------
    UsageError
        If something asked for makes no sense: a user, film, genre or occupation that does not
        exist, an age of -3, a film both liked and disliked.
    DataError
        If fewer than ``n`` films are left.
    """
    if explain and rerank is not None:
        raise UsageError(
            "What another run has ranked again cannot be explained.",
            "Leave out one of --explain and --rerank.",
        )
    filters = Filters(
        n, tuple(genres), tuple(not_genres), years, min_ratings, include_rated, diversity
    )
    opinions: list[tuple[Film, float]] = [
        *((film, LIKED) for film in like),
        *((film, DISLIKED) for film in dislike),
        *(ratings or {}).items(),
    ]
    told = Answers(run.dataset.name, {}, age, gender, occupation, zip_code)
    person = _person(run, user, opinions, told)
    films = recommending.recommend(
        run.model, run.dataset, person, filters, ranker=None if rerank is None else rerank.model
    )
    return recommending.explain(run.model, run.dataset, person, films) if explain else films


def similar(run: LoadedRun, film: Film, n: int = 10) -> list[Recommendation]:
    """Return the ``n`` films nearest to one: liked by the same people; ``score`` is the cosine.

    Raises
    ------
    UsageError
        If the film cannot be made out, or the run has no vectors (a two-tower).
    """
    return likeness.similar(run.model, run.dataset, run.titles.resolve(str(film)), n)


def neighbors(run: LoadedRun, user: int, n: int = 10) -> list[Neighbor]:
    """Return the ``n`` users whose taste is nearest to a user's, by cosine of their vectors.

    Raises
    ------
    UsageError
        If there is no such user, or the run has no vectors (a two-tower).
    """
    person = people.known_user(run.dataset, user)
    return likeness.neighbors(run.model, run.dataset, person, n)


def _person(
    run: LoadedRun, user: int | None, opinions: list[tuple[Film, float]], told: Answers
) -> Person:
    if user is None:
        ratings = people.name_films(run.titles, opinions) if opinions else {}
        return people.someone(run.dataset, replace(told, ratings=ratings))
    if opinions or told != Answers(run.dataset.name):
        raise UsageError(
            "--user asks for a user of the data set; the other options describe somebody else.",
            "Give --user alone, or leave it out.",
        )
    return people.known_user(run.dataset, user)
