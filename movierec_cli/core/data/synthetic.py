"""Synthetic data sets in the layout of MovieLens 100K, for tests and trials without real data.

The taste of a user depends on age, gender and occupation, and has an individual part. Films have
genres, a quality, and a popularity with a long tail. So the data rewards both personalization and
popularity.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Films, FloatArray, Histories, Ratings, Users
from movierec_cli.core.errors import UsageError

NAME = "synthetic"
GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
)  # fmt: skip
OCCUPATIONS = (
    "administrator", "artist", "doctor", "educator", "engineer", "entertainment", "executive",
    "healthcare", "homemaker", "lawyer", "librarian", "marketing", "none", "other", "programmer",
    "retired", "salesman", "scientist", "student", "technician", "writer",
)  # fmt: skip

_GENRE_SHARE = np.array(
    [0, 25, 14, 4, 12, 50, 11, 5, 72, 2, 2, 9, 6, 6, 25, 10, 25, 7, 3], dtype=np.float64
)
_FIRST_WORDS = (
    "Silent", "Golden", "Broken", "Midnight", "Distant", "Paper", "Crimson", "Last", "Hidden",
    "Electric", "Winter", "Lonely", "Velvet", "Hollow", "Burning", "Secret", "Wild", "Frozen",
    "Little", "Painted", "Restless", "Stolen", "Quiet", "Endless", "Bitter", "Blue", "Iron",
    "Forgotten", "Crooked", "Shining", "Northern", "Second",
)  # fmt: skip
_SECOND_WORDS = (
    "Harbour", "Garden", "Promise", "River", "Station", "Letter", "Island", "Summer", "Voyage",
    "Kingdom", "Mirror", "Street", "Shadow", "Orchard", "Engine", "Piano", "Lighthouse", "Carnival",
    "Witness", "Horizon", "Café", "Tower", "Season", "Sailor", "Forest", "Detective", "Bridge",
    "Waltz", "Desert", "Comet", "Theatre", "Journey",
)  # fmt: skip
_SIZE = re.compile(r"synthetic-(\d{1,7})x(\d{1,6})x(\d{1,9})")
_MAX_RATINGS = 40_000_000  # the largest MovieLens has 32 million
_BYTES_OF_RATING = 20  # user, film and stars in 4 each, time in 8
_MIN_HISTORY = 20
_FOLD_TEST_RATINGS = 10


@dataclass(frozen=True)
class SyntheticSize:
    """Size of a synthetic data set; the default is that of MovieLens 100K."""

    n_users: int = 943
    n_films: int = 1682
    n_ratings: int = 100_000

    def __post_init__(self) -> None:
        if self.n_users < 10 or self.n_films < 60:
            raise UsageError("A synthetic data set has at least 10 users and 60 films.")
        if self.n_ratings > _MAX_RATINGS:
            raise UsageError(
                f"{self.n_ratings:,} ratings would not fit into the memory of most machines.",
                f"At most {_MAX_RATINGS:,} are generated.",
            )
        if not 20 * self.n_users <= self.n_ratings <= self.n_users * self.n_films // 3:
            raise UsageError(
                f"{self.n_ratings:,} ratings do not fit {self.n_users:,} users and "
                f"{self.n_films:,} films.",
                "Each user needs 20, and rates at most a third of the films on average.",
            )

    @property
    def n_bytes(self) -> int:
        """Approximate size of the data set on disk, in bytes."""
        return _BYTES_OF_RATING * self.n_ratings


def is_name(name: str) -> bool:
    """Return whether a name is that of a synthetic data set."""
    return name == NAME or _SIZE.fullmatch(name) is not None


def parse_name(name: str) -> SyntheticSize:
    """Read the size from a name: ``synthetic`` or ``synthetic-USERSxFILMSxRATINGS``.

    Raises
    ------
    UsageError
        If the name has another form or the sizes do not fit each other.
    """
    if name == NAME:
        return SyntheticSize()
    match = _SIZE.fullmatch(name)
    if match is None:
        raise UsageError(
            f"{name!r} is not the name of a synthetic data set.",
            "Choose synthetic, or synthetic-USERSxFILMSxRATINGS.",
        )
    return SyntheticSize(*(int(group) for group in match.groups()))


def generate(size: SyntheticSize | None = None, seed: int = 0, name: str = NAME) -> Dataset:
    """Generate a data set; the same size and seed give the same one.

    Raises
    ------
    UsageError
        From `SyntheticSize`, if the sizes do not fit each other.
    """
    size = size or SyntheticSize()
    generator = np.random.default_rng(seed)
    users = _make_users(size.n_users, generator)
    films = _make_films(size.n_films, generator)
    tastes = _make_tastes(users, generator)  # [n_users, n_genres]
    traits = _make_traits(films, generator)  # [n_films, n_genres]
    ratings = _make_ratings(size, tastes, traits, generator)
    return Dataset(
        name, users, films, ratings, GENRES, OCCUPATIONS, _make_folds(ratings, size, generator)
    )


def _make_users(n_users: int, generator: np.random.Generator) -> Users:
    occupation = generator.choice(
        len(OCCUPATIONS), n_users, p=_normalized(1.0 / np.arange(1, len(OCCUPATIONS) + 1) ** 0.5)
    )
    student = occupation == OCCUPATIONS.index("student")
    age = np.where(student, generator.normal(22, 4, n_users), generator.normal(38, 11, n_users))
    return Users(
        ids=np.arange(1, n_users + 1),
        age=np.clip(np.round(age), 7, 80).astype(np.float32),
        gender=(generator.random(n_users) < 0.29).astype(np.int8),
        occupation=occupation.astype(np.int16),
        zip_code=np.array([f"{code:05d}" for code in generator.integers(0, 100_000, n_users)]),
    )


def _make_films(n_films: int, generator: np.random.Generator) -> Films:
    genres = np.zeros((n_films, len(GENRES)), dtype=np.bool_)
    for film, count in enumerate(generator.choice([1, 2, 3], n_films, p=[0.5, 0.35, 0.15])):
        genres[film, generator.choice(len(GENRES), count, False, _normalized(_GENRE_SHARE))] = True
    age_in_years = np.minimum(generator.exponential(8.0, n_films), 70.0)
    released = np.datetime64("1998-03-01") - np.round(age_in_years * 365.25).astype(
        "timedelta64[D]"
    )
    pairs = [f"{first} {second}" for first in _FIRST_WORDS for second in _SECOND_WORDS]
    order = generator.permutation(len(pairs))
    titles = []
    for film in range(n_films):
        part, pair = divmod(film, len(pairs))
        number = f" {part + 1}" if part else ""
        titles.append(f"{pairs[order[pair]]}{number}, The ({str(released[film])[:4]})")
    return Films(
        ids=np.arange(1, n_films + 1),
        titles=np.array(titles),
        released=released,
        genres=genres,
        imdb_ids=np.full(n_films, "", "<U1"),
        tmdb_ids=np.zeros(n_films, np.int64),
    )


def _make_tastes(users: Users, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw the taste of each user for each genre, [n_users, n_genres]."""
    n_genres = len(GENRES)
    by_gender = generator.normal(0, 0.4, (2, n_genres))
    by_occupation = generator.normal(0, 0.35, (len(OCCUPATIONS), n_genres))
    by_age = generator.normal(0, 0.45, n_genres)
    scaled_age = (users.age.astype(np.float64) - 35.0) / 12.0
    individual = generator.normal(0, 0.8, (len(users), n_genres))
    tastes: NDArray[np.float64] = (
        by_gender[users.gender]
        + by_occupation[users.occupation]
        + np.outer(scaled_age, by_age)
        + individual
    )
    return tastes


