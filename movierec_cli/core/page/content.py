"""The content of a page: the films, the facts about data and run, and the packed model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, RELEVANT_RATING, Dataset, FloatArray, Users
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.titles import without_year
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import DEFAULT_K
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.features import centered_demographics
from movierec_cli.core.page.payload import encoded
from movierec_cli.core.page.places import film_places, mapped_films
from movierec_cli.core.page.rounding import RoundedVectors
from movierec_cli.core.page.vectors import PackedPart, pack
from movierec_cli.core.recommend.interview import informative_films
from movierec_cli.core.recommend.query import OLDEST
from movierec_cli.core.recommend.ratings_files.entries import STARS
from movierec_cli.core.recommend.ratings_files.matching import has_movielens_ids
from movierec_cli.core.recommend.ratings_files.sources import SOURCES, RatingsSource
from movierec_cli.core.recommend.title_names import well_known
from movierec_cli.core.recommend.title_table import NameTable
from movierec_cli.core.recommend.title_words import key, normalize_all, spelling_rules
from movierec_cli.core.runs.manifest import Manifest

_STARTERS = 12
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
    matrices = {
        **{name: vectors.numbers for name, vectors in _rounded(parts).items()},
        **{f"demographics{at}": part.demographics for at, part in enumerate(parts)},
        "places": _places(model, dataset, mapped_films(dataset, rows), facts["mapGenres"]),
    }
    header = {
        **facts,
        "spelling": spelling_rules(),
        "sources": [_source(source) for source in SOURCES],
        "hasMovieLensIds": has_movielens_ids(dataset),
        "films": _films(dataset, rows),
        "starters": _starters(dataset, rows),
        "parts": [_part_header(part) for part in parts],
        "rows": _row_facts(_rounded(parts)),
        "model": _model_header(model, rows, len(dataset.occupations)),
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
    titles = [title.strip() for title in films.titles[rows].tolist()]
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(films))
    return {
        "ids": films.ids[rows].tolist(),
        "titles": titles,
        "genres": [np.flatnonzero(flags).tolist() for flags in films.genres[rows]],
        "counts": counts[rows].tolist(),
        "imdb": [int(imdb[2:]) if imdb else 0 for imdb in films.imdb_ids[rows].tolist()],
        "tmdb": films.tmdb_ids[rows].tolist(),
        "names": _names(titles),
    }


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


def _model_header(model: Dnn, rows: NDArray[np.int64], n_occupations: int) -> dict[str, Any]:
    weights = model.weights
    return {
        "ratingWeights": weights["rating_weights"].tolist(),
        "halfSaturation": float(weights["half_saturation"][0]),
        "likeHead": weights["like_head"].tolist(),
        "likeLevel": _decimals(weights["film_level"][rows], 3),
        "likeCounts": _decimals(weights["film_counts"][rows], 3),
        "relevantRating": RELEVANT_RATING,
        **_demographic_features(model, n_occupations),
    }


def _digits(numbers: NDArray[np.float64]) -> list[float]:
    """Return numbers to seven digits."""
    return [float(f"{number:.7g}") for number in numbers]


def _decimals(numbers: FloatArray, places: int) -> list[float]:
    """Return numbers to some decimal places."""
    return [round(number, places) for number in numbers.tolist()]


def _demographic_features(model: Dnn, n_occupations: int) -> dict[str, list[list[float]]]:
    """Return the centered features of people and of occupations, which add up, [n][K] each.

    ``people`` has a row for each gender (unknown first) and age (0 for unknown) in this order,
    ``occupations`` one for each occupation (unknown first).
    """
    mean = model.weights["demographic_mean"]
    ages = np.tile(np.arange(OLDEST + 1, dtype=np.float32), 1 + len(GENDERS))
    ages[ages == 0] = np.nan
    genders = np.repeat(np.arange(-1, len(GENDERS), dtype=np.int8), OLDEST + 1)
    people = replace(Users.unknown(len(ages)), age=ages, gender=genders)
    codes = np.arange(-1, n_occupations, dtype=np.int16)
    occupations = replace(Users.unknown(len(codes)), occupation=codes)
    return {
        "people": _features(people, mean),
        "occupations": _features(occupations, mean),
    }


def _features(users: Users, mean: FloatArray) -> list[list[float]]:
    return [_decimals(row, 5) for row in centered_demographics(users, mean)]
