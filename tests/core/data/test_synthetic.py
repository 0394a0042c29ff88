"""Synthetic data has the layout of MovieLens 100K, and rewards a model that personalizes."""

from collections.abc import Callable

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.splits import make_split
from movierec_cli.core.data.synthetic import SyntheticSize, generate, parse_name
from movierec_cli.core.errors import UsageError
from movierec_cli.core.evaluation.evaluate import evaluate
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.baselines import DemographicRidge, Ease, Popularity

SIZE = SyntheticSize(30, 100, 900)


def test_the_same_seed_gives_the_same_data_and_another_seed_other_data() -> None:
    first = generate(SIZE, seed=1).checksum()
    assert generate(SIZE, seed=1).checksum() == first
    assert generate(SIZE, seed=2).checksum() != first


@pytest.mark.parametrize("size", [(10, 60, 200), (10, 70, 201), (200, 61, 4066)])
def test_sizes_are_exact(size: tuple[int, int, int]) -> None:
    dataset = generate(SyntheticSize(*size))
    assert (len(dataset.users), len(dataset.films), len(dataset.ratings)) == size


def test_the_name_has_the_size() -> None:
    assert parse_name("synthetic") == SyntheticSize(943, 1682, 100_000)
    assert parse_name("synthetic-30x100x900") == SIZE


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("synthetic-9x100x900", "at least 10 users and 60 films"),
        ("synthetic-30x59x600", "at least 10 users and 60 films"),
        ("synthetic-30x100x599", "599 ratings do not fit 30 users and 100 films"),
        ("synthetic-30x100x1001", "1,001 ratings do not fit 30 users and 100 films"),
        ("synthetic-9999999x999999x40000001", "40,000,001 ratings would not fit into the memory"),
        ("synthetic-30x80", "'synthetic-30x80' is not the name of a synthetic"),
    ],
)
def test_impossible_sizes_are_refused(name: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        parse_name(name)


def test_every_user_rates_at_least_twenty_films_and_none_twice(small: Dataset) -> None:
    assert small.histories.counts.min() >= 20
    pairs = np.stack([small.ratings.user_rows, small.ratings.film_rows])
    assert np.unique(pairs, axis=1).shape == pairs.shape


def test_ids_and_values_are_like_those_of_movielens(small: Dataset) -> None:
    assert set(small.ratings.values.tolist()) == {1, 2, 3, 4, 5}
    assert 3.4 < small.ratings.values.mean() < 3.7
    assert 0.45 < (small.ratings.values >= 4).mean() < 0.65
    assert len(set(small.films.titles.tolist())) == 200
    assert all(
        title.endswith(f", The ({int(year)})")
        for title, year in zip(small.films.titles.tolist(), small.films.years, strict=True)
    )


def test_genres_and_occupations_are_as_many_as_in_movielens(small: Dataset) -> None:
    assert len(small.genres) == small.films.genres.shape[1] == 19
    assert set(small.users.occupation.tolist()) <= set(range(len(small.occupations)))
    per_film = small.films.genres.sum(axis=1)
    assert (per_film.min(), per_film.max()) == (1, 3)
    assert not small.films.genres[:, 0].any()  # "unknown" is there, and empty


def test_folds_are_like_those_of_movielens(small: Dataset) -> None:
    fifths = [small.folds[f"u{number}"] for number in range(1, 6)]
    assert [len(fold) for fold in fifths] == [1_000] * 5
    assert np.sort(np.concatenate(fifths)).tolist() == list(range(5_000))
    for fold in ("ua", "ub"):
        users = small.ratings.user_rows[small.folds[fold]]
        assert np.bincount(users).tolist() == [10] * 120
    assert not set(small.folds["ua"].tolist()) & set(small.folds["ub"].tolist())


@pytest.mark.parametrize(
    ("scenario", "fit", "factor"), [(1, Ease.fit, 1.1), (0, DemographicRidge.fit, 1.02)]
)
def test_tastes_and_demographics_predict_more_than_popularity(
    scenario: int, fit: Callable[[Dataset], Model], factor: float, medium: Dataset
) -> None:
    split = make_split(medium)
    popularity, personal = (
        evaluate(method(split.full_train), split.scenarios[scenario]).metrics["ndcg"]
        for method in (Popularity.fit, fit)
    )
    assert popularity is not None
    assert personal is not None
    assert personal > factor * popularity
