"""The content of a page: the films, the facts about data and run, and the packed model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, RELEVANT_RATING, Dataset, FloatArray, Users
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.titles import without_year, year_in
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import DEFAULT_K
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.features import centered_demographics
from movierec_cli.core.page.payload import encoded
from movierec_cli.core.page.places import MAPPED, film_places
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
_DEMOGRAPHIC_STEPS = 4_000  # of the largest number of a demographic vector
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
    arrays = {
        **_model_arrays(parts, model, dataset, rows),
        "places": _places(model, dataset, rows[:MAPPED], facts["mapGenres"]),
    }
    header = {
        **facts,
        "spelling": spelling_rules(),
        "sources": [_source(source) for source in SOURCES],
        "hasMovieLensIds": has_movielens_ids(dataset),
        "films": _films(dataset, rows),
        "starters": _starters(dataset, rows),
        "parts": [_part_header(part) for part in parts],
        "model": _model_header(model),
    }
    return Content(facts, encoded(header, arrays))


def page_facts(manifest: Manifest, dataset: Dataset, rows: NDArray[np.int64]) -> dict[str, Any]:
    """Return the facts that the page states."""
    edition = EDITIONS.get(dataset.name)
    users = dataset.users
    mapped = dataset.films.genres[rows[:MAPPED]].sum(axis=0)
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
        "years": [year_in(title) or 0 for title in titles],
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
    return {
        "weight": part.weight,
        "gate": part.gate,
        "width": len(part.constant),
        "demographicStep": _demographic_step(part),
    }


def _demographic_step(part: PackedPart) -> float:
    """Return the step to which demographic vectors are rounded."""
    return max(float(np.abs(part.demographics).max(initial=0)), 1e-9) / _DEMOGRAPHIC_STEPS


def _model_header(model: Dnn) -> dict[str, Any]:
    weights = model.weights
    return {
        "ratingWeights": weights["rating_weights"].tolist(),
        "halfSaturation": float(weights["half_saturation"][0]),
        "likeHead": weights["like_head"].tolist(),
        "relevantRating": RELEVANT_RATING,
    }


def _model_arrays(
    parts: list[PackedPart], model: Dnn, dataset: Dataset, rows: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Return the arrays of the model by the names that the page knows."""
    arrays: dict[str, NDArray[Any]] = {
        "likeLevel": model.weights["film_level"][rows],
        "likeCounts": model.weights["film_counts"][rows],
        **_demographic_features(model, len(dataset.occupations)),
    }
    for at, part in enumerate(parts):
        demographics = np.rint(part.demographics / _demographic_step(part))
        axes = [part.film_steps, part.history_steps, part.slope, part.mean, part.constant]
        arrays |= {
            f"films{at}": part.films,
            f"histories{at}": part.histories,
            f"scales{at}": np.stack([part.film_scales, part.history_scales], axis=1),
            f"axes{at}": np.stack(axes).astype(np.float32),
            f"demographics{at}": demographics.astype(np.int32),
        }
    return arrays


def _demographic_features(model: Dnn, n_occupations: int) -> dict[str, FloatArray]:
    """Return the centered features of people and of occupations, which add up, [n, K] each.

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
        "people": centered_demographics(people, mean),
        "occupations": centered_demographics(occupations, mean),
    }
