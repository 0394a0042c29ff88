"""The tables about the data, by hand and against the published figures."""

import numpy as np
import pytest

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset
from tests.helpers import make_dataset

COLUMNS = ["genre", "films", "ratings", "watchers", "ratings_per_film", "watchers_per_film"]

PUBLISHED = {
    "Action": (251, 25589, 938, 3.74), "Adventure": (135, 13753, 901, 6.67),
    "Animation": (42, 3605, 659, 15.69), "Children's": (122, 7182, 805, 6.60),
    "Comedy": (505, 29832, 940, 1.86), "Crime": (109, 8055, 914, 8.39),
    "Documentary": (50, 758, 352, 7.04), "Drama": (725, 39895, 943, 1.30),
    "Fantasy": (22, 1352, 512, 23.27), "Film-Noir": (24, 1733, 618, 25.75),
    "Horror": (92, 5317, 789, 8.58), "Musical": (56, 4954, 754, 13.46),
    "Mystery": (61, 5245, 897, 14.70), "Romance": (247, 19461, 943, 3.82),
    "Sci-Fi": (101, 12730, 908, 8.99), "Thriller": (251, 21872, 937, 3.73),
    "War": (71, 9398, 925, 13.03), "Western": (27, 1854, 491, 18.19), "unknown": (2, 10, 10, 5.00),
}  # fmt: skip


def test_genres_are_counted_by_films_ratings_and_distinct_users() -> None:
    dataset = make_dataset(
        [(0, 0, 5.0), (0, 1, 4.0), (1, 1, 3.0), (2, 1, 2.0), (2, 2, 1.0)],
        n_users=4,
        titles=["a", "b", "c", "d"],
        genres=[[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
        genre_names=("War", "Drama", "Western", "Noir"),
    )
    table = eda.genres(dataset)
    assert list(table.columns) == COLUMNS
    assert table["genre"].tolist() == ["War", "Drama", "Western", "Noir"]
    assert table["films"].tolist() == [2, 2, 1, 0]
    assert table["ratings"].tolist() == [4, 4, 0, 0]
    assert table["watchers"].tolist() == [3, 3, 0, 0]
    np.testing.assert_array_equal(table["ratings_per_film"], [2, 2, 0, np.nan])
    np.testing.assert_array_equal(table["watchers_per_film"], [1.5, 1.5, 0, np.nan])


def test_a_genre_without_a_film_has_no_watchers_per_film(small: Dataset) -> None:
    unknown = eda.genres(small).iloc[0]
    assert (unknown["genre"], unknown["films"], unknown["watchers"]) == ("unknown", 0, 0)
    assert np.isnan(unknown["watchers_per_film"])


@pytest.mark.ml100k
def test_the_real_genres_have_the_published_figures(ml100k: Dataset) -> None:
    table = eda.genres(ml100k)
    measured = {
        row["genre"]: (
            row["films"], row["ratings"], row["watchers"], round(row["watchers_per_film"], 2),
        )
        for row in table.to_dict("records")
    }  # fmt: skip
    assert measured == PUBLISHED
