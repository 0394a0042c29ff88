"""Histories are compressed rows: grouped by user, ordered by film."""

from dataclasses import replace

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Histories
from tests.helpers import make_dataset, make_histories, make_ratings

THREE = make_histories({4: 1.0, 2: 5.0}, {}, {0: 3.0, 9: 2.0, 5: 4.0})


def lists(histories: Histories) -> list[dict[int, float]]:
    """Return film row -> rating for each user."""
    return [
        dict(
            zip(
                histories.film_rows[start:end].tolist(),
                histories.ratings[start:end].tolist(),
                strict=True,
            )
        )
        for start, end in zip(histories.indptr[:-1], histories.indptr[1:], strict=True)
    ]


def test_ratings_are_grouped_by_user_and_ordered_by_film() -> None:
    ratings = make_ratings([(2, 7, 1.0), (0, 3, 2.0), (2, 1, 3.0), (0, 5, 4.0)])
    histories = Histories.from_ratings(ratings, 4)
    assert histories.indptr.tolist() == [0, 2, 2, 4, 4]
    assert histories.film_rows.tolist() == [3, 5, 1, 7]
    assert histories.ratings.tolist() == [2, 4, 3, 1]
    assert histories.timestamps.tolist() == [1, 3, 2, 0]
    assert histories.counts.tolist() == [2, 0, 2, 0]
    assert histories.user_rows.tolist() == [0, 0, 2, 2]
    assert len(histories) == 4


def test_users_are_taken_in_the_given_order_even_twice() -> None:
    taken = THREE.take(np.array([2, 0, 1, 2]))
    third = {0: 3.0, 5: 4.0, 9: 2.0}
    assert lists(taken) == [third, {2: 5.0, 4: 1.0}, {}, third]
    assert taken.timestamps.tolist() == [2, 4, 3, 1, 0, 2, 4, 3]
    assert len(THREE.take(np.array([], np.int64))) == 0


def test_a_mask_keeps_the_users_and_drops_entries() -> None:
    kept = THREE.where(THREE.ratings >= 4)
    assert lists(kept) == [{2: 5.0}, {}, {5: 4.0}]
    assert lists(THREE.where(np.zeros(5, np.bool_))) == [{}, {}, {}]


def test_dislikes_are_taken_and_masked_with_their_films() -> None:
    histories = replace(THREE, disliked=THREE.ratings == 1)
    taken = histories.take(np.array([2, 0]))
    assert taken.disliked is not None
    assert taken.disliked.tolist() == [False, False, False, False, True]
    kept = histories.where(THREE.ratings < 3)
    assert kept.disliked is not None
    assert kept.disliked.tolist() == [True, False]
    assert THREE.take(np.array([0])).disliked is None


def test_ratings_are_taken_by_position_and_by_mask() -> None:
    ratings = make_ratings([(0, 1, 2.0), (1, 2, 3.0), (2, 3, 4.0)])
    assert ratings.take(np.array([2, 0])).film_rows.tolist() == [3, 1]
    assert ratings.take(np.array([False, True, False])).values.tolist() == [3.0]
    assert len(ratings.take(np.zeros(3, np.bool_))) == 0


def test_other_ratings_leave_the_original_as_it_was_and_have_no_folds(small: Dataset) -> None:
    n_ratings = len(small.ratings)
    part = small.with_ratings(small.ratings.take(np.arange(10)))
    assert (len(part.ratings), dict(part.folds)) == (10, {})
    assert part.histories.counts.sum() == 10
    assert len(small.ratings) == n_ratings == small.histories.counts.sum()


def test_the_latest_timestamp_is_that_of_the_last_rating_or_zero() -> None:
    assert make_dataset([(0, 0, 3.0), (0, 1, 3.0)], 1, ["a", "b"]).latest_timestamp == 1
    assert make_dataset([], 1, ["a"]).latest_timestamp == 0