def _make_traits(films: Films, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw the appeal of each film to a taste for each genre, [n_films, n_genres]."""
    share = films.genres / films.genres.sum(axis=1, keepdims=True)
    traits: NDArray[np.float64] = share + generator.normal(0, 0.18, share.shape)
    return traits


def _make_ratings(
    size: SyntheticSize,
    tastes: NDArray[np.float64],
    traits: NDArray[np.float64],
    generator: np.random.Generator,
) -> Ratings:
    """Draw the films that each user rates, and the ratings."""
    quality = generator.normal(0, 0.5, size.n_films)
    rank = generator.permutation(size.n_films) - 1.5 * size.n_films / 10 * quality
    popularity = -2.2 * np.log1p(np.argsort(np.argsort(rank)) / (0.2 * size.n_films))
    leniency = generator.normal(0, 0.45, size.n_users)
    counts = _history_lengths(size, generator)
    start = 874_700_000 + generator.integers(0, 18_000_000, size.n_users)
    raw, film_rows, timestamps = [], [], []
    for user, count in enumerate(counts):
        affinity = traits @ tastes[user]  # [n_films]
        appeal = popularity + 1.6 * affinity + generator.gumbel(size=size.n_films)
        films = np.argpartition(-appeal, count - 1)[:count]
        noise = generator.normal(0, 0.75, count)
        raw.append(leniency[user] + quality[films] + 0.9 * affinity[films] + noise)
        film_rows.append(films)
        timestamps.append(start[user] + np.cumsum(generator.integers(0, 60, count)))
    return Ratings.ordered(
        np.repeat(np.arange(size.n_users, dtype=np.int32), counts),
        np.concatenate(film_rows).astype(np.int32),
        _as_ratings(np.concatenate(raw)),
        np.concatenate(timestamps).astype(np.int64),
    )


def _as_ratings(raw: NDArray[np.float64]) -> FloatArray:
    """Scale to the mean and standard deviation of real ratings, and round to 1..5."""
    scaled = 3.55 + 1.15 * (raw - raw.mean()) / raw.std()
    return np.asarray(np.clip(np.round(scaled), 1, 5), dtype=np.float32)


def _history_lengths(size: SyntheticSize, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw the number of ratings of each user: at least 20, a long tail, the exact sum."""
    weights = generator.lognormal(0, 1.1, size.n_users)
    spare = size.n_ratings - _MIN_HISTORY * size.n_users
    most = size.n_films * 2 // 3 - _MIN_HISTORY
    extra = np.minimum(np.floor(spare * _normalized(weights)), most).astype(np.int64)
    while (missing := spare - int(extra.sum())) > 0:
        open_rows = np.flatnonzero(extra < most)
        extra[generator.choice(open_rows, min(missing, len(open_rows)), replace=False)] += 1
    return extra + _MIN_HISTORY


def _make_folds(
    ratings: Ratings, size: SyntheticSize, generator: np.random.Generator
) -> dict[str, NDArray[np.int64]]:
    """Make the folds of MovieLens 100K: u1..u5 a fifth of the ratings, ua and ub 10 per user."""
    shuffled = generator.permutation(len(ratings))
    parts = np.array_split(shuffled, 5)
    folds = {f"u{number}": np.sort(part) for number, part in enumerate(parts, start=1)}
    by_user = shuffled[np.argsort(ratings.user_rows[shuffled], kind="stable")]
    starts = Histories.from_ratings(ratings, size.n_users).indptr[:-1]
    for fold, offset in (("ua", 0), ("ub", _FOLD_TEST_RATINGS)):
        chosen = starts[:, None] + offset + np.arange(_FOLD_TEST_RATINGS)  # [n_users, 10]
        folds[fold] = np.sort(by_user[chosen.ravel()])
    return folds


def _normalized(weights: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares
