"""What a model is told of users and films: the dimensions of the report, scales that are fixed."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset, Films, Users
from movierec_cli.core.models.features import (
    dense_history,
    film_features,
    probability,
    user_features,
)
from tests.helpers import make_histories

USERS = Users(
    ids=np.arange(1, 5),
    age=np.float32([35, 65, 20, np.nan]),
    gender=np.int8([0, 1, 1, -1]),
    occupation=np.int8([2, 0, 1, -1]),
    zip_code=np.array(["00123", "90210", "T8H1N", ""]),
)


def test_the_dimensions_are_those_of_the_report(small: Dataset) -> None:
    assert user_features(small.users, len(small.occupations)).shape == (120, 25)
    assert film_features(small.films).shape == (200, 20)


def test_age_region_occupation_and_gender_by_hand() -> None:
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


def test_of_an_unknown_user_every_feature_is_zero() -> None:
    features = user_features(Users.unknown(2), 21)
    assert features.shape == (2, 25)
    assert not features.any()


def test_an_occupation_that_the_model_does_not_know_is_unknown() -> None:
    assert not user_features(USERS, n_occupations=2)[0, 2:4].any()


@pytest.mark.parametrize(("code", "region"), [("0", -1.0), ("5", 1 / 9), ("V5A", 0.0), ("-", 0.0)])
def test_the_region_is_the_first_digit_of_the_zip_code(code: str, region: float) -> None:
    users = Users.unknown(1)
    users = Users(users.ids, users.age, users.gender, users.occupation, np.array([code]))
    assert user_features(users, 21)[0, 1] == pytest.approx(region, abs=1e-6)


def test_year_and_genres_by_hand() -> None:
    films = Films(
        ids=np.arange(1, 4),
        titles=np.array(["a", "b", "c"]),
        released=np.array(["2000-12-31", "1955-01-01", "NaT"], "datetime64[D]"),
        genres=np.array([[1, 0], [0, 1], [1, 1]], np.bool_),
    )
    features = film_features(films)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, [[1, 1, 0], [-2, 0, 1], [0, 1, 1]], atol=1e-6)


def test_a_history_made_dense_has_zero_where_there_is_no_rating() -> None:
    dense = dense_history(make_histories({0: 5.0, 3: 1.0}, {}, {2: 3.0}), 4)
    assert dense.tolist() == [[5, 0, 0, 1], [0, 0, 0, 0], [0, 0, 3, 0]]
    assert dense.dtype == np.float32


@pytest.mark.ml100k
def test_the_real_features_are_within_a_few_units(ml100k: Dataset) -> None:
    users = user_features(ml100k.users, len(ml100k.occupations))
    films = film_features(ml100k.films)
    assert (users.shape, films.shape) == ((943, 25), (1682, 20))
    assert np.abs(users).max() < 3
    assert np.abs(films).max() < 5


@pytest.mark.parametrize("code", ["²1000", "٣1000", "K1A0B", "-1000", ""])
def test_what_is_no_decimal_digit_tells_no_region(code: str) -> None:
    users = replace(USERS, zip_code=np.array([code] * 4))
    assert user_features(users, n_occupations=3)[:, 1].tolist() == [0, 0, 0, 0]


def test_the_logistic_function_by_hand_and_without_overflow() -> None:
    logits = np.float32([-1e9, -200, 0, np.log(3), 200, 1e9])
    np.testing.assert_allclose(probability(logits), [0, 0, 0.5, 0.75, 1, 1], atol=1e-7)
