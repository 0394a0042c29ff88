"""Input features by hand: fixed scales, and 0 for unknown values."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Films, Users
from movierec_cli.core.models.features import (
    centered_demographics,
    demographic_mean,
    dense_history,
    film_features,
    renumbered,
    user_blocks,
    user_features,
)
from tests.helpers import make_dataset, make_histories

USERS = Users(
    ids=np.arange(1, 5),
    age=np.float32([35, 65, 20, np.nan]),
    gender=np.int8([0, 1, 1, -1]),
    occupation=np.int8([2, 0, 1, -1]),
    zip_code=np.array(["00123", "90210", "T8H1N", ""]),
)


def test_user_features_are_age_region_occupation_and_gender() -> None:
    features = user_features(USERS, n_occupations=3)
    assert features.dtype == np.float32
    np.testing.assert_allclose(
        features,
        [
            # age, region, occupations, M, F
            [0, -1, 0, 0, 1, 1, 0],
            [2, 1, 1, 0, 0, 0, 1],
            [-1, 0, 0, 1, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0],
        ],
        atol=1e-6,
    )
    assert not user_features(USERS, n_occupations=2)[0, 2:4].any()  # an occupation beyond them


@pytest.mark.parametrize(
    ("code", "region"),
    [("0", -1), ("5", 1 / 9), ("V5A", 0), ("²1000", 0), ("٣1000", 0), ("", 0)],
)
def test_the_region_is_the_first_decimal_digit_of_the_zip_code(code: str, region: float) -> None:
    users = replace(Users.unknown(1), zip_code=np.array([code]))
    assert user_features(users, 21)[0, 1] == pytest.approx(region, abs=1e-6)


def test_film_features_are_year_and_genres() -> None:
    films = Films(
        ids=np.arange(1, 4),
        titles=np.array(["a", "b", "c"]),
        released=np.array(["2000-12-31", "1955-01-01", "NaT"], "datetime64[D]"),
        genres=np.array([[1, 0], [0, 1], [1, 1]], np.bool_),
        imdb_ids=np.full(3, ""),
        tmdb_ids=np.zeros(3, np.int64),
    )
    features = film_features(films)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, [[1, 1, 0], [-2, 0, 1], [0, 1, 1]], atol=1e-6)


def test_a_dense_history_has_ratings_or_other_values_of_each_entry() -> None:
    histories = make_histories({0: 5.0, 3: 1.0}, {}, {2: 3.0})
    dense = dense_history(histories, 4, histories.ratings)
    assert dense.tolist() == [[5, 0, 0, 1], [0, 0, 0, 0], [0, 0, 3, 0]]
    assert dense.dtype == np.float32
    liked = dense_history(histories, 4, histories.ratings >= 4)
    assert liked.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_blocks_hold_the_users_with_ratings_in_their_order() -> None:
    train = make_dataset([(4, 0, 5.0), (1, 1, 3.0), (2, 0, 4.0)], 6, ["a", "b"])
    blocks = list(user_blocks(train, size=2))
    assert [users.ids.tolist() for users, _ in blocks] == [[2, 3], [5]]
    assert [histories.film_rows.tolist() for _, histories in blocks] == [[1, 0], [0]]


def test_centered_demographics_have_mean_zero_and_are_zero_where_unknown() -> None:
    mean = demographic_mean(USERS, n_occupations=3)
    centered = centered_demographics(USERS, mean)
    assert centered.shape == (4, len(mean))
    assert not centered[3].any()
    np.testing.assert_allclose(centered.sum(axis=0), 0, atol=1e-6)
    assert np.abs(centered[:3]).max() > 0.1
    assert not demographic_mean(Users.unknown(2), n_occupations=3).any()


def test_demographics_are_smooth_in_the_age() -> None:
    users = replace(USERS, age=np.float32([30, 31, 60, 60]), gender=np.int8([0] * 4))
    users = replace(users, occupation=np.int8([0] * 4))
    features = centered_demographics(users, np.zeros_like(demographic_mean(users, 3)))
    near, far = np.linalg.norm(features[1:3] - features[0], axis=1)
    assert 0 < near < 0.2 * far


def test_films_are_renumbered_in_the_order_of_the_catalog() -> None:
    films, positions = renumbered(np.array([7, 2, 7, 5], np.int32), 9)
    assert films.tolist() == [2, 5, 7]
    assert positions.tolist() == [2, 0, 2, 1]
    films, positions = renumbered(np.array([], np.int32), 9)
    assert films.tolist() == positions.tolist() == []
