"""Tables of data sets that lack times, genres or demographics, or that have unusual ratings."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.eda.layout import Column, Layout, decimals
from movierec_cli.core.errors import DataError
from tests.bare_data import bare_dataset
from tests.helpers import make_dataset


@pytest.fixture
def bare() -> Dataset:
    return bare_dataset()


def test_without_times_there_is_no_day_and_no_period(bare: Dataset) -> None:
    facts = eda.overview(bare).iloc[0]
    assert (facts["first"], facts["last"]) == (None, None)
    assert (facts["users"], facts["films"], facts["rated_films"], facts["ratings"]) == (3, 4, 3, 6)
    assert facts["mean"] == pytest.approx(16.25 / 6)
    assert facts["relevant_share"] == pytest.approx(2 / 6)
    rows = [row[0] for row in eda.LAYOUTS["overview"].grid(eda.overview(bare)).rows]
    assert "Mean rating" in rows
    assert not any("UTC" in row for row in rows)
    over_time = eda.ratings_over_time(bare)
    assert over_time.empty
    assert list(over_time) == ["period", "ratings", "users", "new_users", "mean_rating"]


def test_without_genres_users_have_none_to_count(bare: Dataset) -> None:
    table = eda.users(bare)
    assert table["user"].tolist() == ["ann", "bo", "cy"]
    assert table["ratings"].tolist() == [3, 2, 1]
    assert table["genres"].isna().all()
    assert eda.genres_per_user(table).empty
    statistics = eda.user_statistics(table)
    assert statistics["of"].tolist() == ["ratings", "genres", "mean_rating"]
    assert statistics.set_index("of").loc["genres"].isna().all()
    grid = eda.LAYOUTS["user_statistics"].grid(statistics)
    assert list(grid.headers) == ["Statistic", "Ratings", "Mean rating"]
    assert list(grid.rows[0]) == ["Mean", "2", "2.444"]  # (6.25 / 3 + 4.75 + 0.5) / 3


@pytest.mark.parametrize("genres", [(), ("(no genres listed)",)])
def test_without_genres_their_tables_are_errors(genres: tuple[str, ...], bare: Dataset) -> None:
    flags = np.ones((4, len(genres)), np.bool_)
    dataset = replace(bare, genres=genres, films=replace(bare.films, genres=flags))
    assert not eda.has_genres(dataset)
    with pytest.raises(DataError, match="no genres of its films") as error:
        eda.genres(dataset)
    assert "--dataset ml-latest-small" in error.value.hint
    users = replace(bare.users, occupation=np.array([0, 0, 0], np.int16))
    with pytest.raises(DataError, match="no genres of its films"):
        eda.occupations(replace(dataset, users=users, occupations=("writer",)))


def test_films_without_titles_are_named_by_their_ids(bare: Dataset) -> None:
    table = eda.films(bare, min_ratings=2)
    assert table["film"].tolist() == ["f2", "f1", "f3"]
    assert table["title"].tolist() == ["f2", "f1", "f3"]
    assert table["mean"].tolist() == [3.5, 2.5, 2.125]
    assert table["median"].tolist() == [3.5, 2.5, 2.125]
    grid = eda.LAYOUTS["films"].grid(table)
    assert grid.headers == ["Title", "Ratings", "Mean", "Median", "Std"]  # no year
    assert grid.rows[2][3] == "2.12"


def test_a_gap_names_what_is_lacking_and_its_tables(bare: Dataset, small: Dataset) -> None:
    times, genres, demographics, films = eda.gaps(bare, min_ratings=3)
    assert times.text == "bare has no times of its ratings: ratings over time are left out."
    assert times.tables == {"ratings_over_time"}
    assert "no genres of its films" in genres.text
    assert genres.tables == {"genres", "genres_per_user", "occupations"}
    assert "no ages, genders or occupations of its users" in demographics.text
    assert demographics.tables == {"age_bands", "genders", "user_occupations", "occupations"}
    assert "No film of bare has 3 ratings" in films.text
    assert "The most rated has 2." in films.text
    assert films.tables == {"film_statistics", "film_distribution", "films"}
    assert len(eda.gaps(bare, min_ratings=2)) == 3
    assert eda.gaps(small) == []
    every = {table for gap in (times, genres, demographics, films) for table in gap.tables}
    assert every <= {*eda.LAYOUTS, "occupations"}


def test_only_the_unknown_demographics_are_lacking(small: Dataset) -> None:
    users = replace(
        Users.unknown(len(small.users), small.users.ids),
        age=np.where(np.arange(len(small.users)) > 0, np.nan, 30).astype(np.float32),
        gender=small.users.gender,
    )
    dataset = replace(small, users=users, occupations=())
    (gap,) = eda.gaps(dataset)
    assert "no occupations of its users" in gap.text
    assert gap.tables == {"user_occupations", "occupations"}
    table = eda.users(dataset)
    assert eda.age_bands(table)[["age", "users"]].to_numpy().tolist() == [
        ["25 to 34", 1],
        ["unknown", len(users) - 1],
    ]
    assert len(eda.genders(table)) == 2
    assert eda.user_occupations(table).empty


def rated(values: Sequence[float]) -> pd.DataFrame:
    """Return the ratings table of one user with these ratings."""
    triples = [(0, film, value) for film, value in enumerate(values)]
    return eda.ratings(make_dataset(triples, n_users=1, titles=list(map(str, values))))


@pytest.mark.parametrize(
    ("values", "steps", "counts"),
    [
        ([1, 3, 3, 4], [1, 2, 3, 4], [1, 0, 2, 1]),
        ([0.5, 2, 2], [0.5, 1, 1.5, 2], [1, 0, 0, 2]),
        ([3.25, 3.75, 4], [3.25, 3.5, 3.75, 4], [1, 0, 1, 1]),
        ([3.3, 3.375, 3.7], [3.25, 3.5, 3.75], [1, 1, 1]),  # to the nearest, a half up
        ([2.5, 2.5], [2.5], [2]),
    ],
)
def test_ratings_are_counted_in_the_widest_steps_that_hold_them(
    values: list[float], steps: list[float], counts: list[int]
) -> None:
    table = eda.rating_steps(rated(values))
    assert table["rating"].tolist() == steps
    assert table["ratings"].tolist() == counts
    assert table["share"].sum() == pytest.approx(1)


def test_a_rating_has_the_digits_that_it_was_given_with() -> None:
    table = rated([3.65, 3.65, 0.5])  # 7.3 of 10
    assert table["rating"].tolist() == [0.5, 3.65]
    assert table["ratings"].tolist() == [1, 2]
    assert not eda.has_many_values(table)
    assert eda.has_many_values(rated([at / 10 for at in range(22)]))
    assert not eda.has_many_values(rated([at / 4 for at in range(21)]))


def test_the_ages_of_movielens_1m_are_counted_in_its_own_bands() -> None:
    codes = {"age": [15.0, 21, 29, 39, 47, 52, 60, 60, np.nan]}
    assert eda.age_bands(pd.DataFrame(codes))[["age", "users"]].to_numpy().tolist() == [
        ["under 18", 1],
        ["18 to 24", 1],
        ["25 to 34", 1],
        ["35 to 44", 1],
        ["45 to 49", 1],
        ["50 to 55", 1],
        ["56 or older", 2],
        ["unknown", 1],
    ]
    years = eda.age_bands(pd.DataFrame({"age": [52.0, 60, 61]}))
    assert years["age"].tolist() == ["45 to 54", "55 to 64"]


def test_a_layout_leaves_out_fields_and_records_without_any_value() -> None:
    columns = (
        Column("title", "Title", numeric=False),
        Column("year", "Year"),
        Column("n", "Count", decimals(0), bar=True),
    )
    table = pd.DataFrame({"title": ["A", "B"], "year": [None, None], "n": [1, 2]})
    grid = Layout("films", "Films", columns).grid(table)
    assert grid.headers == ["Title", "Count"]
    assert grid.rows == [["A", "1"], ["B", "2"]]
    assert grid.bars == {1: [0.5, 1.0]}
    numbers = pd.DataFrame({"year": [np.nan, 1990], "n": [np.nan, 2]})
    of = Layout("of", "Of", columns[1:], headers=("Of", "A", "B")).grid(numbers)
    assert list(of.headers) == ["Of", "B"]
    assert [list(row) for row in of.rows] == [["Year", "1990.0"], ["Count", "2"]]
    assert of.numeric == [False, True]


def test_times_beyond_those_of_nanoseconds_are_counted() -> None:
    dataset = make_dataset([(0, 0, 5.0), (1, 0, 3.0)], n_users=2, titles=["A"])
    stamps = np.array(["2300-01-01", "2300-02-01"], "datetime64[s]").astype(np.int64)
    late = dataset.with_ratings(replace(dataset.ratings, timestamps=stamps))
    assert eda.ratings_over_time(late)["period"].tolist() == ["2300-01", "2300-02"]
    assert eda.overview(late).iloc[0]["last"] == "2300-02-01"
