"""The tables behind the figures of the report, one function each, each giving a DataFrame.

A user *watches* a genre when she rated at least one film of it.
"""

import numpy as np
import pandas as pd

from movierec_cli.core.data.dataset import Dataset


def genres(dataset: Dataset) -> pd.DataFrame:
    """Count what there is of each genre and who watches it.

    Returns
    -------
    A row for each genre in the order of the data set: ``genre``, ``films``, ``ratings``,
    ``watchers`` (distinct users), ``ratings_per_film`` and ``watchers_per_film`` (NaN for a genre
    without a film). A film of several genres counts in each.
    """
    film_has = dataset.films.genres  # [n_films, n_genres]
    rating_has = film_has[dataset.ratings.film_rows]  # [n_ratings, n_genres]
    films = film_has.sum(axis=0)
    ratings = rating_has.sum(axis=0)
    watchers = [len(np.unique(dataset.ratings.user_rows[of_genre])) for of_genre in rating_has.T]
    table = pd.DataFrame(
        {"genre": dataset.genres, "films": films, "ratings": ratings, "watchers": watchers}
    )
    counted = table["films"].where(table["films"] > 0)
    table["ratings_per_film"] = table["ratings"] / counted
    table["watchers_per_film"] = table["watchers"] / counted
    return table
