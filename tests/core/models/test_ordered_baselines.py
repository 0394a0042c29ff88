"""Baselines that know the times of ratings, computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Histories, Users
from movierec_cli.core.models.base import Scores
from movierec_cli.core.models.baselines import Popularity
from movierec_cli.core.models.ordered_baselines import (
    LATER_BASELINES,
    LagSum,
    Shuffled,
    WithRecentPopularity,
    recent_popularity,
)
from movierec_cli.core.models.sequence.config import RecencyConfig, TransitionConfig
from movierec_cli.core.models.sequence.film_pairs import fit_ease, fit_transitions
from tests.helpers import make_dataset, make_histories, make_users

# user 1 rated films 0, 1, 2 and user 2 films 1, 2, at the times 0 to 4
DATASET = make_dataset(
    [(0, 0, 5.0), (0, 1, 4.0), (0, 2, 1.0), (1, 1, 3.0), (1, 2, 3.0)], 2, list("ABC")
)


def test_recent_popularity_is_the_root_of_the_number_among_the_last_tenth() -> None:
    triples = [(user, film, 3.0) for user in range(15) for film in range(2)]
    times = np.arange(30)
    times[[3, 28, 29]] = [28, 3, 29]  # the last three: film 1 of the users 1 and 14, and 13
    dataset = make_dataset(triples, 15, list("AB"))
    late = dataset.with_ratings(replace(dataset.ratings, timestamps=times))
    score = recent_popularity(late).score(Histories.empty(1), make_users(1)).score
    assert score.tolist() == [[0, pytest.approx(3**0.5)]]


def test_a_lag_sum_weighs_later_films_more() -> None:
    matrix = np.float32([[1, 2, 3], [10, 20, 30], [100, 200, 300]])
    history = make_histories({2: 5.0, 0: 5.0})  # film 2 first
    score = LagSum(matrix, decay=2.0, floor=0.5).score(history, make_users(1)).score[0]
    weights = 1.5, np.exp(-1 / 2) + 0.5
    assert score == pytest.approx(weights[0] * matrix[0] + weights[1] * matrix[2], rel=1e-5)


def test_ease_and_transitions_are_those_of_the_sequence_model() -> None:
    ease, transitions = LagSum.fit_ease(DATASET), LagSum.fit_transitions(DATASET)
    np.testing.assert_array_equal(ease.matrix, fit_ease(DATASET.histories, 3, RecencyConfig()))
    expected = fit_transitions(DATASET.histories, 3, TransitionConfig(), 0)
    np.testing.assert_array_equal(transitions.matrix, expected)
    assert transitions.matrix[0, 1] > transitions.matrix[1, 0]  # 1 follows 0, not before it


class LastFilms:
    """Model that scores the last film of each user, and nothing else."""

    def score(self, histories: Histories, users: Users) -> Scores:
        scores = np.zeros((len(users), 5), np.float32)
        for row in range(len(users)):
            of_user = histories.take(np.array([row]))
            scores[row, of_user.film_rows[of_user.timestamps.argmax()]] = 1
        return Scores(scores)


@pytest.mark.parametrize("name", LATER_BASELINES)
def test_a_film_without_a_training_rating_is_scored_and_not_recommended(name: str) -> None:
    triples = [(user, (user + film) % 20, 3.0) for user in range(30) for film in range(10)]
    dataset = make_dataset(triples, 30, list("ABCDEFGHIJKLMNOPQRSTU"))
    times = np.random.default_rng(0).permutation(len(triples))
    model = LATER_BASELINES[name](dataset.with_ratings(replace(dataset.ratings, timestamps=times)))
    for history in (make_histories({0: 5.0}), make_histories({20: 5.0, 0: 2.0})):
        scores = model.score(history, make_users(1)).score[0]
        assert np.isfinite(scores).all()
        assert scores[:20].max() > scores[20]


def test_the_control_keeps_the_films_and_the_times_of_each_user_but_not_their_order() -> None:
    users = 200
    histories = make_histories(*(dict.fromkeys(range(4), 5.0) for _ in range(users)))
    last = Shuffled(LastFilms()).score(histories, make_users(users)).score
    assert np.bincount(last.argmax(axis=1), minlength=5).tolist() == pytest.approx(
        [50, 50, 50, 50, 0], abs=20
    )


class Flat:
    """Model that scores all films the same, but for film 0."""

    def score(self, histories: Histories, users: Users) -> Scores:
        return Scores(np.tile(np.float32([1, 0, 0, 0]), (len(users), 1)))


def test_recent_popularity_is_added_to_standardized_scores() -> None:
    recent = Popularity(np.float32([0, 0, 2, 0]))
    both = WithRecentPopularity(Flat(), recent, 2.0).score(Histories.empty(1), make_users(1)).score
    spread = 3**0.5 / 4  # of one value among four; their mean is a quarter
    own, prior = np.array([3, -1, -1, -1]), np.array([-1, -1, 3, -1])
    assert both[0] == pytest.approx((own + 2 * prior) / (4 * spread), rel=1e-5)


def test_the_weight_of_recent_popularity_is_what_helps_on_the_last_tenth() -> None:
    # films go out of fashion: only film t // 10 is rated around the time t
    generator = np.random.default_rng(0)
    pairs = {(int(user), int(film)) for user, film in generator.integers(0, 20, (300, 2))}
    triples = [(user, film, 5.0) for user, film in sorted(pairs)]
    dataset = make_dataset(triples, 20, [f"Film {film}" for film in range(20)])
    times = 10 * dataset.ratings.film_rows + generator.integers(0, 10, len(triples))
    dated = dataset.with_ratings(replace(dataset.ratings, timestamps=times))
    assert WithRecentPopularity.fit_ease(dated).weight > 0
