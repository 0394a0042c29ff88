"""Data sets without demographics, times and genres, as a person's own table of ratings gives."""

from dataclasses import replace

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Films, Users
from tests.helpers import make_ratings


def bare_dataset() -> Dataset:
    """Return three users and four films with text ids and no titles, and stars from 0."""
    film_ids = np.array(["f1", "f2", "f3", "f4"])
    films = Films(
        ids=film_ids,
        titles=film_ids,
        released=np.full(4, "NaT", "datetime64[D]"),
        genres=np.zeros((4, 0), np.bool_),
        imdb_ids=np.full(4, ""),
        tmdb_ids=np.zeros(4, np.int64),
    )
    ratings = make_ratings(
        [(0, 0, 0.0), (0, 1, 2.5), (0, 2, 3.75), (1, 0, 5.0), (1, 1, 4.5), (2, 2, 0.5)]
    )
    return Dataset(
        name="bare",
        users=Users.unknown(3, np.array(["ann", "bo", "cy"])),
        films=films,
        ratings=replace(ratings, timestamps=np.zeros(6, np.int64)),
        genres=(),
        occupations=(),
        lowest_rating=0.0,
        has_times=False,
    )


def stripped(dataset: Dataset) -> Dataset:
    """Return a data set without its demographics, times and genres, and with half stars."""
    ratings = dataset.ratings
    n_films = len(dataset.films)
    return replace(
        dataset,
        users=Users.unknown(len(dataset.users), dataset.users.ids),
        films=replace(dataset.films, genres=np.zeros((n_films, 0), np.bool_)),
        ratings=replace(
            ratings,
            values=ratings.values - np.float32(0.5),
            timestamps=np.zeros_like(ratings.timestamps),
        ),
        genres=(),
        occupations=(),
        folds={},
        lowest_rating=0.5,
        has_times=False,
    )
