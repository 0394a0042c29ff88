"""Gaps: facts that a data set lacks, and the tables that need them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.eda.counting import has_genres
from movierec_cli.core.eda.genre_tables import has_occupations


@dataclass(frozen=True)
class Gap:
    """Facts that a data set lacks; ``text`` is a sentence about them.

    ``tables`` has the keys of the tables that need them.
    """

    text: str
    tables: frozenset[str]


def gaps(dataset: Dataset, min_ratings: int = 0) -> list[Gap]:
    """Return the gaps of a data set: times, genres, demographics, films of many ratings.

    The last is one if no film has ``min_ratings`` ratings.
    """
    found = []
    if not dataset.has_times:
        text = f"{dataset.name} has no times of its ratings: ratings over time are left out."
        found.append(Gap(text, frozenset({"ratings_over_time"})))
    if not has_genres(dataset):
        text = f"{dataset.name} has no genres of its films: tables of genres are left out."
        found.append(Gap(text, frozenset({"genres", "genres_per_user", "occupations"})))
    demographics = {
        ("ages", "age_bands"): np.any(dataset.users.age >= 0),
        ("genders", "genders"): np.any(dataset.users.gender >= 0),
        ("occupations", "user_occupations"): has_occupations(dataset),
    }
    lacking = [names for names, is_known in demographics.items() if not is_known]
    if lacking:
        tables = {table for _, table in lacking}
        if "user_occupations" in tables:
            tables.add("occupations")
        facts = _listed([name for name, _ in lacking])
        text = f"{dataset.name} has no {facts} of its users: their tables are left out."
        found.append(Gap(text, frozenset(tables)))
    most = int(np.bincount(dataset.ratings.film_rows).max())
    if most < min_ratings:
        text = (
            f"No film of {dataset.name} has {min_ratings:,} ratings: tables of the ratings of a "
            f"film are left out. The most rated has {most:,}."
        )
        found.append(Gap(text, frozenset({"film_statistics", "film_distribution", "films"})))
    return found


def _listed(names: Sequence[str]) -> str:
    """Join names, such as "ages, genders or occupations"."""
    *before, last = names
    return f"{', '.join(before)} or {last}" if before else last
