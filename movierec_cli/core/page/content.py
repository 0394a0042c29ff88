"""The content of a page: the films, the facts about data and run, and the packed model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import (
    GENDERS,
    HIGHEST_RATING,
    RELEVANT_RATING,
    Dataset,
    FloatArray,
    Users,
)
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.titles import without_year
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import DEFAULT_K
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.model import DISLIKED_WEIGHT, Dnn
from movierec_cli.core.models.features import centered_demographics
from movierec_cli.core.page.payload import encoded
from movierec_cli.core.page.places import film_places, mapped_films
from movierec_cli.core.page.rounding import RoundedVectors
from movierec_cli.core.page.vectors import PackedPart, pack
from movierec_cli.core.recommend.interview import informative_films
from movierec_cli.core.recommend.query import DISLIKED, OLDEST
from movierec_cli.core.recommend.ratings_files.entries import STARS
from movierec_cli.core.recommend.ratings_files.matching import has_movielens_ids
from movierec_cli.core.recommend.ratings_files.sources import SOURCES, RatingsSource
from movierec_cli.core.recommend.title_names import well_known
from movierec_cli.core.recommend.title_table import NameTable
from movierec_cli.core.recommend.title_words import (
    article_first,
    key,
    normalize_all,
    spelling_rules,
)
from movierec_cli.core.runs.manifest import Manifest

_STARTERS = 12
_WEIGHTS_A_STAR = 20
_MAP_GENRES = 7  # have colors of their own on the map


@dataclass(frozen=True)
class Content:
    """The content of a page.

    Attributes
    ----------
    facts
        What the page says about data, run and licence.
    payload
        Films and model as text, see `movierec_cli.core.page.payload`.
    """

    facts: Mapping[str, Any]
    payload: str


def page_model(model: Model) -> Dnn:
    """Return the model of a run if a page can compute it; raise a `UsageError` otherwise."""
    if not isinstance(model, Dnn):
        raise UsageError(
            "A page computes the default preset of dnn only.", "Train one with: movierec train dnn"
        )
    return model


def films_by_popularity(dataset: Dataset) -> NDArray[np.int64]:
    """Return the rows of all films, the most rated first."""
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))
    return np.argsort(-counts, kind="stable")


def build(model: Dnn, manifest: Manifest, dataset: Dataset, rows: NDArray[np.int64]) -> Content:
    """Return the content of a page with the films at ``rows`` [N], the most rated first."""
    parts = pack(model, dataset, rows)
    facts = page_facts(manifest, dataset, rows)
    films = _films(dataset, rows)
    matrices = {
        **{name: vectors.numbers for name, vectors in _rounded(parts).items()},
        **{f"demographics{at}": part.demographics for at, part in enumerate(parts)},
        "places": _places(model, dataset, mapped_films(dataset, rows), facts["mapGenres"]),
    }
    header = {
        **facts,
        "spelling": spelling_rules(films["titles"]),
        "sources": [_source(source) for source in SOURCES],
        "hasMovieLensIds": has_movielens_ids(dataset),
        "films": films,
        "starters": _starters(dataset, rows),
        "parts": [_part_header(part) for part in parts],
        "rows": _row_facts(_rounded(parts)),
        "model": _model_header(model, rows, dataset),
    }
    return Content(facts, encoded(header, matrices))


def page_facts(manifest: Manifest, dataset: Dataset, rows: NDArray[np.int64]) -> dict[str, Any]:
    """Return the facts that the page states."""
    edition = EDITIONS.get(dataset.name)
    users = dataset.users
    mapped = dataset.films.genres[mapped_films(dataset, rows)].sum(axis=0)
    return {
        "dataset": dataset.name,
        "run": manifest.name,
        "created": manifest.created[:10],
        "nUsers": len(users),
        "nRatings": len(dataset.ratings),
        "nCatalog": len(dataset.films),
        "nFilms": len(rows),
        "lowestRating": dataset.lowest_rating,
        "genres": list(dataset.genres),
        "mapGenres": np.argsort(-mapped, kind="stable")[:_MAP_GENRES].tolist(),
        "occupations": list(dataset.occupations),
        "hasAge": bool(np.any(users.age >= 0)),
        "hasGender": bool(np.any(users.gender >= 0)),
        "isSynthetic": dataset.is_synthetic,
        "isShareable": dataset.is_synthetic or bool(edition and edition.is_packaged),
        "terms": edition.terms if edition else "",
        "source": edition.title if edition else dataset.name,
        "k": DEFAULT_K,
        "scenarios": [
            {
                "name": result["scenario"],
                "users": result["users"],
                "figures": {
                    METRICS[name].label(DEFAULT_K): value
                    for name, value in result["metrics"].items()
                    if METRICS[name].kind == "ranking"
                },
                "precision": result["metrics"].get("precision"),
            }
            for result in manifest.evaluation
        ],
    }


def _films(dataset: Dataset, rows: NDArray[np.int64]) -> dict[str, Any]:
    films = dataset.films
    titles = [_as_said(title.strip()) for title in films.titles[rows].tolist()]
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(films))
    return {
        "ids": films.ids[rows].tolist(),
        "titles": titles,
        "genres": [np.flatnonzero(flags).tolist() for flags in films.genres[rows]],
        "counts": counts[rows].tolist(),
        "imdb": [int(imdb[2:]) if imdb else 0 for imdb in films.imdb_ids[rows].tolist()],
        "tmdb": films.tmdb_ids[rows].tolist(),
        "names": _names(titles),
        "sameTitles": _groups(titles),
    }


def _as_said(title: str) -> str:
    """Return a title with its article in front and its year, "The Godfather (1972)"."""
    bare = without_year(title)
    return article_first(bare) + title[len(bare) :]


def _groups(titles: list[str]) -> list[list[int]]:
    """Return the positions of each title that several films have."""
    groups: dict[str, list[int]] = {}
    for at, title in enumerate(titles):
        groups.setdefault(title, []).append(at)
    return [group for group in groups.values() if len(group) > 1]


def _names(titles: list[str]) -> list[str]:
    """Return the names of each film in one spelling, the title first, with tabs between them.

    Empty where the title is its only name: the page spells it itself.
    """
    table = NameTable.of(titles)
    names: list[list[str]] = [[] for _ in titles]
    for words, row in zip(table.words, table.rows, strict=True):
        names[row].append(words)
    for of_film in names:
        of_film.extend(well_known(key(of_film[0])))
    plain = normalize_all(map(without_year, titles))
    return [
        "" if of_film == [words] else "\t".join(dict.fromkeys(of_film))
        for of_film, words in zip(names, plain, strict=True)
    ]


def _places(
    model: Dnn, dataset: Dataset, rows: NDArray[np.int64], genres: list[int]
) -> NDArray[np.int32]:
    """Return the place on the map and the color of each film, [n, 3].

    The color is the position of its first genre among ``genres``, or their number.
    """
    has = np.hstack([dataset.films.genres[rows][:, genres], np.ones((len(rows), 1), np.bool_)])
    return np.column_stack([film_places(model.similarity_vectors[rows]), np.argmax(has, axis=1)])


def _starters(dataset: Dataset, rows: NDArray[np.int64]) -> list[int]:
    place = {row: at for at, row in enumerate(rows.tolist())}
    asked = informative_films(dataset, _STARTERS)
    return [place[row] for row in asked if row in place]


def _source(source: RatingsSource) -> dict[str, Any]:
    highest = (source.scale or STARS).highest
    return {
        "name": source.name,
        "marks": source.marks,
        "columns": source.columns,
        "highest": highest,
    }


def _part_header(part: PackedPart) -> dict[str, Any]:
    axes = [part.films.steps, part.rests.steps, part.slope, part.mean, part.constant]
    return {
        "weight": part.weight,
        "gate": part.gate,
        "axes": [_digits(axis) for axis in axes],
        "unread": np.flatnonzero(~part.is_read).tolist() if part.is_read.any() else [],
    }


def _rounded(parts: list[PackedPart]) -> dict[str, RoundedVectors]:
    """Return the rounded vectors of all components by the names that the page knows."""
    films = {f"films{at}": part.films for at, part in enumerate(parts)}
    return films | {f"rests{at}": part.rests for at, part in enumerate(parts)}


def _row_facts(vectors: Mapping[str, RoundedVectors]) -> dict[str, dict[str, list[int]]]:
    """Return the facts of the rows, the similar ones side by side for the compression."""
    return {
        fact: {name: getattr(rounded, fact).tolist() for name, rounded in vectors.items()}
        for fact in ("references", "factors", "exponents")
    }


def _model_header(model: Dnn, rows: NDArray[np.int64], dataset: Dataset) -> dict[str, Any]:
    weights = model.weights
    return {
        "ratingWeights": _rating_weights(model),
        "halfSaturation": float(weights["half_saturation"][0]),
        "likeHead": weights["like_head"].tolist(),
        "likeLevel": _decimals(weights["film_level"][rows], 3),
        "likeCounts": _decimals(weights["film_counts"][rows], 3),
        "relevantRating": RELEVANT_RATING,
        **_demographic_features(model, dataset),
    }


def _digits(numbers: NDArray[np.float64]) -> list[float]:
    """Return numbers to seven digits."""
    return [float(f"{number:.7g}") for number in numbers]


def _decimals(numbers: FloatArray, places: int) -> list[float]:
    """Return numbers to some decimal places."""
    return [round(number, places) for number in numbers.tolist()]


def _rating_weights(model: Dnn) -> list[float]:
    """Return the weight of each rating of 0, 0.05, ... 5 stars; one of a half is interpolated."""
    stars = np.arange(0, HIGHEST_RATING + 0.01, 1 / _WEIGHTS_A_STAR)
    weights = model.weights["rating_weights"]
    between = np.interp(stars, np.arange(1, len(weights) + 1), weights)
    return _decimals(np.where(stars <= DISLIKED, DISLIKED_WEIGHT, between), 6)


def _demographic_features(model: Dnn, dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Return the centered features [K] of people and of occupations, which add up.

    ``people`` has a list by age (0 for unknown) for each gender, ``occupations`` one row for each
    occupation; the name of an unknown one is empty.
    """
    mean = model.weights["demographic_mean"]
    ages = np.arange(OLDEST + 1, dtype=np.float32)
    ages[0] = np.nan
    of_age = replace(Users.unknown(len(ages)), age=ages)
    genders = {
        name: replace(of_age, gender=np.full(len(ages), code, np.int8))
        for code, name in enumerate(("", *GENDERS), start=-1)
    }
    names = ("", *dataset.occupations)
    codes = np.arange(-1, len(dataset.occupations), dtype=np.int16)
    occupations = replace(Users.unknown(len(codes)), occupation=codes)
    return {
        "people": {name: _features(users, mean) for name, users in genders.items()},
        "occupations": dict(zip(names, _features(occupations, mean), strict=True)),
    }


def _features(users: Users, mean: FloatArray) -> list[list[float]]:
    return [_decimals(row, 4) for row in centered_demographics(users, mean)]
