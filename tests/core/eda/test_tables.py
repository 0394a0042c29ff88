"""Tables of the data: by hand, on empty and bare data, and the measured values of ml-100k."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.eda.counting import bands
from movierec_cli.core.eda.layout import Column, Layout, compact, decimals, percent, whole
from movierec_cli.core.errors import DataError, UsageError
from tests.helpers import make_dataset


@pytest.fixture
def by_hand() -> Dataset:
    """Four users, one without ratings, and four films, one without a genre."""
    dataset = make_dataset(
        [(0, 0, 5.0), (0, 1, 4.0), (0, 3, 3.0), (1, 1, 2.0), (2, 0, 1.0), (2, 2, 1.0)],
        n_users=4,
        titles=["A (1990)", "B (1991)", "C", "D (1992)"],
        genres=[[0, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]],
        genre_names=("unknown", "War", "Drama"),
    )
    users = Users(
        ids=np.array([1, 2, 5, 9]),
        age=np.array([30, 17, np.nan, 65], np.float32),
        gender=np.array([0, 1, -1, 1], np.int8),
        occupation=np.array([1, 0, 0, -1], np.int8),
        zip_code=np.array(["", "", "", ""]),
    )
    return replace(dataset, users=users, occupations=("student", "writer", "pilot"))


def test_genres_are_counted_by_films_ratings_and_distinct_users() -> None:
    dataset = make_dataset(
        [(0, 0, 5.0), (0, 1, 4.0), (1, 1, 3.0), (2, 1, 2.0), (2, 2, 1.0)],
        n_users=4,
        titles=["a", "b", "c", "d"],
        genres=[[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
        genre_names=("War", "Drama", "Western", "Noir"),
    )
    table = eda.genres(dataset)
    assert table["genre"].tolist() == ["War", "Drama", "Western", "Noir"]
    assert table["films"].tolist() == [2, 2, 1, 0]
    assert table["ratings"].tolist() == [4, 4, 0, 0]
    assert table["watchers"].tolist() == [3, 3, 0, 0]
    np.testing.assert_array_equal(table["ratings_per_film"], [2, 2, 0, np.nan])
    np.testing.assert_array_equal(table["watchers_per_film"], [1.5, 1.5, 0, np.nan])


def test_each_user_is_described(by_hand: Dataset) -> None:
    table = eda.users(by_hand)
    assert table["user"].tolist() == [1, 2, 5, 9]
    assert table["ratings"].tolist() == [3, 1, 2, 0]
    assert table["genres"].tolist() == [2, 2, 1, 0]  # a film without a genre does not count
    np.testing.assert_array_equal(table["mean_rating"], [4, 2, 1, np.nan])
    np.testing.assert_array_equal(table["age"], [30, 17, np.nan, 65])
    assert table["gender"].tolist() == ["M", "F", "unknown", "F"]
    assert table["occupation"].tolist() == ["writer", "student", "student", "unknown"]


def test_users_are_counted_by_their_number_of_genres(by_hand: Dataset) -> None:
    table = eda.genres_per_user(eda.users(by_hand))
    assert table["genres"].tolist() == [0, 1, 2]
    assert table["users"].tolist() == [1, 1, 2]
    assert table["share"].tolist() == [0.25, 0.25, 0.5]
    with_gap = eda.genres_per_user(pd.DataFrame({"genres": [2, 5, 5]}))
    assert with_gap["genres"].tolist() == [2, 3, 4, 5]
    assert with_gap["users"].tolist() == [1, 0, 0, 2]


def test_bands_grow_with_the_values_and_hold_both_ends() -> None:
    table = bands(np.array([1, 2, 4, 5, 19, 20, 49, 50]))
    assert table["from"].tolist() == [1, 2, 5, 10, 20, 50]
    assert table["to"].tolist() == [1, 4, 9, 19, 49, 99]
    assert table["count"].tolist() == [1, 2, 1, 1, 2, 1]
    assert bands(np.array([0, 0])).to_dict("records") == [{"from": 0, "to": 0, "count": 2}]


def test_user_statistics_leave_out_missing_values(by_hand: Dataset) -> None:
    table = eda.user_statistics(eda.users(by_hand)).set_index("of")
    assert list(table.index) == ["ratings", "genres", "mean_rating"]
    assert table.loc["ratings", ["mean", "min", "median", "max"]].tolist() == [1.5, 0, 1.5, 3]
    assert table.loc["ratings", "std"] == pytest.approx((5 / 3) ** 0.5)
    assert table.loc["mean_rating", "mean"] == pytest.approx(7 / 3)  # three users have one


def test_demographics_include_the_unknown(by_hand: Dataset) -> None:
    table = eda.users(by_hand)
    assert eda.age_bands(table)[["age", "users"]].to_numpy().tolist() == [
        ["under 18", 1],
        ["25 to 34", 1],
        ["65 or older", 1],
        ["unknown", 1],
    ]
    assert eda.genders(table).to_dict("records") == [
        {"gender": "F", "users": 2, "share": 0.5, "ratings": 1},
        {"gender": "M", "users": 1, "share": 0.25, "ratings": 3},
        {"gender": "unknown", "users": 1, "share": 0.25, "ratings": 2},
    ]
    assert eda.user_occupations(table)[["occupation", "users", "ratings"]].to_numpy().tolist() == [
        ["student", 2, 3],
        ["unknown", 1, 0],
        ["writer", 1, 3],
    ]


def test_occupations_are_counted_over_all_films_of_all_users(by_hand: Dataset) -> None:
    table = eda.occupations(by_hand)
    pairs = table[["occupation", "genre", "users", "watchers", "ratings"]]
    assert pairs.to_numpy().tolist() == [  # no pilot, and nothing of the lack of a genre
        ["student", "War", 2, 2, 2],
        ["student", "Drama", 2, 1, 1],
        ["writer", "War", 1, 1, 2],
        ["writer", "Drama", 1, 1, 2],
    ]
    np.testing.assert_allclose(table["share"], [2 / 3, 1 / 3, 2 / 3, 2 / 3])
    # All users: War in 4 of 6 ratings, Drama in 3 of 6.
    np.testing.assert_allclose(table["lift"], [1, 2 / 3, 1, 4 / 3])


def test_a_matrix_has_the_largest_occupation_first(by_hand: Dataset) -> None:
    table = eda.occupations(by_hand)
    matrix = eda.occupation_matrix(table, "watchers")
    assert (list(matrix.index), list(matrix.columns)) == (["student", "writer"], ["War", "Drama"])
    assert matrix.to_numpy().tolist() == [[2, 1], [1, 1]]


def test_without_demographics_there_are_no_tables_of_them() -> None:
    dataset = make_dataset([(0, 0, 5.0), (1, 0, 3.0)], n_users=2, titles=["A"])
    dataset = replace(dataset, users=Users.unknown(2, np.array([1, 2])))
    table = eda.users(dataset)
    for of_users, fields in (
        (eda.age_bands, ["age", "users", "share"]),
        (eda.genders, ["gender", "users", "share", "ratings"]),
        (eda.user_occupations, ["occupation", "users", "share", "ratings"]),
    ):
        found = of_users(table)
        assert found.empty
        assert list(found) == fields
    for bare in (dataset, replace(dataset, occupations=("student",))):
        assert not eda.has_occupations(bare)
        with pytest.raises(DataError, match="occupations") as error:
            eda.occupations(bare)
        assert "--dataset" in error.value.hint


def test_films_are_ordered_by_their_mean_and_described(by_hand: Dataset) -> None:
    table = eda.films(by_hand, min_ratings=1)
    assert table["film"].tolist() == [10, 20, 40, 30]
    assert table["title"].tolist() == ["A (1990)", "B (1991)", "D (1992)", "C"]
    assert table["year"].tolist() == [1990, 1991, 1992, None]
    assert table["ratings"].tolist() == [2, 2, 1, 1]
    assert table["mean"].tolist() == [3, 3, 3, 1]
    assert table["median"].tolist() == [3, 3, 3, 1]
    np.testing.assert_allclose(table["std"], [8**0.5, 2**0.5, np.nan, np.nan])  # n - 1
    assert eda.films(by_hand, min_ratings=2)["film"].tolist() == [10, 20]


def test_too_high_a_bound_is_an_error_with_the_highest_possible_one(
    by_hand: Dataset,
) -> None:
    with pytest.raises(UsageError, match="the most rated has 2") as error:
        eda.films(by_hand, min_ratings=3)
    assert error.value.hint.endswith("--min-ratings 2")


def test_film_statistics_correlate_with_the_number_of_ratings() -> None:
    films = pd.DataFrame(
        {
            "ratings": [1, 2, 3, 4],
            "mean": [1.0, 2.0, 3.0, 5.0],
            "median": [1.0, 3.0, 2.0, 2.0],
            "std": [1.0, 1.0, 1.0, 1.0],
        }
    )
    table = eda.film_statistics(films).set_index("of")
    assert table.loc["mean", "pearson"] == pytest.approx(6.5 / (5 * 8.75) ** 0.5)
    assert table.loc["mean", "spearman"] == pytest.approx(1)
    # Ranks 1, 4, 2.5, 2.5 against 1, 2, 3, 4: products of the deviations sum to 1.5.
    assert table.loc["median", "spearman"] == pytest.approx(1.5 / (5 * 4.5) ** 0.5)
    assert np.isnan(table.loc["std", ["pearson", "spearman"]].astype(float)).all()
    assert table.loc["mean", ["mean", "min", "median", "max"]].tolist() == [2.75, 1, 2.5, 5]


def test_the_distribution_of_films_starts_and_ends_with_one(by_hand: Dataset) -> None:
    films = pd.DataFrame({"mean": [3.0, 3.3, 3.5], "median": [3.0, 3.0, 3.5], "std": [np.nan] * 3})
    table = eda.film_distribution(films)
    assert table["from"].tolist() == [3.0, 3.25]
    assert table["to"].tolist() == [3.25, 3.5]
    assert table[["mean", "median", "std"]].to_numpy().tolist() == [[1, 2, 0], [2, 1, 0]]
    assert eda.film_distribution(eda.films(by_hand, 2))["mean"].sum() == 2


def test_the_catalog_is_counted_by_popularity() -> None:
    triples = [(user, 0, 5.0) for user in range(8)] + [(0, 1, 2.0), (1, 2, 3.0)]
    dataset = make_dataset(triples, n_users=8, titles=["a", "b", "c", "d"])
    table = eda.ratings_per_film(dataset)
    assert table[["from", "to", "films", "ratings"]].to_numpy().tolist() == [
        [0, 0, 1, 0],
        [1, 1, 2, 2],
        [2, 4, 0, 0],
        [5, 9, 1, 8],
    ]
    assert table["share_of_films"].tolist() == [0.25, 0.5, 0, 0.25]
    assert table["share_of_ratings"].tolist() == [0, 0.2, 0, 0.8]
    np.testing.assert_array_equal(table["mean_rating"], [np.nan, 2.5, np.nan, 5])

    tail = eda.long_tail(dataset)
    assert tail["most_rated"].tolist() == [0.01, 0.05, 0.1, 0.2, 0.5, 1]
    assert tail["films"].tolist() == [1, 1, 1, 1, 2, 4]
    assert tail["share"].tolist() == [0.8, 0.8, 0.8, 0.8, 0.9, 1]


def test_ratings_are_counted_by_value_and_summarized(by_hand: Dataset) -> None:
    table = eda.ratings(by_hand)
    assert table["rating"].tolist() == [1, 2, 3, 4, 5]
    assert table["ratings"].tolist() == [2, 1, 1, 1, 1]
    facts = eda.overview(by_hand).iloc[0]
    assert (facts["users"], facts["films"], facts["rated_films"], facts["ratings"]) == (4, 4, 4, 6)
    assert facts["density"] == 6 / 16
    assert facts["sparsity"] == 10 / 16
    assert facts["mean"] == pytest.approx(16 / 6)
    assert facts["relevant_share"] == pytest.approx(2 / 6)
    assert facts["users_without_relevant"] == 3
    assert (facts["first"], facts["last"]) == ("1970-01-01", "1970-01-01")


def at(dataset: Dataset, *times: str) -> Dataset:
    """Return the data set with its ratings at these times (UTC)."""
    stamps = np.array(times, "datetime64[s]").astype(np.int64)
    return dataset.with_ratings(replace(dataset.ratings, timestamps=stamps))


def test_ratings_over_time_have_every_month() -> None:
    dataset = make_dataset([(0, 0, 5.0), (0, 1, 2.0), (1, 0, 3.0)], n_users=2, titles=["a", "b"])
    months = eda.ratings_over_time(
        at(dataset, "1997-11-30T23:59:59", "1998-01-01T00:00:00", "1998-01-31T12:00:00")
    )
    assert months["period"].tolist() == ["1997-11", "1997-12", "1998-01"]
    assert months["ratings"].tolist() == [1, 0, 2]
    assert months["users"].tolist() == [1, 0, 2]
    assert months["new_users"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(months["mean_rating"], [5, np.nan, 2.5])

    years = eda.ratings_over_time(
        at(dataset, "1995-03-01T00:00:00", "1999-03-01T00:00:00", "1999-12-31T23:00:00")
    )
    assert years["period"].tolist() == ["1995", "1996", "1997", "1998", "1999"]
    assert years["ratings"].tolist() == [1, 0, 0, 0, 2]


def test_a_layout_formats_the_cells_of_a_table() -> None:
    layout = Layout(
        "films",
        "Films",
        (
            Column("title", "Title", numeric=False),
            Column("share", "%", percent, bar=True),
            Column("mean", "Mean", decimals(2)),
        ),
    )
    table = pd.DataFrame(
        {
            "title": ["A", None],
            "share": [0.25, 0.5],
            "mean": [3.456, np.nan],
        }
    )
    grid = layout.grid(table)
    assert grid.headers == ["Title", "%", "Mean"]
    assert grid.numeric == [False, True, True]
    assert grid.rows == [["A", "25.0", "3.46"], ["–", "50.0", "–"]]
    assert grid.bars == {1: [0.5, 1.0]}


def test_a_layout_with_headers_has_a_row_for_each_column() -> None:
    columns = (Column("mean", "Mean", compact), Column("n", "Count", whole))
    layout = Layout("statistics", "Statistics", columns, headers=("Of", "Ratings", "Genres"))
    grid = layout.grid(pd.DataFrame({"mean": [2.5, 0.0], "n": [1000, 2]}))
    assert [list(row) for row in grid.rows] == [["Mean", "2.5", "0"], ["Count", "1,000", "2"]]
    assert grid.numeric == [False, True, True]
    assert [compact(value) for value in (65.0, 3.2654, 1200.0)] == ["65", "3.265", "1,200"]


@pytest.mark.ml100k
def test_the_real_tables_have_the_published_values(ml100k: Dataset) -> None:
    genres = eda.genres(ml100k).set_index("genre").drop(columns="ratings_per_film").round(2)
    assert genres.loc["Drama"].tolist() == [725, 39895, 943, 1.30]
    assert genres.loc["Film-Noir"].tolist() == [24, 1733, 618, 25.75]
    users = eda.users(ml100k)
    assert eda.genres_per_user(users)["users"].tolist() == [
        2, 0, 2, 6, 19, 51, 77, 102, 96, 126, 122, 163, 177,
    ]  # fmt: skip
    ratings = eda.user_statistics(users).set_index("of").loc["ratings"]
    assert ratings[["min", "median", "max"]].tolist() == [20, 65, 737]
    assert (users["age"].min(), users["age"].max()) == (7, 73)
    assert eda.genders(users)[["gender", "users"]].to_numpy().tolist() == [["M", 670], ["F", 273]]
    pairs = eda.occupations(ml100k).set_index(["occupation", "genre"])
    assert len(pairs) == 21 * 18
    western = pairs.loc[("librarian", "Western")]
    assert western[["users", "watchers", "ratings"]].tolist() == [51, 27, 82]
    watchers = pairs.groupby("genre")["watchers"].sum()  # each user has one occupation
    assert watchers.tolist() == genres.loc[watchers.index, "watchers"].tolist()
    assert eda.overview(ml100k).iloc[0]["relevant_share"] == 0.55375
    over_time = eda.ratings_over_time(ml100k)
    assert (over_time["ratings"].sum(), over_time["new_users"].sum()) == (100_000, 943)
    assert over_time["period"].iloc[[0, -1]].tolist() == ["1997-09", "1998-04"]
