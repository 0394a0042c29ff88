"""The measures beyond accuracy against RecTools, on random lists of made-up data."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.evaluation.beyond import Reference, beyond_accuracy

library = pytest.importorskip("rectools.metrics", reason="RecTools is not installed")

N_USERS, K = 30, 10


@pytest.fixture(scope="module")
def lists() -> np.ndarray:
    """Lists of half of the films, of which some have no rating."""
    films = np.tile(np.arange(0, 200, 2, dtype=np.int32), (N_USERS, 1))
    return np.random.default_rng(5).permuted(films, axis=1)[:, :K]


@pytest.fixture(scope="module")
def ours(lists: np.ndarray, small: Dataset) -> dict[str, float | None]:
    return beyond_accuracy(lists, Reference.of(small))


@pytest.fixture(scope="module")
def tables(lists: np.ndarray, small: Dataset) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lists and the training ratings as RecTools has them."""
    recommended = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(N_USERS), K),
            "item_id": lists.ravel(),
            "rank": np.tile(np.arange(1, K + 1), N_USERS),
        }
    )
    rated = {"user_id": small.ratings.user_rows, "item_id": small.ratings.film_rows}
    return recommended, pd.DataFrame(rated)


def test_coverage_popularity_and_novelty(
    ours: dict[str, float | None], tables: tuple[pd.DataFrame, pd.DataFrame], small: Dataset
) -> None:
    lists, rated = tables
    catalog = np.arange(len(small.films))
    assert ours["coverage"] == pytest.approx(
        library.CatalogCoverage(K, normalize=True).calc(lists, catalog)
    )
    popularity = library.AvgRecPopularity(K).calc(lists, rated)
    assert ours["popularity"] == pytest.approx(popularity / rated["user_id"].nunique())
    assert ours["novelty"] == pytest.approx(library.MeanInvUserFreq(K).calc(lists, rated))


@pytest.mark.parametrize("name", ["diversity", "genre_diversity"])
def test_diversity(
    name: str,
    ours: dict[str, float | None],
    tables: tuple[pd.DataFrame, pd.DataFrame],
    small: Dataset,
) -> None:
    lists, rated = tables
    raters = np.zeros((len(small.films), len(small.users)))
    raters[rated["item_id"], rated["user_id"]] = 1.0
    vectors = raters if name == "diversity" else small.films.genres.astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)

    class Cosine(library.PairwiseDistanceCalculator):  # type: ignore[misc,name-defined]
        def _get_distances_for_item_pairs(self, items_0: Any, items_1: Any) -> np.ndarray:
            first, second = (units[np.asarray(items, np.int64)] for items in (items_0, items_1))
            distances: np.ndarray = 1 - (first * second).sum(axis=1)
            return distances

    expected = library.IntraListDiversity(K, distance_calculator=Cosine()).calc(lists)
    assert ours[name] == pytest.approx(expected)
